"""Questions about points that were asked back: what is still awaited of a lot, and what was taken in its place."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, and_, case, func, select

from wallet.ledger.models import EntryKind, PointsAllocation, PointsEntry

TAKEN_FOR = (EntryKind.RETURNED, EntryKind.AWAITED_TAKEN, EntryKind.EXCHANGED)
"""What takes points for a lot, perhaps from others, and what puts them right."""

GIVES_OUT = (
    EntryKind.SPENT,
    EntryKind.HELD,
    EntryKind.HOLD_RELEASED,
    EntryKind.REFUNDED,
)
"""What takes points from lots so that they may come back, and what brings them back."""


def awaited(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[uuid.UUID | None, int]:
    """By lot, how many points are still awaited, the longest first."""
    asked = case((PointsEntry.kind == EntryKind.RETURN_AWAITED, PointsEntry.amount), else_=-PointsEntry.amount)
    return (
        select(PointsEntry.about_id, func.sum(asked).label("points"))
        .where(
            PointsEntry.member_id == member_id,
            PointsEntry.currency_id == currency_id,
            PointsEntry.kind.in_((EntryKind.RETURN_AWAITED, EntryKind.AWAITED_TAKEN)),
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
        )
        .group_by(PointsEntry.about_id, PointsAllocation.lot_id)
    )


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
