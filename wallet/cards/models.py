"""A member's card with a brand: what the brand may see of the person, and by what else the card is known."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import ACCOUNT, PREFERENCE, Brand
from app.lifetimes import WITH_THE_WALLET
from app.sql import db


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
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=WITH_THE_WALLET, act="joined_at"),
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


class NumberKind(StrEnum):
    """What else stands for a card: the brand's own member number, a tag, a transit pass."""

    BRAND_NUMBER = "brand_number"
    NFC = "nfc"
    TRANSIT = "transit"


HASHED_KINDS = (NumberKind.NFC, NumberKind.TRANSIT)
"""Kinds that others read too, a gate of the metro for one: kept as a keyed hash, so that ours cannot be matched with
theirs. The brand's own number is kept as it is, because the brand prints it."""


class CardNumber(db.Base):
    """Another number that stands for a card. Keyed by the number itself, like `pass_code`: it finds the member.

    `value` is as `wallet.cards.numbers` spells it. A number stands for one card of a brand; a card may have several.
    """

    __tablename__ = "card_number"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint("kind IN ('brand_number', 'nfc', 'transit')", name="kind"),
        Index("ix_card_number_member_id", "member_id", "card_id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=WITH_THE_WALLET, act=None),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=ACCOUNT)
    kind: Mapped[str] = mapped_column(primary_key=True, info=ACCOUNT)
    value: Mapped[str] = mapped_column(primary_key=True, info=ACCOUNT)
    id: Mapped[uuid.UUID] = mapped_column(default=db.new_id, info=ACCOUNT)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id", ondelete="CASCADE"), info=ACCOUNT)
    card_id: Mapped[uuid.UUID] = mapped_column(info=ACCOUNT)
    linked_at: Mapped[datetime] = mapped_column(info=ACCOUNT)


class PrintedCard(db.Base):
    """A card that was printed before anybody held it: points first, person later.

    Its member is nobody yet: a wallet without an address, which nobody can open. `principal_id` is the member who
    typed its code and check, and whose it is since `registered_at`.
    """

    __tablename__ = "printed_card"
    __table_args__ = (
        UniqueConstraint("brand_id", "batch", "position"),
        CheckConstraint("(principal_id IS NULL) = (registered_at IS NULL)", name="registered"),
        CheckConstraint("position > 0", name="position"),
        Index("ix_printed_card_code", "code"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACCOUNT
    )
    card_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACCOUNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=ACCOUNT)
    batch: Mapped[str] = mapped_column(info=ACCOUNT)
    position: Mapped[int] = mapped_column(info=ACCOUNT)
    code: Mapped[str] = mapped_column(info=ACCOUNT)
    """What is printed; it stays printed whatever becomes of the card."""
    made_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    principal_id: Mapped[uuid.UUID | None] = mapped_column(info=ACCOUNT)
    registered_at: Mapped[datetime | None] = mapped_column(info=ACCOUNT)
