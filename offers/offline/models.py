"""What brands allow without a network, what each till knew when, what is set aside for tills, which codes ended."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.data_map import DataClass, Export
from app.lifetimes import Since
from app.sql import db

SET_ASIDE = db.datum(DataClass.COUPON, purposes=("loyalty_account",), export=Export.OBSERVED)

WHOLE_BRAND = uuid.UUID(int=0)
"""The `store_id` of a policy of all stores."""


class OfflinePolicyVersion(db.Base):
    """What a brand, or one of its stores, says of tills without a network. A version never changes; the last is in
    force. `said` holds only what is said: the brand says the rest for a store, and the house for a brand."""

    __tablename__ = "offline_policy_version"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The store, or `WHOLE_BRAND`."""
    version: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[dict[str, Any]]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    set_at: Mapped[datetime]


class OfflinePeriod(db.Base):
    """From one whole snapshot that a terminal read to the next: what it knew meanwhile, and what it did on trust.

    `version` is the number that the snapshot had: it grows for a terminal when something in it changes. `parts` says
    how far each part of it was, so that the next can be the difference; `policy` is what the terminal was told. One
    that was not whole (`is_whole`) allows nothing.
    """

    __tablename__ = "offline_period"
    __table_args__ = (
        CheckConstraint("least(points_used, minor_used, coupons_used) >= 0", name="used"),
        Index("ix_offline_period_read_at", "read_at"),
    )

    # No foreign key: a terminal is never deleted, and each reading would lock its row.
    terminal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[uuid.UUID]
    store_id: Mapped[uuid.UUID]
    version: Mapped[int]
    parts: Mapped[dict[str, Any]]
    policy: Mapped[dict[str, Any]]
    is_whole: Mapped[bool]
    opened_at: Mapped[datetime]
    """When the snapshot was first read."""
    read_at: Mapped[datetime]
    """When the terminal last heard that it still holds."""
    points_used: Mapped[int] = mapped_column(BigInteger, server_default="0")
    minor_used: Mapped[int] = mapped_column(BigInteger, server_default="0")
    coupons_used: Mapped[int] = mapped_column(server_default="0")


class OfferLease(db.Base):
    """Units of a limited offer that one terminal may give until `ends_at`: they have left the offer's budgets.

    `day` is the day whose budget they left, null where the offer has none by the day; `of_total` says whether they left
    the total. What is not used goes back when the lease is released or ends.
    """

    __tablename__ = "offer_lease"
    __table_args__ = (
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("used BETWEEN 0 AND units", name="used"),
        Index("ix_offer_lease_terminal", "terminal_id", "made_at"),
        Index("ix_offer_lease_open", "ends_at", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID]
    store_id: Mapped[uuid.UUID]
    terminal_id: Mapped[uuid.UUID]
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    offer_version: Mapped[int]
    units: Mapped[int]
    used: Mapped[int] = mapped_column(server_default="0")
    of_total: Mapped[bool]
    day: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class ReserveKind(StrEnum):
    """What of one member is set aside for a terminal."""

    POINTS = "points"
    COUPON = "coupon"


class MemberReserve(db.Base):
    """Points or a coupon of one member that only one terminal may use until `ends_at`, once."""

    __tablename__ = "member_reserve"
    __table_args__ = (
        CheckConstraint("kind IN ('points', 'coupon')", name="kind"),
        CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name="points"),
        CheckConstraint("(kind = 'coupon') = (coupon_id IS NOT NULL)", name="coupon"),
        Index("ix_member_reserve_terminal", "terminal_id", "made_at"),
        Index("ix_member_reserve_open", "ends_at", postgresql_where=text("settled_at IS NULL")),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.COUPON, "ends_at"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=SET_ASIDE
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=SET_ASIDE)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=SET_ASIDE)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=SET_ASIDE)
    terminal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("terminal.id"), info=SET_ASIDE)
    kind: Mapped[str] = mapped_column(info=SET_ASIDE)
    code: Mapped[str] = mapped_column(info=SET_ASIDE)
    """The code that was shown: by it the terminal knows what it holds."""
    currency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("points_currency.id"), info=SET_ASIDE)
    hold_id: Mapped[uuid.UUID | None] = mapped_column(info=SET_ASIDE)
    points: Mapped[int | None] = mapped_column(BigInteger, info=SET_ASIDE)
    coupon_id: Mapped[uuid.UUID | None] = mapped_column(info=SET_ASIDE)
    made_at: Mapped[datetime] = mapped_column(info=SET_ASIDE)
    ends_at: Mapped[datetime] = mapped_column(info=SET_ASIDE)
    settled_at: Mapped[datetime | None] = mapped_column(info=SET_ASIDE)


class CodeEnding(db.Base):
    """That a code of a brand must not be taken, or may be again: six bytes of its SHA-256, and of whom is not said. Of
    a million ended codes, one in 280 million others is taken for ended.

    Written by triggers on `pass_code` and `card` at the commit, so that whoever ends a code is counted, and `version`
    grows for a brand in the order of the commits: what has a smaller one can be seen.
    """

    __tablename__ = "code_ending"
    __table_args__ = (
        Index("ix_code_ending_version", "brand_id", "version", postgresql_include=["digest", "is_ended"]),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    is_ended: Mapped[bool]
    changed_at: Mapped[datetime]


class CodeEndingVersion(db.Base):
    """How often codes of a brand ended or stood again. Who knows less than `forgotten` must be told all of them."""

    __tablename__ = "code_ending_version"

    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    forgotten: Mapped[int] = mapped_column(BigInteger, server_default="0")


class CodeEndingChange(db.Base):
    """A code that the running transaction ended. At its commit the codes of each brand get their numbers, and these
    rows are gone again: nobody ever sees one of another."""

    __tablename__ = "code_ending_change"
    __table_args__ = (PrimaryKeyConstraint("changed_by", "brand_id", "digest"),)

    changed_by: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"), autoincrement=False
    )
    brand_id: Mapped[uuid.UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    is_ended: Mapped[bool]
