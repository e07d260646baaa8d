"""The directory of codes: what a scanned code stands for."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import ACCOUNT
from app.data_map import DataClass
from app.lifetimes import Since
from app.sql import db

CODE_KEPT = Since(
    DataClass.COUPON,
    "created_at",
    only="kind = 'coupon' AND NOT EXISTS (SELECT FROM coupon"
    " WHERE coupon.member_id = pass_code.member_id AND coupon.id = pass_code.target_id)",
)
"""The code of a coupon goes after it; that of a card stays as long as the wallet."""


class CodeKind(StrEnum):
    CARD = "card"
    COUPON = "coupon"


class Revocation(StrEnum):
    """Why a code ended, where staff are told: the others are just unknown."""

    LOST = "lost"


class PassCode(db.Base):
    """One code. Keyed by the code itself, not by member: it is how a till that knows only a code finds the member."""

    __tablename__ = "pass_code"
    __table_args__ = (
        CheckConstraint("kind IN ('card', 'coupon')", name="kind"),
        CheckConstraint("revoked_reason IN ('lost')", name="revoked_reason"),
        UniqueConstraint("member_id", "code"),
        Index("ix_pass_code_member_id", "member_id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=CODE_KEPT, act=None),
    )

    code: Mapped[str] = mapped_column(primary_key=True, info=ACCOUNT)
    kind: Mapped[str] = mapped_column(info=ACCOUNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=ACCOUNT)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id", ondelete="CASCADE"), info=ACCOUNT)
    target_id: Mapped[uuid.UUID] = mapped_column(info=ACCOUNT)
    """The card or the coupon."""
    created_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    revoked_at: Mapped[datetime | None] = mapped_column(info=ACCOUNT)
    revoked_reason: Mapped[str | None] = mapped_column(info=ACCOUNT)
