"""Who may give, how much a store may give, and what was given."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import STAFF, Brand
from app.data_map import DataClass, Export
from app.lifetimes import WITH_THE_WALLET
from app.sql import db
from geo.places.models import Store

GIVEN = db.datum(DataClass.COUPON, purposes=("loyalty_account",), export=Export.OBSERVED)


class GestureKind(StrEnum):
    """Points, or a coupon: a coupon of an offer that gives an article is a free item."""

    POINTS = "points"
    COUPON = "coupon"


class GestureGiver(db.Base):
    """A person who may give in one store. They show a badge: a code that is kept as its hash only.

    `own_member_hash` is a keyed hash of their own wallet, if they named their card: nobody gives to themselves.
    """

    __tablename__ = "gesture_giver"
    __table_args__ = (Index("ix_gesture_giver_brand_id", "brand_id", "created_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STAFF)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=STAFF)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=STAFF)
    name: Mapped[str] = mapped_column(info=STAFF)
    manager: Mapped[bool] = mapped_column(server_default=text("false"), info=STAFF)
    badge_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=STAFF)
    own_member_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=STAFF)
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    dismissed_at: Mapped[datetime | None] = mapped_column(info=STAFF)


class GestureBudget(db.Base):
    """What a store may give between two days of its own calendar, both included; two budgets never share a day.

    `revision` grows with every change by the brand and is the ETag; what is given does not change it.
    """

    __tablename__ = "gesture_budget"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("points_left BETWEEN 0 AND points", name="points_left"),
        CheckConstraint("coupons_left BETWEEN 0 AND coupons", name="coupons_left"),
        CheckConstraint("(points > 0) <= (currency_id IS NOT NULL)", name="currency"),
        CheckConstraint(
            "most_points > 0 AND most_points_of_manager > 0 AND per_member > 0 AND per_giver_a_day > 0", name="limits"
        ),
        Index("ix_gesture_budget_store", "store_id", "starts_on"),
        Index("ix_gesture_budget_brand_id", "brand_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    currency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("points_currency.id"))
    points: Mapped[int] = mapped_column(BigInteger)
    points_left: Mapped[int] = mapped_column(BigInteger)
    coupons: Mapped[int]
    coupons_left: Mapped[int]
    most_points: Mapped[int]
    """By one gesture; a manager may give `most_points_of_manager`."""
    most_points_of_manager: Mapped[int]
    per_member: Mapped[int]
    """Gestures to one member out of this budget."""
    per_giver_a_day: Mapped[int]
    revision: Mapped[int]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Gesture(db.Base):
    """One attention, with the reason in the giver's own words, which the member reads."""

    __tablename__ = "gesture"
    __table_args__ = (
        CheckConstraint("kind IN ('points', 'coupon')", name="kind"),
        CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name="points"),
        CheckConstraint("(kind = 'coupon') = (coupon_id IS NOT NULL)", name="coupon"),
        CheckConstraint("points > 0", name="amount"),
        Index("ix_gesture_mine", "member_id", "given_at", "id"),
        Index("ix_gesture_budget_id", "budget_id", "member_id"),
        Index("ix_gesture_giver_id", "giver_id", "given_at"),
        Index("ix_gesture_brand_id", "brand_id", "given_at", "id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=GIVEN
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=GIVEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=GIVEN)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=GIVEN)
    terminal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("terminal.id"), info=GIVEN)
    budget_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gesture_budget.id"), info=GIVEN)
    giver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gesture_giver.id"), info=GIVEN)
    kind: Mapped[str] = mapped_column(info=GIVEN)
    points: Mapped[int | None] = mapped_column(info=GIVEN)
    currency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("points_currency.id"), info=GIVEN)
    coupon_id: Mapped[uuid.UUID | None] = mapped_column(info=GIVEN)
    words: Mapped[str] = mapped_column(info=GIVEN)
    given_at: Mapped[datetime] = mapped_column(info=GIVEN)
    cashier_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)

    # Read-only, and only when the question asked for them.
    brand: Mapped[Brand] = relationship(viewonly=True, lazy="raise")
    store: Mapped[Store] = relationship(viewonly=True, lazy="raise")
    giver: Mapped[GestureGiver] = relationship(viewonly=True, lazy="raise")
