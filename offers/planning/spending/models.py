"""Budgets in money, and what is left of them in slots."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db

EVERYWHERE = uuid.UUID(int=0)
"""The `store_id` of slots of a budget that is not kept store by store."""

GROUP = 0
"""The `slot` of the row that stands for a whole group; what it has is nothing, or less."""


class MoneyBudget(db.Base):
    """How much the discounts of a brand may cost in a period of its calendar: those of one offer, or of all; at one
    store, at each store by itself (`each_store`), or in the whole brand. In minor units of the brand's currency.

    `revision` grows with every change and is the ETag; what is spent does not change it. Of each kind one stands, until
    it is lifted (`ended_at`).
    """

    __tablename__ = "money_budget"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("period IN ('day', 'week', 'month', 'quarter', 'year', 'life')", name="period"),
        CheckConstraint("NOT each_store OR store_id IS NULL", name="store"),
        Index(
            "uq_money_budget_standing",
            "brand_id",
            "offer_id",
            "store_id",
            "each_store",
            "period",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_money_budget_brand_id", "brand_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    offer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id"))
    each_store: Mapped[bool] = mapped_column(server_default=text("false"))
    period: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    revision: Mapped[int]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MoneySlot(db.Base):
    """A part of what a budget has left in one period, so that no row is hot. A group is a budget, the first day of a
    period (0001-01-01 for a whole life) and a store, or `EVERYWHERE`.

    A slot is never changed: whoever takes from it deletes it and writes another (`planning.spending.slots` says why).
    One with `held_for` is kept for an open sale until `held_until`. All of a group add up to its amount less what was
    spent: slot 0 stands for the group, and has less than nothing where the amount became smaller than that.
    `uses` add up to how often was taken.
    """

    __tablename__ = "money_slot"
    __table_args__ = (
        CheckConstraint("left_minor >= 0 OR slot = 0", name="left"),
        CheckConstraint("left_minor <= 0 OR slot > 0", name="group"),
        CheckConstraint("(held_for IS NULL) = (held_until IS NULL)", name="held"),
        Index("ix_money_slot_held_for", "held_for", postgresql_where=text("held_for IS NOT NULL")),
    )

    # No foreign key: each use would lock the budget's row, which all uses share.
    budget_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    left_minor: Mapped[int] = mapped_column(BigInteger)
    uses: Mapped[int] = mapped_column(Integer, server_default="0")
    held_for: Mapped[uuid.UUID | None]
    held_until: Mapped[datetime | None]
