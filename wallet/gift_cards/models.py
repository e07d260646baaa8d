"""Gift cards, what moved their money, and what a brand says of them. Nothing here is about a person: whoever holds a
card may use it."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class GiftCardState(StrEnum):
    """A blocked card pays nothing until somebody says otherwise; a cancelled one never was worth anything."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


class GiftCardMove(StrEnum):
    """What happened to the money of a card."""

    ISSUED = "issued"
    PAID = "paid"
    GIVEN_BACK = "given_back"
    CANCELLED = "cancelled"


class GiftCard(db.Base):
    """One card. Its code is kept as a keyed hash: a stolen copy of this table is worth nothing. `ending` is what people
    name it by.

    `balance_minor` is what its entries come to. `name` is what made it, once in a brand: so it is made once.
    """

    __tablename__ = "gift_card"
    __table_args__ = (
        UniqueConstraint("code_hash"),
        UniqueConstraint("brand_id", "name"),
        CheckConstraint("state IN ('active', 'blocked', 'cancelled')", name="state"),
        CheckConstraint("amount_minor > 0 AND balance_minor BETWEEN 0 AND amount_minor", name="balance"),
        CheckConstraint("state <> 'cancelled' OR balance_minor = 0", name="cancelled"),
        Index("ix_gift_card_issued", "brand_id", "issued_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    ending: Mapped[str]
    name: Mapped[str]
    state: Mapped[str]
    currency: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    balance_minor: Mapped[int] = mapped_column(BigInteger)
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id"))
    terminal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("terminal.id"))
    """Where it was sold; null where the brand printed it, or gave it with a sale."""
    cashier_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)
    """Who sold it, if they had shown their PIN."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class GiftCardEntry(db.Base):
    """One movement of a card's money, written once. `source` is what caused it; `about_id` is what it gives back."""

    __tablename__ = "gift_card_entry"
    __table_args__ = (
        UniqueConstraint("card_id", "move", "source"),
        CheckConstraint("move IN ('issued', 'paid', 'given_back', 'cancelled')", name="move"),
        CheckConstraint("(move = 'given_back') = (about_id IS NOT NULL)", name="about"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_gift_card_entry_about", "about_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gift_card.id"))
    move: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]
    about_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("gift_card_entry.id"))
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id"))
    terminal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("terminal.id"))
    at: Mapped[datetime]


class GiftCardPolicy(db.Base):
    """Whether tills of a brand sell gift cards: from `least_minor` to `most_minor` of its money, valid for so many
    months, or for ever."""

    __tablename__ = "gift_card_policy"
    __table_args__ = (
        CheckConstraint("0 < least_minor AND least_minor <= most_minor", name="amounts"),
        CheckConstraint("valid_months > 0", name="valid_months"),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    least_minor: Mapped[int] = mapped_column(BigInteger)
    most_minor: Mapped[int] = mapped_column(BigInteger)
    valid_months: Mapped[int | None]
    version: Mapped[int]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    set_at: Mapped[datetime]
