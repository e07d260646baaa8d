"""Scans that tills recorded under names of their own: what was decided, for ever; whose it was, for a time."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.data_map import DataClass, Export
from app.lifetimes import Since
from app.sql import db

ACTED = db.datum(DataClass.SCAN, purposes=("loyalty_account",), export=Export.OBSERVED)


class ScanDecided(StrEnum):
    """Who decided: we, or the till by itself."""

    ONLINE = "online"
    OFFLINE = "offline"


class LocalResult(StrEnum):
    """What a till decided by itself."""

    OK = "ok"
    REFUSED = "refused"


class ScanResult(StrEnum):
    """What became of a scan."""

    OK = "ok"
    NEEDS_INPUT = "needs_input"
    REFUSED = "refused"
    ACCEPTED_WITH_CONFLICT = "accepted_with_conflict"
    """It happened at the till, though it should not have: written down, and for a person to settle."""


class ScanReason(StrEnum):
    """Why it is not simply `ok`: a closed list. A till takes one that it does not know for a refusal."""

    UNKNOWN = "unknown"
    REVOKED = "revoked"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_STORE = "wrong_store"
    OUTSIDE_FENCE = "outside_fence"
    ALREADY_REDEEMED = "already_redeemed"
    LIMIT_MEMBER = "limit_member"
    LIMIT_OFFER = "limit_offer"
    BUDGET_EXHAUSTED = "budget_exhausted"
    INSUFFICIENT_POINTS = "insufficient_points"
    NEEDS_MEMBER_CONFIRMATION = "needs_member_confirmation"
    NEEDS_AMOUNT = "needs_amount"
    AMBIGUOUS = "ambiguous"
    STALE_CODE = "stale_code"
    OFFLINE_LIMIT = "offline_limit"
    INTERNAL = "internal"


class ConflictSettlement(StrEnum):
    """How a person settled a conflict."""

    LOSS_ACCEPTED = "loss_accepted"
    TAKEN_BACK = "taken_back"
    CORRECTED = "corrected"


class TillScan(db.Base):
    """One scan by the name that the terminal gave it: once for ever, also after whoever was scanned is erased.

    It says nothing of whom it was about: that is in `TillScanEffect`. `terminal_id` made it; `sent_by_id` sent it,
    which is another one where the till was paired anew meanwhile. `points` and `value_minor` are what it gave away,
    `loss_points` and `loss_minor` what of that nobody had to give.
    """

    __tablename__ = "till_scan"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint("action IN ('identify', 'redeem', 'earn', 'burn', 'sale')", name="action"),
        CheckConstraint("decided IN ('online', 'offline')", name="decided"),
        CheckConstraint("local_result IN ('ok', 'refused')", name="local_result"),
        CheckConstraint("result IN ('ok', 'needs_input', 'refused', 'accepted_with_conflict')", name="result"),
        CheckConstraint("settlement IN ('loss_accepted', 'taken_back', 'corrected')", name="settlement"),
        CheckConstraint("(settlement IS NULL) = (settled_at IS NULL)", name="settled"),
        Index("ix_till_scan_scan_id", "scan_id"),
        Index("ix_till_scan_made", "terminal_id", "decided", "received_at"),
        Index(
            "ix_till_scan_open",
            "brand_id",
            "received_at",
            "id",
            postgresql_where=text("result = 'accepted_with_conflict' AND settled_at IS NULL"),
        ),
    )

    terminal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    scan_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"))
    sent_by_id: Mapped[uuid.UUID]
    cashier_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)
    """Who had shown a PIN."""
    cashier_number: Mapped[str | None] = mapped_column(info=STAFF)
    """Who it was as a till without a network says: nobody has checked it."""
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """The SHA-256 of what it is about; its `scan_id`, which is random, is in it."""
    device_seq: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str]
    decided: Mapped[str]
    local_result: Mapped[str | None]
    snapshot_version: Mapped[int | None] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    result: Mapped[str]
    reason: Mapped[str | None]
    covered_by: Mapped[str | None]
    points: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    value_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    currency: Mapped[str | None]
    loss_points: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    loss_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    reversed_at: Mapped[datetime | None]
    reversed_by_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)
    """The cashier who took it back at a till, if they had shown a PIN."""
    settlement: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)
    settled_words: Mapped[str | None]


class TillScanEffect(db.Base):
    """Whose pass a recorded scan read, what it did, and what the till was told. `id` is that of its `TillScan`.

    `kind` and `target_id` name what it did: a redemption, a sale, a movement of points; null where it did nothing.
    """

    __tablename__ = "till_scan_effect"
    __table_args__ = (
        Index("ix_till_scan_effect_brand_id", "brand_id", "id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.SCAN, "acted_at"), act="acted_at"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACTED
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACTED)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=ACTED)
    kind: Mapped[str | None] = mapped_column(info=ACTED)
    target_id: Mapped[uuid.UUID | None] = mapped_column(info=ACTED)
    currency_id: Mapped[uuid.UUID | None] = mapped_column(info=ACTED)
    """What the points are counted in, where it moved points."""
    answer: Mapped[dict[str, Any]] = mapped_column(info=ACTED)
    """What the till was told, so that it is told the same again."""
    acted_at: Mapped[datetime] = mapped_column(info=ACTED)
