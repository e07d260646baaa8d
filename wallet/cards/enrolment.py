"""A member joins a brand's programme: a contract (GDPR article 6(1)(b)), so it needs no marketing permission."""

import uuid
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Member
from app.languages import Text
from app.sql import db
from wallet.cards import queries
from wallet.cards.models import Card, CardStatus
from wallet.passes.codes import new_code
from wallet.passes.directory import register_code
from wallet.passes.models import CodeKind

NAMELESS = Text(fr="Membre {ending}", en="Member {ending}")
"""What staff read when the member chose no name: the end of the card's code."""


def join_brand(*, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime, display_name: str | None = None) -> Card:
    """The member's card with the brand. A member has one: joining again gives the same card, unchanged.

    The card is new when its `joined_at` is `now`. Of two requests at the same time, one makes it.
    """
    code, card_id = new_code(), db.new_id()
    made = db.execute(
        insert(Card)
        .values(
            member_id=member_id,
            id=card_id,
            brand_id=brand_id,
            code=code,
            display_name=display_name or _nameless(member_id, code),
            status=CardStatus.ACTIVE,
            version=1,
            joined_at=now,
        )
        .on_conflict_do_nothing(index_elements=["member_id", "brand_id"])
        .returning(Card.id)
    ).first()
    if made is not None:
        register_code(kind=CodeKind.CARD, brand_id=brand_id, member_id=member_id, target_id=card_id, code=code, now=now)
    return db.session().scalars(queries.card_with_brand(member_id, brand_id)).one()


def _nameless(member_id: uuid.UUID, code: str) -> str:
    member = db.get(Member, member_id)
    return NAMELESS.say("en" if member is not None and member.language == "en" else "fr", {"ending": code[-4:]})
