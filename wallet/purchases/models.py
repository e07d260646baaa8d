"""What members bought, line by line, what of it came back, and the numbers of their receipts."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Brand
from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import Since, With
from app.sql import db

WALLET = ("loyalty_account",)
BOUGHT = db.datum(DataClass.PURCHASE, purposes=WALLET, export=Export.OBSERVED)
SUMMED = db.datum(DataClass.PURCHASE, purposes=WALLET, export=Export.DERIVED)
READERS = (db.Reader.MEMBER, db.Reader.BRAND)
LOGIC = Text(
    fr="Vos achats, tels que les caisses de l'enseigne les envoient, servent à compter vos points.",
    en="Your purchases, as the brand's tills send them, serve to count your points.",
)


class Channel(StrEnum):
    """Where it was bought. Only what is bought in a store has a store."""

    STORE = "store"
    WEB = "web"
    APP = "app"
    PHONE = "phone"


class Purchase(db.Base):
    """One receipt of one member. Sums are those of its lines; `net_minor` is what was paid for them, and
    `deposit_minor` what packaging added to it: below zero when more of it came back.

    `content` is a hash of everything that the till said, so that the same receipt is known again.
    """

    __tablename__ = "purchase"
    __table_args__ = (
        CheckConstraint("channel IN ('store', 'web', 'app', 'phone')", name="channel"),
        CheckConstraint("(channel = 'store') = (store_id IS NOT NULL)", name="store"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("promotion_minor BETWEEN 0 AND gross_minor", name="promotion"),
        CheckConstraint("points_minor BETWEEN 0 AND gross_minor - promotion_minor", name="points"),
        CheckConstraint("net_minor = gross_minor - promotion_minor - points_minor", name="net"),
        Index("ix_purchase_bought", "member_id", "bought_at", "id"),
        Index("ix_purchase_brand_id", "brand_id", "id"),
        Index(
            "ix_purchase_to_award",
            "brand_id",
            "member_id",
            "bought_at",
            "id",
            postgresql_where=text("awarded_at IS NULL"),
        ),
        db.personal(*READERS, kept=Since(DataClass.PURCHASE, "bought_at"), act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=BOUGHT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=BOUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=BOUGHT)
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id"), info=BOUGHT)
    channel: Mapped[str] = mapped_column(info=BOUGHT)
    terminal: Mapped[str] = mapped_column(info=BOUGHT)
    receipt: Mapped[str] = mapped_column(info=BOUGHT)
    currency: Mapped[str] = mapped_column(info=BOUGHT)
    tax_included: Mapped[bool] = mapped_column(info=BOUGHT)
    gross_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    promotion_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    points_minor: Mapped[int] = mapped_column(BigInteger, server_default="0", info=BOUGHT)
    net_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    deposit_minor: Mapped[int] = mapped_column(BigInteger, server_default="0", info=BOUGHT)
    tenders: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True), info=BOUGHT)
    """How it was paid, as the till said (`basket.Tender`); null where it said nothing."""
    content: Mapped[bytes] = mapped_column(LargeBinary, info=SUMMED)
    bought_at: Mapped[datetime] = mapped_column(info=BOUGHT)
    recorded_at: Mapped[datetime] = mapped_column(info=BOUGHT)
    awarded_at: Mapped[datetime | None] = mapped_column(info=SUMMED)
    """When its points were counted; null until then."""

    brand: Mapped[Brand] = relationship(viewonly=True)


class PurchaseLine(db.Base):
    """So many units of one article. `promotion_minor` is all that was taken off, by the till and by us; `points_minor`
    what points of the member paid; `net_minor` what was paid in money.

    `returned_quantity` is what the lines of returns add up to, in `parts`: units, or thousandths of what was weighed.
    """

    __tablename__ = "purchase_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "purchase_id"],
            ["purchase.member_id", "purchase.id"],
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        CheckConstraint("position > 0", name="position"),
        CheckConstraint(
            "quantity > 0 AND returned_quantity BETWEEN 0 AND coalesce(quantity_thousandths, quantity)", name="quantity"
        ),
        CheckConstraint(
            "quantity_thousandths IS NULL"
            " OR quantity_thousandths > 0 AND quantity = 1 AND unit IS NOT NULL AND unit_price_minor IS NOT NULL",
            name="measure",
        ),
        CheckConstraint("unit IN ('kg', 'l', 'm')", name="unit"),
        CheckConstraint("promotion_minor BETWEEN 0 AND gross_minor", name="promotion"),
        CheckConstraint("points_minor BETWEEN 0 AND gross_minor - promotion_minor", name="points"),
        CheckConstraint("net_minor = gross_minor - promotion_minor - points_minor", name="net"),
        CheckConstraint("tax_bp BETWEEN 0 AND 10000", name="tax_bp"),
        db.personal(*READERS, kept=With("purchase"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=BOUGHT)
    purchase_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=BOUGHT)
    position: Mapped[int] = mapped_column(primary_key=True, info=BOUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)
    gtin: Mapped[str | None] = mapped_column(info=BOUGHT)
    sku: Mapped[str | None] = mapped_column(info=BOUGHT)
    label: Mapped[str] = mapped_column(info=BOUGHT)
    category: Mapped[str] = mapped_column(info=BOUGHT)
    quantity: Mapped[int] = mapped_column(info=BOUGHT)
    returned_quantity: Mapped[int] = mapped_column(server_default="0", info=SUMMED)
    gross_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    promotion_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    points_minor: Mapped[int] = mapped_column(BigInteger, server_default="0", info=BOUGHT)
    net_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    tax_bp: Mapped[int | None] = mapped_column(SmallInteger, info=BOUGHT)
    quantity_thousandths: Mapped[int | None] = mapped_column(info=BOUGHT)
    unit: Mapped[str | None] = mapped_column(info=BOUGHT)
    unit_price_minor: Mapped[int | None] = mapped_column(BigInteger, info=BOUGHT)

    @property
    def parts(self) -> int:
        """In how many equal parts the line can come back: its units, or the thousandths of what was weighed."""
        return self.quantity if self.quantity_thousandths is None else self.quantity_thousandths


class PurchaseReturn(db.Base):
    """Something came back. Never changed. `source` is what the return is called by whoever asks for it."""

    __tablename__ = "purchase_return"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "purchase_id"],
            ["purchase.member_id", "purchase.id"],
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        UniqueConstraint("member_id", "purchase_id", "source"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        db.personal(*READERS, kept=With("purchase"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=BOUGHT)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=BOUGHT)
    purchase_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)
    source: Mapped[str] = mapped_column(info=BOUGHT)
    amount_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    returned_at: Mapped[datetime] = mapped_column(info=BOUGHT)


class ReturnLine(db.Base):
    """How many parts of which line came back (`PurchaseLine.parts`), after how many, and what was given back for
    them."""

    __tablename__ = "return_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "return_id"],
            ["purchase_return.member_id", "purchase_return.id"],
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        CheckConstraint("quantity > 0 AND returned_before >= 0", name="quantity"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        db.personal(*READERS, kept=With("purchase_return"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=BOUGHT)
    return_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=BOUGHT)
    position: Mapped[int] = mapped_column(primary_key=True, info=BOUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)
    quantity: Mapped[int] = mapped_column(info=BOUGHT)
    returned_before: Mapped[int] = mapped_column(info=BOUGHT)
    amount_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)


class ReceiptNumber(db.Base):
    """The receipt that a purchase was: the natural key that stands for as long as a purchase is taken in.

    `place` is the store's id, or the channel of what was bought elsewhere. Keyed by place, not by member: it is how the
    same receipt is known again whoever it is said to belong to.
    """

    __tablename__ = "receipt_number"
    __table_args__ = (
        Index("ix_receipt_number_member_id", "member_id", "purchase_id"),
        Index("ix_receipt_number_bought_at", "bought_at"),
        db.personal(*READERS, kept=Since(DataClass.PURCHASE, "bought_at"), act=None),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=BOUGHT)
    place: Mapped[str] = mapped_column(primary_key=True, info=BOUGHT)
    terminal: Mapped[str] = mapped_column(primary_key=True, info=BOUGHT)
    receipt: Mapped[str] = mapped_column(primary_key=True, info=BOUGHT)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id", ondelete="CASCADE"), info=BOUGHT)
    purchase_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)
    bought_at: Mapped[datetime] = mapped_column(info=BOUGHT)
