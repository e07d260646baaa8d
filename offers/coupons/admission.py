"""Whether an offer is for whoever claims it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.languages import Phrase
from app.sql import db
from offers.coupons.errors import OfferNotForYou
from offers.planning.audiences import judgement, wording
from offers.planning.audiences.for_whom import read_for_whom
from offers.planning.audiences.judgement import AudienceReason
from offers.planning.audiences.member_facts import facts_of_members
from offers.planning.models import OfferVersion


def require_audience(
    version: OfferVersion, *, member_id: uuid.UUID, brand_id: uuid.UUID, zone: str, now: datetime
) -> None:
    """Raise `OfferNotForYou` unless the member is one of those for whom a version is. `zone` is the brand's.

    Asks nothing about an offer for everybody. Whoever has no card of the brand is a stranger to it, and hears of every
    such offer the same.
    """
    for_whom = read_for_whom(version.for_whom)
    if for_whom.is_everybody:
        return
    with db.system():  # at a till, a member's permissions are not in sight
        [facts] = facts_of_members([member_id], [brand_id], now, asked=[for_whom]).values()
    reason = judgement.judge_audience(for_whom, facts, now=now, zone=zone)
    if reason is not None:
        raise _refusal(None if facts.joined_at is None else reason)


def find_admitted(
    versions: Sequence[OfferVersion], *, member_id: uuid.UUID, brand_id: uuid.UUID, zone: str, now: datetime
) -> list[OfferVersion]:
    """Those of these versions of a brand that are for the member. One question for all of them, and none where they are
    for everybody. `zone` is the brand's."""
    asked = {one.offer_id: read_for_whom(one.for_whom) for one in versions}
    some = [for_whom for for_whom in asked.values() if not for_whom.is_everybody]
    if not some:
        return list(versions)
    with db.system():  # at a till, a member's permissions are not in sight
        [facts] = facts_of_members([member_id], [brand_id], now, asked=some).values()
    return [
        one
        for one in versions
        if asked[one.offer_id].is_everybody
        or (
            facts.joined_at is not None
            and judgement.judge_audience(asked[one.offer_id], facts, now=now, zone=zone) is None
        )
    ]


def _refusal(reason: AudienceReason | None) -> OfferNotForYou:
    """The refusal as whoever acts may read it: at a till that is staff, who are not told what concerns them not."""
    is_staff = db.staff() is not None
    whom = Phrase(wording.THIS_MEMBER if is_staff else wording.YOU)
    if reason is None:
        return OfferNotForYou(whom=whom, why=Phrase(wording.OF_OTHERS))
    words = wording.WORDS[reason].staff if is_staff else wording.WORDS[reason].member
    if words in (wording.OF_OTHERS, wording.NOT_OF_STAFF):
        return OfferNotForYou(whom=whom, why=Phrase(words))
    return OfferNotForYou(whom=whom, why=Phrase(words), reason=str(reason))
