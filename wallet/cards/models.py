"""A member's card with a brand: what the brand may see of the person."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import db
from app.accounts.models import ACCOUNT, PREFERENCE, Brand


class CardStatus(StrEnum):
    """A blocked card is refused at the till with its reason; a closed one is not known there any more."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    CLOSED = "closed"


class Card(db.Base):
    """A member's account with one brand. `display_name` is what staff read at the till; the member chose it."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("member_id", "brand_id"),
        CheckConstraint("status IN ('active', 'blocked', 'closed')", name="status"),
        Index("ix_card_brand_id", "brand_id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACCOUNT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=ACCOUNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=ACCOUNT)
    code: Mapped[str] = mapped_column(info=ACCOUNT)
    """What the pass shows and the till scans; also in `pass_code`."""
    display_name: Mapped[str] = mapped_column(info=PREFERENCE)
    status: Mapped[str] = mapped_column(server_default="active", info=ACCOUNT)
    version: Mapped[int] = mapped_column(server_default="1", info=ACCOUNT)
    joined_at: Mapped[datetime] = mapped_column(info=ACCOUNT)

    brand: Mapped[Brand] = relationship(viewonly=True)
