"""Questions of proofs and reports: whole ledgers, and what members have in all."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select, text, tuple_

from wallet.ledger.models import (
    PointsAllocation,
    PointsBalance,
    PointsCurrency,
    PointsEntry,
    PointsHold,
    PointsLot,
    PointsLotState,
)
from wallet.ledger.queries import NOTHING, OPEN, Pair


def liability(currency_id: uuid.UUID, *, time_zone: str) -> Select[Any]:
    """Points that are still owed to members by the month in which they expire (null: never, or not known yet).

    The end of a lot is excluded, so one that ends with a month belongs to that month.
    """
    last = PointsLotState.expires_at - text("interval '1 microsecond'")
    month = func.to_char(func.timezone(time_zone, last), "YYYY-MM").label("month")
    grouped = (
        select(month, PointsLotState.state, PointsLotState.remaining)
        .where(PointsLotState.currency_id == currency_id, PointsLotState.remaining > NOTHING)
        .subquery()
    )
    sums = func.sum(grouped.c.remaining).label("points")
    return (
        select(grouped.c.month, grouped.c.state, sums)
        .group_by(grouped.c.month, grouped.c.state)
        .order_by(grouped.c.month, grouped.c.state)
    )


def held_and_owed(currency_id: uuid.UUID) -> Select[int, int]:
    """Points put aside, which are in no lot meanwhile; and what members owe."""
    return select(func.coalesce(func.sum(PointsBalance.held), 0), func.coalesce(func.sum(PointsBalance.debt), 0)).where(
        PointsBalance.currency_id == currency_id
    )


def ledgers_after(
    after: Pair | None, *, brand_id: uuid.UUID | None, currency_id: uuid.UUID | None, most: int
) -> Select[Any]:
    """Balances in the order of their keys, with whether they may be negative, locked against change."""
    key = tuple_(PointsBalance.member_id, PointsBalance.currency_id)
    found = (
        select(*PointsBalance.__table__.columns, PointsCurrency.may_go_negative)
        .join(PointsCurrency, PointsCurrency.id == PointsBalance.currency_id)
        .order_by(PointsBalance.member_id, PointsBalance.currency_id)
        .limit(most)
        .with_for_update(of=PointsBalance, read=True)
    )
    if after is not None:
        found = found.where(key > after)
    if brand_id is not None:
        found = found.where(PointsBalance.brand_id == brand_id)
    return found if currency_id is None else found.where(PointsBalance.currency_id == currency_id)


def entries_in(pairs: Sequence[Pair]) -> Select[Any]:
    """Every entry of these ledgers with the lot that it made, in the order of the chain."""
    return (
        select(
            *PointsEntry.__table__.columns,
            PointsLot.amount.label("lot_amount"),
            PointsLot.earned_at.label("lot_earned_at"),
            PointsLot.lasts.label("lot_lasts"),
        )
        .outerjoin(PointsLot, and_(PointsLot.member_id == PointsEntry.member_id, PointsLot.entry_id == PointsEntry.id))
        .where(tuple_(PointsEntry.member_id, PointsEntry.currency_id).in_(pairs))
        .order_by(PointsEntry.member_id, PointsEntry.currency_id, PointsEntry.sequence)
    )


def allocations_in(pairs: Sequence[Pair]) -> Select[uuid.UUID, uuid.UUID, int]:
    """Every allocation of the entries of these ledgers."""
    return (
        select(PointsAllocation.entry_id, PointsAllocation.lot_id, PointsAllocation.amount)
        .join(
            PointsEntry,
            and_(PointsEntry.member_id == PointsAllocation.member_id, PointsEntry.id == PointsAllocation.entry_id),
        )
        .where(tuple_(PointsEntry.member_id, PointsEntry.currency_id).in_(pairs))
    )


def states_in(pairs: Sequence[Pair]) -> Select[Any]:
    """Every lot of these ledgers as it stands."""
    return select(*PointsLotState.__table__.columns).where(
        tuple_(PointsLotState.member_id, PointsLotState.currency_id).in_(pairs)
    )


def open_holds_in(pairs: Sequence[Pair]) -> Select[uuid.UUID, uuid.UUID, int]:
    """What is put aside in these ledgers."""
    return (
        select(PointsHold.member_id, PointsHold.currency_id, func.sum(PointsHold.amount).label("points"))
        .where(tuple_(PointsHold.member_id, PointsHold.currency_id).in_(pairs), PointsHold.state == OPEN)
        .group_by(PointsHold.member_id, PointsHold.currency_id)
    )


def without_balance(*, brand_id: uuid.UUID | None, currency_id: uuid.UUID | None) -> Select[uuid.UUID, uuid.UUID]:
    """Ledgers with entries that no balance knows of."""
    found = (
        select(PointsEntry.member_id, PointsEntry.currency_id)
        .outerjoin(
            PointsBalance,
            and_(
                PointsBalance.member_id == PointsEntry.member_id, PointsBalance.currency_id == PointsEntry.currency_id
            ),
        )
        .where(PointsBalance.member_id.is_(None))
        .distinct()
        .limit(100)
    )
    if brand_id is not None:
        found = found.where(PointsEntry.brand_id == brand_id)
    return found if currency_id is None else found.where(PointsEntry.currency_id == currency_id)
