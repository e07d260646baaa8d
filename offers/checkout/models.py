"""Sales at tills: what was asked, what it came to and why, and what was taken back."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import Since, With
from app.sql import db

BOUGHT = db.datum(DataClass.PURCHASE, purposes=("loyalty_account",), export=Export.OBSERVED)
READERS = (db.Reader.MEMBER, db.Reader.BRAND)
LOGIC = Text(
    fr="Les bons et les points présentés sont appliqués dans un ordre fixe ; la vente garde chaque étape et sa raison.",
    en="The coupons and points shown are applied in a fixed order; the sale keeps each step and its reason.",
)


class SaleState(StrEnum):
    """Open while a till still works on it; then closed, and what was taken back of it."""

    OPEN = "open"
    CLOSED = "closed"
    PARTIALLY_RETURNED = "partially_returned"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Never stored: an open sale whose time is over, so that it holds nothing any more."""


class Undoing(StrEnum):
    """How a sale, or a part of it, was taken back."""

    RETURN = "return"
    CANCELLATION = "cancellation"
    REOPENING = "reopening"


class Sale(db.Base):
    """A basket at a till. `terminal` and `receipt` are the till's own names: with the store they are a sale for ever.

    `asked` is what the till sent, `trace` what came of it: lines, steps, what was left out (`checkout.describing` says
    how). `closing` counts how often it was closed: a sale that is reopened is closed again as a new purchase.
    """

    __tablename__ = "sale"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'partially_returned', 'returned', 'cancelled')", name="state"),
        CheckConstraint("points_spent >= 0", name="points_spent"),
        Index("ix_sale_brand_id", "brand_id", "id"),
        db.personal(*READERS, kept=Since(DataClass.PURCHASE, "opened_at"), act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=BOUGHT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=BOUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=BOUGHT)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=BOUGHT)
    terminal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("terminal.id"), info=BOUGHT)
    terminal: Mapped[str] = mapped_column(info=BOUGHT)
    receipt: Mapped[str] = mapped_column(info=BOUGHT)
    state: Mapped[str] = mapped_column(info=BOUGHT)
    currency: Mapped[str] = mapped_column(info=BOUGHT)
    asked: Mapped[dict[str, Any]] = mapped_column(info=BOUGHT)
    trace: Mapped[dict[str, Any]] = mapped_column(info=BOUGHT)
    payable_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    """What is to be paid in money, taxes included: below zero where more packaging came back than was bought."""
    closing: Mapped[int] = mapped_column(server_default="0", info=BOUGHT)
    purchase_id: Mapped[uuid.UUID | None] = mapped_column(info=BOUGHT)
    points_currency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("points_currency.id"), info=BOUGHT)
    """What the points that pay are counted in."""
    points_spent: Mapped[int] = mapped_column(BigInteger, server_default="0", info=BOUGHT)
    hold_id: Mapped[uuid.UUID | None] = mapped_column(info=BOUGHT)
    spend_id: Mapped[uuid.UUID | None] = mapped_column(info=BOUGHT)
    """The entries of the ledger that put these points aside, and that spent them."""
    opened_at: Mapped[datetime] = mapped_column(info=BOUGHT)
    held_until: Mapped[datetime | None] = mapped_column(info=BOUGHT)
    closed_at: Mapped[datetime | None] = mapped_column(info=BOUGHT)
    cancelled_at: Mapped[datetime | None] = mapped_column(info=BOUGHT)
    cashier_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)
    """Who closed it, if they had shown their PIN."""
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)
    """The cashier who cancelled it, likewise."""

    def state_at(self, now: datetime) -> SaleState:
        """Its state at this instant."""
        over = self.state == SaleState.OPEN and (self.held_until is None or self.held_until <= now)
        return SaleState.LAPSED if over else SaleState(self.state)


class SaleNumber(db.Base):
    """The directory of sales by what a till calls them: once in a brand, for ever."""

    __tablename__ = "sale_number"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "sale_id"], ["sale.member_id", "sale.id"], ondelete="CASCADE", onupdate="CASCADE"
        ),
        Index("ix_sale_number_sale", "member_id", "sale_id"),
        db.personal(*READERS, kept=With("sale"), act=None),
    )

    # Not member_id first: this is the directory that finds the sale, so it is keyed by what we are given.
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), primary_key=True, info=BOUGHT)
    terminal: Mapped[str] = mapped_column(primary_key=True, info=BOUGHT)
    receipt: Mapped[str] = mapped_column(primary_key=True, info=BOUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=BOUGHT)
    member_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)
    sale_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)


class SaleReturn(db.Base):
    """Units of a sale that were taken back at one time. `reference` is the till's own name of it, once in a sale."""

    __tablename__ = "sale_return"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "sale_id"], ["sale.member_id", "sale.id"], ondelete="CASCADE", onupdate="CASCADE"
        ),
        UniqueConstraint("member_id", "sale_id", "reference"),
        CheckConstraint("kind IN ('return', 'cancellation', 'reopening')", name="kind"),
        db.personal(*READERS, kept=With("sale"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=BOUGHT)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=BOUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=BOUGHT)
    sale_id: Mapped[uuid.UUID] = mapped_column(info=BOUGHT)
    reference: Mapped[str] = mapped_column(info=BOUGHT)
    kind: Mapped[str] = mapped_column(info=BOUGHT)
    lines: Mapped[dict[str, Any]] = mapped_column(info=BOUGHT)
    """Units by position; of what was weighed, thousandths."""
    refund_minor: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    points_given_back: Mapped[int] = mapped_column(BigInteger, info=BOUGHT)
    outcome: Mapped[dict[str, Any]] = mapped_column(info=BOUGHT)
    """What became of coupons and of points earned, and what this did not undo."""
    returned_at: Mapped[datetime] = mapped_column(info=BOUGHT)
    cashier_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)
    """Who took it back, if they had shown their PIN."""
