"""Issuers of coupons, what they say of their numbers, and the ledger of what each of them owes."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class IssuerEntryKind(StrEnum):
    """A use of a coupon, or what a return takes back of one."""

    USE = "use"
    CORRECTION = "correction"


class CouponIssuer(db.Base):
    """A manufacturer, or who issues coupons for it, as a brand knows it. `code` is the brand's own and never changes,
    nor does the currency (ISO 4217). `revision` is the ETag."""

    __tablename__ = "coupon_issuer"
    __table_args__ = (
        UniqueConstraint("brand_id", "code"),
        CheckConstraint("revision > 0", name="revision"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str]
    name: Mapped[str]
    billing_address: Mapped[str]
    billing_reference: Mapped[str]
    """What the issuer calls the brand, for its bills."""
    currency: Mapped[str]
    revision: Mapped[int]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    set_at: Mapped[datetime]


class IssuerSeries(db.Base):
    """Numbers of an issuer that begin with a prefix, once in a brand, and what holds for them (`series.write_series`).
    Of several that a code begins with the longest holds."""

    __tablename__ = "issuer_series"

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(primary_key=True)
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coupon_issuer.id"), index=True)
    content: Mapped[dict[str, Any]]


class IssuerEntry(db.Base):
    """One line of the ledger: an issuer owes so much for a coupon that paid in a sale, or so much less since its
    article came back. Nothing in it changes but two things: `unique_number` is null once the number may be used again,
    and `clearing_id` says which file bills it.

    It names a sale and no member: it stays when the sale is erased, as books of account do.
    """

    __tablename__ = "issuer_entry"
    __table_args__ = (
        UniqueConstraint("brand_id", "unique_number"),
        CheckConstraint("kind IN ('use', 'correction')", name="kind"),
        CheckConstraint(
            "(kind = 'use' AND amount_minor > 0) OR (kind = 'correction' AND amount_minor < 0)", name="amount"
        ),
        CheckConstraint("kind = 'use' OR unique_number IS NULL", name="unique_number"),
        Index("ix_issuer_entry_sale", "brand_id", "sale_id"),
        Index("ix_issuer_entry_open", "issuer_id", "day", postgresql_where=text("clearing_id IS NULL")),
        Index("ix_issuer_entry_clearing_id", "clearing_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coupon_issuer.id"))
    kind: Mapped[str]
    use_id: Mapped[uuid.UUID]
    """Of a correction, the use that it corrects; of a use, itself."""
    prefix: Mapped[str]
    code: Mapped[str]
    """As it was read, in the one way to write it."""
    unique_number: Mapped[str | None]
    """What counts once, of a coupon whose number is unique and that is used up."""
    face_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What the coupon says; null for a percentage, or an article for nothing."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """What it paid; below zero, what came back of it."""
    currency: Mapped[str]
    lines: Mapped[dict[str, Any]]
    """What it paid of each line of the sale, by position."""
    article: Mapped[str]
    """Number or label of the article that it paid for; of several, the first."""
    sale_id: Mapped[uuid.UUID]
    closing: Mapped[int]
    """Of a sale that was reopened, which time it was closed."""
    terminal: Mapped[str]
    receipt: Mapped[str]
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"))
    store_name: Mapped[str]
    day: Mapped[date]
    """On the calendar of the store: when it was bought, or came back."""
    posted_at: Mapped[datetime]
    clearing_id: Mapped[uuid.UUID | None]
