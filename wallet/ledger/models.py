"""The ledger of points.

Entries, lots and allocations are written once; balances, states of lots and holds are what they come to. Brand and
currency are checked where an entry or a balance is made, and copied to what hangs on it, for policies and indexes.
"""

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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import WITH_THE_WALLET
from app.sql import db
from wallet.ledger import currency_kinds

WALLET = ("loyalty_account",)
MOVED = db.datum(DataClass.ACCOUNT, purposes=WALLET, export=Export.OBSERVED)
SUMMED = db.datum(DataClass.ACCOUNT, purposes=WALLET, export=Export.DERIVED)
READERS = (db.Reader.MEMBER, db.Reader.BRAND)
LOGIC = Text(
    fr="Des points sont ajoutés, activés, dépensés et expirés selon les règles du programme de l'enseigne ; chaque"
    " mouvement dit pourquoi.",
    en="Points are added, activated, spent and expired by the rules of the brand's programme; each movement says why.",
)


class Account(StrEnum):
    """Where points come from and go to. The member's own are pending, available, held, owed and awaited."""

    ISSUED = "issued"
    PENDING = "pending"
    AVAILABLE = "available"
    HELD = "held"
    OWED = "owed"
    AWAITED = "awaited"  # asked back in vain: taken when what was spent comes back
    SPENT = "spent"
    EXPIRED = "expired"
    ADJUSTED = "adjusted"
    MOVED = "moved"  # on the way between two ledgers of one person: over all members it comes to nothing


class EntryKind(StrEnum):
    """What happened. Each kind moves points from one account to another, always the same two: see `FLOWS`."""

    EARNED = "earned"
    PENDING_ADDED = "pending_added"
    PENDING_ACTIVATED = "pending_activated"
    PENDING_CANCELLED = "pending_cancelled"
    SPENT = "spent"
    HELD = "held"
    HOLD_RELEASED = "hold_released"
    HOLD_CAPTURED = "hold_captured"
    REFUNDED = "refunded"  # a spend that was given back
    RETURNED = "returned"  # an earn that was taken back
    RETURNED_OWED = "returned_owed"  # the part of it that the member had spent already
    RETURN_AWAITED = "return_awaited"  # the same where nobody may owe: it is taken when spent points come back
    AWAITED_TAKEN = "awaited_taken"  # of points that came back
    EXCHANGED = "exchanged"  # points that came back for those that had been taken in their place
    EXPIRED = "expired"
    ADMIN_CREDIT = "admin_credit"
    ADMIN_DEBIT = "admin_debit"
    ADMIN_DEBIT_OWED = "admin_debit_owed"
    DEBT_REPAID = "debt_repaid"
    MERGED_OUT = "merged_out"  # to the ledger of the member whom this one became part of, or back from there
    PENDING_MERGED_OUT = "pending_merged_out"
    MERGED_IN = "merged_in"
    PENDING_MERGED_IN = "pending_merged_in"
    MERGED_BACK = "merged_back"  # to the lot that they had left
    PENDING_MERGED_BACK = "pending_merged_back"
    DEBT_MERGED_OUT = "debt_merged_out"
    DEBT_MERGED_IN = "debt_merged_in"
    AWAITED_MERGED_OUT = "awaited_merged_out"  # to the ledger that the points would come to
    AWAITED_MERGED_IN = "awaited_merged_in"


A, K = Account, EntryKind
FLOWS: dict[EntryKind, tuple[Account, Account]] = {
    K.EARNED: (A.ISSUED, A.AVAILABLE),
    K.PENDING_ADDED: (A.ISSUED, A.PENDING),
    K.PENDING_ACTIVATED: (A.PENDING, A.AVAILABLE),
    K.PENDING_CANCELLED: (A.PENDING, A.ISSUED),
    K.SPENT: (A.AVAILABLE, A.SPENT),
    K.HELD: (A.AVAILABLE, A.HELD),
    K.HOLD_RELEASED: (A.HELD, A.AVAILABLE),
    K.HOLD_CAPTURED: (A.HELD, A.SPENT),
    K.REFUNDED: (A.SPENT, A.AVAILABLE),
    K.RETURNED: (A.AVAILABLE, A.ISSUED),
    K.RETURNED_OWED: (A.OWED, A.ISSUED),
    K.RETURN_AWAITED: (A.AWAITED, A.ISSUED),
    K.AWAITED_TAKEN: (A.AVAILABLE, A.AWAITED),
    K.EXCHANGED: (A.AVAILABLE, A.AVAILABLE),
    K.EXPIRED: (A.AVAILABLE, A.EXPIRED),
    K.ADMIN_CREDIT: (A.ADJUSTED, A.AVAILABLE),
    K.ADMIN_DEBIT: (A.AVAILABLE, A.ADJUSTED),
    K.ADMIN_DEBIT_OWED: (A.OWED, A.ADJUSTED),
    K.DEBT_REPAID: (A.AVAILABLE, A.OWED),
    K.MERGED_OUT: (A.AVAILABLE, A.MOVED),
    K.PENDING_MERGED_OUT: (A.PENDING, A.MOVED),
    K.MERGED_IN: (A.MOVED, A.AVAILABLE),
    K.PENDING_MERGED_IN: (A.MOVED, A.PENDING),
    K.MERGED_BACK: (A.MOVED, A.AVAILABLE),
    K.PENDING_MERGED_BACK: (A.MOVED, A.PENDING),
    K.DEBT_MERGED_OUT: (A.MOVED, A.OWED),
    K.DEBT_MERGED_IN: (A.OWED, A.MOVED),
    K.AWAITED_MERGED_OUT: (A.MOVED, A.AWAITED),
    K.AWAITED_MERGED_IN: (A.AWAITED, A.MOVED),
}
"""From which account to which. One entry is one transfer, so no entry can be unbalanced."""

