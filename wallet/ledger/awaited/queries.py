"""Questions about points that were asked back: what is still awaited of a lot, and what was taken in its place."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, and_, case, func, or_, select

from wallet.ledger.hash_chain import Movement
from wallet.ledger.models import EntryKind, PointsAllocation, PointsEntry

AWAITS = (EntryKind.RETURN_AWAITED, EntryKind.AWAITED_MERGED_IN)
"""Kinds after which more is awaited of the lot that they are about."""

AWAITS_LESS = (EntryKind.AWAITED_TAKEN, EntryKind.AWAITED_MERGED_OUT)

TAKEN_FOR = (EntryKind.RETURNED, EntryKind.AWAITED_TAKEN, EntryKind.DEBT_REPAID, EntryKind.EXCHANGED)
"""What takes points for a lot, perhaps from others, and what puts them right."""

OWES = (EntryKind.RETURNED_OWED, EntryKind.DEBT_MERGED_IN)
"""Kinds after which more is owed of the earn that they are about, where they are about one (`is_owed_of_earn`)."""

DEBT_OF_RETURN = "debt_of_return"
"""Why a debt is repaid, or goes into another ledger, that an earn left which came back; it is about the earn."""

GIVES_OUT = (
    EntryKind.SPENT,
    EntryKind.HELD,
    EntryKind.HOLD_RELEASED,
    EntryKind.REFUNDED,
)
"""What takes points from lots so that they may come back, and what brings them back."""


def awaited(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[uuid.UUID | None, int]:
    """By lot, how many points are still awaited, the longest first."""
    asked = case((PointsEntry.kind.in_(AWAITS), PointsEntry.amount), else_=-PointsEntry.amount)
    return (
        select(PointsEntry.about_id, func.sum(asked).label("points"))
        .where(
            PointsEntry.member_id == member_id,
            PointsEntry.currency_id == currency_id,
            PointsEntry.kind.in_((*AWAITS, *AWAITS_LESS)),
        )
        .group_by(PointsEntry.about_id)
        .order_by(func.min(PointsEntry.sequence))
    )


def taken_for(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[uuid.UUID | None, uuid.UUID, int]:
    """By what was asked back, how many points were taken from which lots and not put back."""
    taken = -func.sum(PointsAllocation.amount)
    return (
        select(PointsEntry.about_id, PointsAllocation.lot_id, taken.label("points"))
        .join(
            PointsAllocation,
            and_(PointsAllocation.member_id == PointsEntry.member_id, PointsAllocation.entry_id == PointsEntry.id),
        )
        .where(
            PointsEntry.member_id == member_id,
            PointsEntry.currency_id == currency_id,
            PointsEntry.kind.in_(TAKEN_FOR),
            or_(PointsEntry.kind != EntryKind.DEBT_REPAID, PointsEntry.reason == DEBT_OF_RETURN),
        )
        .group_by(PointsEntry.about_id, PointsAllocation.lot_id)
    )


def is_taken_for(movement: Movement) -> bool:
    """Whether `taken_for` would count this one."""
    return movement.kind in TAKEN_FOR and (movement.kind != EntryKind.DEBT_REPAID or movement.reason == DEBT_OF_RETURN)


def owed(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[uuid.UUID | None, int]:
    """What made and what repaid debts of earns that came back, in its order: the earn, and how many points more."""
    points = case((PointsEntry.kind.in_(OWES), PointsEntry.amount), else_=-PointsEntry.amount)
    return (
        select(PointsEntry.about_id, points.label("points"))
        .where(
            PointsEntry.member_id == member_id,
            PointsEntry.currency_id == currency_id,
            or_(PointsEntry.kind == EntryKind.RETURNED_OWED, PointsEntry.reason == DEBT_OF_RETURN),
        )
        .order_by(PointsEntry.sequence)
    )


def is_owed_of_earn(movement: Movement) -> bool:
    """Whether `owed` would count this one."""
    return movement.kind == EntryKind.RETURNED_OWED or movement.reason == DEBT_OF_RETURN


def given_out(member_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, int]:
    """By lot, how many of its points are spent or held, and not given back."""
    out = -func.sum(PointsAllocation.amount)
    return (
        select(PointsAllocation.lot_id, out.label("points"))
        .join(
            PointsEntry,
            and_(PointsEntry.member_id == PointsAllocation.member_id, PointsEntry.id == PointsAllocation.entry_id),
        )
        .where(
            PointsAllocation.member_id == member_id,
            PointsAllocation.lot_id.in_(lot_ids),
            PointsEntry.kind.in_(GIVES_OUT),
        )
        .group_by(PointsAllocation.lot_id)
    )
