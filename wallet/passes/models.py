"""The directory of codes: what a scanned code stands for."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class CodeKind(StrEnum):
    CARD = "card"
    COUPON = "coupon"


class PassCode(db.Base):
    """One code. Keyed by the code itself, not by member: it is how a till that knows only a code finds the member."""

    __tablename__ = "pass_code"
    __table_args__ = (
        CheckConstraint("kind IN ('card', 'coupon')", name="kind"),
        Index("ix_pass_code_member_id", "member_id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id", ondelete="CASCADE"))
    target_id: Mapped[uuid.UUID]
    """The card or the coupon."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
