"""A printed card gets its person: what was earned on it before anybody was known becomes theirs."""

import uuid
from datetime import datetime

from app.identity.models import MemberMerge, MergedMember
from app.sql import db
from wallet.cards.printed_cards import take_printed
from wallet.merges import queries
from wallet.merges.errors import MemberMerged
from wallet.merges.union import BY_CARD, unite_members


def register_printed(*, member_id: uuid.UUID, code: str, check: str, now: datetime) -> MemberMerge:
    """Take over the printed card of this code and check, with all that is on it. The same again is the same.

    Raises `CodeMistyped`, `TooManyGuesses`, `PrintedCardRefused`; `MemberMerged` for a card that became part of
    somebody else's meanwhile; `MemberLeaving`, `MinorsStayApart`.
    """
    card = take_printed(member_id=member_id, code=code, check=check, now=now)
    with db.system():  # the nameless member of the card is theirs now, as code and check proved
        known = db.get(MergedMember, card.member_id)
        if known is None:
            return unite_members(
                source_id=card.member_id,
                target_id=member_id,
                cause=BY_CARD,
                by=member_id,
                brand_id=card.brand_id,
                now=now,
            )
        if known.principal_id != member_id:
            raise MemberMerged
        return db.all_of(queries.merge_of(member_id, known.merge_id))[0]
