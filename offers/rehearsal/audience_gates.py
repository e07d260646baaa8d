"""For whom an offer is and how often they may use it, for many at once: by the code of claims and decisions."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from offers.planning.audiences import judgement, use_limits
from offers.planning.audiences.for_whom import read_for_whom
from offers.planning.audiences.member_facts import facts_of_members
from offers.planning.audiences.use_limits import LimitedBy
from offers.rehearsal.laid_offers import LaidOffer
from offers.rehearsal.past import in_pages

AT_ONCE = 2_000
"""Members whose facts are read by one statement."""


def find_addressed(laid: LaidOffer, members: Sequence[uuid.UUID], *, now: datetime) -> frozenset[uuid.UUID]:
    """Those of these members for whom the offer is, by what is known of them now. The running transaction may see them
    all."""
    for_whom = read_for_whom(laid.version.for_whom)
    if for_whom.is_everybody:
        return frozenset(members)
    found: set[uuid.UUID] = set()
    brand = laid.brand
    for some in in_pages(members, at_once=AT_ONCE):
        known = facts_of_members(list(some), [brand.id] * len(some), now, asked=[for_whom])
        for (member_id, _), facts in known.items():
            if judgement.judge_audience(for_whom, facts, now=now, zone=brand.time_zone) is None:
                found.add(member_id)
    return frozenset(found)


def limits_of(laid: LaidOffer) -> Callable[[Sequence[datetime], datetime], bool]:
    """Whether one more use is allowed at an instant, after those. What a household or a phone may use together counts
    for each member by itself: which of them go together in the past is not looked at."""
    limits, zone = use_limits.read_use_limits(laid.version.use_limits), laid.brand.time_zone

    def may_use(before: Sequence[datetime], at: datetime) -> bool:
        used = dict.fromkeys(LimitedBy, before)
        return not before or use_limits.reached_limit(limits, used, now=at, zone=zone) is None

    return may_use