MAKES_A_LOT = (K.EARNED, K.PENDING_ADDED, K.ADMIN_CREDIT, K.MERGED_IN, K.PENDING_MERGED_IN)
"""Kinds that come with a lot of their own; all others move points of lots that exist."""


class LotState(StrEnum):
    """A pending lot waits; an active one can be spent until it expires; of a cancelled one nothing is left."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"


class HoldState(StrEnum):
    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"


class PointsCurrency(db.Base):
    """What a brand counts in: points, stars, money. `waits` and `lasts` are durations (`points.timing`), for credits
    that do not say their own. In one that may go negative, what is taken back although it was spent leaves a debt,
    which the next points repay. Of a balance below `usable_from` nothing is spent."""

    __tablename__ = "points_currency"
    __table_args__ = (
        UniqueConstraint("brand_id", "code"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,39}$'", name="code_shape"),
        *(CheckConstraint(rule, name=name) for name, rule in currency_kinds.RULES.items()),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="points")
    name_fr: Mapped[str]
    name_en: Mapped[str]
    waits: Mapped[str] = mapped_column(server_default="immediate")
    lasts: Mapped[str] = mapped_column(server_default="unlimited")
    may_go_negative: Mapped[bool] = mapped_column(server_default=text("false"))
    worth_points: Mapped[int | None]
    """So many points are worth `worth_minor` of the brand's money: both null where points cannot pay."""
    worth_minor: Mapped[int | None]
    usable_from: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class PointsEntry(db.Base):
    """One transfer of `amount` points from one account to another. Never changed, never deleted.

    `source` is what caused it, by a name that the cause always has: with member, currency and kind it is there once.
    `about_id` is the entry that this one continues: the hold that it captures, the spend that it gives back.
    `occurred_at` is when it took effect, `recorded_at` when it was written: a late job writes what was due as of when
    it was due. `hash` covers the previous entry's hash, this entry, its lot and its allocations.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        UniqueConstraint("member_id", "currency_id", "sequence"),
        UniqueConstraint("member_id", "currency_id", "kind", "source"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint("occurred_at <= recorded_at", name="occurred_at"),
        CheckConstraint(
            "(kind, from_account, to_account) IN ("
            + ", ".join(f"('{kind}', '{source}', '{target}')" for kind, (source, target) in FLOWS.items())
            + ")",
            name="flow",
        ),
        Index("ix_points_entry_about", "member_id", "about_id", postgresql_where=text("about_id IS NOT NULL")),
        Index("ix_points_entry_occurred", "member_id", "currency_id", "occurred_at", "id"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None, logic=LOGIC),
    )

    # A reference that stops a deletion rather than following it: a member whose ledger stands cannot be deleted.
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=MOVED)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=MOVED)
    currency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_currency.id"), info=MOVED)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=MOVED)
    sequence: Mapped[int] = mapped_column(info=MOVED)
    kind: Mapped[str] = mapped_column(info=MOVED)
    from_account: Mapped[str] = mapped_column(info=MOVED)
    to_account: Mapped[str] = mapped_column(info=MOVED)
    amount: Mapped[int] = mapped_column(BigInteger, info=MOVED)
    source: Mapped[str] = mapped_column(info=MOVED)
    about_id: Mapped[uuid.UUID | None] = mapped_column(info=MOVED)
    reason: Mapped[str] = mapped_column(info=MOVED)
    """A code; `points.wording` says it in words, with `facts`."""
    facts: Mapped[dict[str, Any]] = mapped_column(info=MOVED)
    occurred_at: Mapped[datetime] = mapped_column(info=MOVED)
    recorded_at: Mapped[datetime] = mapped_column(info=MOVED)
    hash: Mapped[bytes] = mapped_column(LargeBinary, info=MOVED)


class PointsLot(db.Base):
    """A credit with its own life, from the entry of the same id. `lasts` counts from its activation."""

    __tablename__ = "points_lot"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "entry_id"], ["points_entry.member_id", "points_entry.id"]),
        CheckConstraint("amount > 0", name="amount"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=MOVED)
    entry_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=MOVED)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=MOVED)
    amount: Mapped[int] = mapped_column(BigInteger, info=MOVED)
    earned_at: Mapped[datetime] = mapped_column(info=MOVED)
    lasts: Mapped[str] = mapped_column(info=MOVED)


class PointsAllocation(db.Base):
    """How many points an entry took from a lot (negative) or gave back to it (positive)."""

    __tablename__ = "points_allocation"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "entry_id"], ["points_entry.member_id", "points_entry.id"]),
        ForeignKeyConstraint(["member_id", "lot_id"], ["points_lot.member_id", "points_lot.entry_id"]),
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_points_allocation_lot", "member_id", "lot_id"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=MOVED)
    entry_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=MOVED)
    lot_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=MOVED)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=MOVED)
    amount: Mapped[int] = mapped_column(BigInteger, info=MOVED)


class PointsLotState(db.Base):
    """What is left of a lot, and when that changes by itself."""

    __tablename__ = "points_lot_state"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "lot_id"], ["points_lot.member_id", "points_lot.entry_id"]),
        CheckConstraint("state IN ('pending', 'active', 'cancelled')", name="state"),
        CheckConstraint("remaining >= 0", name="remaining"),
        CheckConstraint("state <> 'cancelled' OR remaining = 0", name="cancelled"),
        Index(
            "ix_points_lot_state_live",
            "member_id",
            "currency_id",
            "expires_at",
            "earned_at",
            "lot_id",
            postgresql_where=text("remaining > 0 AND state = 'active'"),
        ),
        Index(
            "ix_points_lot_state_waiting",
            "member_id",
            "currency_id",
            "activates_at",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_points_lot_state_mine", "member_id", "currency_id", "earned_at", "lot_id"),
        Index(
            "ix_points_lot_state_liability",
            "currency_id",
            "expires_at",
            postgresql_include=["remaining", "state"],
            postgresql_where=text("remaining > 0"),
        ),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=SUMMED)
    lot_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=SUMMED)
    currency_id: Mapped[uuid.UUID] = mapped_column(info=SUMMED)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=SUMMED)
    earned_at: Mapped[datetime] = mapped_column(info=SUMMED)
    remaining: Mapped[int] = mapped_column(BigInteger, info=SUMMED)
    state: Mapped[str] = mapped_column(info=SUMMED)
    activates_at: Mapped[datetime | None] = mapped_column(info=SUMMED)
    """Null while it waits for somebody to say so."""
    expires_at: Mapped[datetime | None] = mapped_column(info=SUMMED)


class PointsHold(db.Base):
    """Points put aside until `ends_at`, from the entry of the same id."""

    __tablename__ = "points_hold"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "entry_id"], ["points_entry.member_id", "points_entry.id"]),
        CheckConstraint("state IN ('open', 'captured', 'released')", name="state"),
        Index("ix_points_hold_open", "member_id", "currency_id", "ends_at", postgresql_where=text("state = 'open'")),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=SUMMED)
    entry_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=SUMMED)
    currency_id: Mapped[uuid.UUID] = mapped_column(info=SUMMED)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=SUMMED)
    amount: Mapped[int] = mapped_column(BigInteger, info=SUMMED)
    ends_at: Mapped[datetime] = mapped_column(info=SUMMED)
    state: Mapped[str] = mapped_column(info=SUMMED)


class PointsBalance(db.Base):
    """What a member has in a currency: the row that everybody who changes it locks first.

    `totals` count points by kind for ever. `head` is the hash of entry `sequence`. Nothing is due before `next_due_at`.
    """

    __tablename__ = "points_balance"
    __table_args__ = (
        CheckConstraint("least(available, pending, held, debt, awaited) >= 0", name="not_negative"),
        Index("ix_points_balance_due", "next_due_at", postgresql_where=text("next_due_at IS NOT NULL")),
        Index("ix_points_balance_currency", "currency_id", "opened_at", "member_id"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=SUMMED)
    currency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_currency.id"), primary_key=True, info=SUMMED)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=SUMMED)
    available: Mapped[int] = mapped_column(BigInteger, server_default="0", info=SUMMED)
    pending: Mapped[int] = mapped_column(BigInteger, server_default="0", info=SUMMED)
    held: Mapped[int] = mapped_column(BigInteger, server_default="0", info=SUMMED)
    debt: Mapped[int] = mapped_column(BigInteger, server_default="0", info=SUMMED)
    awaited: Mapped[int] = mapped_column(BigInteger, server_default="0", info=SUMMED)
    totals: Mapped[dict[str, Any]] = mapped_column(server_default="{}", info=SUMMED)
    sequence: Mapped[int] = mapped_column(server_default="0", info=SUMMED)
    head: Mapped[bytes | None] = mapped_column(LargeBinary, info=SUMMED)
    next_due_at: Mapped[datetime | None] = mapped_column(info=SUMMED)
    opened_at: Mapped[datetime] = mapped_column(info=SUMMED)
    continues: Mapped[bool] = mapped_column(server_default=text("false"), info=SUMMED)
    """Whether the ledger of somebody who became part of the member goes on in this one (`merged_ledgers`)."""
