"""Questions about receipts and the log."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, column, func, or_, select, text, tuple_

from app.accounts.models import Brand
from app.consent.models import PermissionEvent, Purpose, Recipient
from app.receipts.merkle import Node
from app.receipts.models import LeafSalt, Log, LogCheckpoint, LogKey, LogNode, Receipt

ENDED = or_(
    column("recorded_xid") < text("(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"),
    column("recorded_xid") >= text("(pg_snapshot_xmax(pg_current_snapshot())::text)::bigint"),
)
"""Written by a transaction that ended, as did every one before it, so no row can still appear among them. A number
that this server has not reached yet comes from a dump of another one: that transaction ended long ago, too."""


def receipts_of(member_id: uuid.UUID) -> Select[Receipt]:
    """A member's receipts, in no order."""
    return select(Receipt).where(Receipt.member_id == member_id)


def receipts_of_events(member_id: uuid.UUID, event_ids: Collection[uuid.UUID]) -> Select[Receipt]:
    """The receipts that a member has of these events."""
    return receipts_of(member_id).where(Receipt.event_id.in_(event_ids))


def surroundings(event: PermissionEvent) -> Select[Brand, Purpose, Recipient, str]:
    """What a record tells besides its event: the brand, the purpose, who else receives, and the record before it."""
    named = and_(
        Recipient.brand_id == event.brand_id,
        Recipient.purpose == event.purpose,
        Recipient.code == event.recipient,
    )
    before = and_(Receipt.member_id == event.member_id, Receipt.event_id == event.previous_event_id)
    return (
        select(Brand, Purpose, Recipient, Receipt.record)
        .select_from(Brand)
        .join(Purpose, Purpose.code == event.purpose)
        .outerjoin(Recipient, named)
        .outerjoin(Receipt, before)
        .where(Brand.id == event.brand_id)
    )


def surroundings_of(events: Collection[PermissionEvent]) -> Select[*tuple[Any, ...]]:
    """What the records of one member's events tell besides them, in the order of their ids: id, instant, `Brand`,
    `Purpose`, `Recipient` and the record before each."""
    named = and_(
        Recipient.brand_id == PermissionEvent.brand_id,
        Recipient.purpose == PermissionEvent.purpose,
        Recipient.code == PermissionEvent.recipient,
    )
    before = and_(Receipt.member_id == PermissionEvent.member_id, Receipt.event_id == PermissionEvent.previous_event_id)
    return (
        select(PermissionEvent.id, PermissionEvent.recorded_at, Brand, Purpose, Recipient, Receipt.record)
        .join(Brand, Brand.id == PermissionEvent.brand_id)
        .join(Purpose, Purpose.code == PermissionEvent.purpose)
        .outerjoin(Recipient, named)
        .outerjoin(Receipt, before)
        .where(
            PermissionEvent.member_id.in_({event.member_id for event in events}),
            PermissionEvent.id.in_([event.id for event in events]),
        )
        .order_by(PermissionEvent.id)
    )


def waiting() -> Select[uuid.UUID, uuid.UUID, bytes]:
    """Member, event and commitment of the receipts that may be sealed now, in the order of the log."""
    return (
        select(Receipt.member_id, Receipt.event_id, Receipt.commitment)
        .where(Receipt.leaf_index.is_(None), ENDED)
        .order_by(Receipt.recorded_xid, Receipt.event_id)
    )


def unsealed() -> Select[datetime]:
    """When the events happened whose receipts wait for the sealer, the one that was written first before the others."""
    waits = select(Receipt.issued_at).where(Receipt.leaf_index.is_(None))
    return waits.order_by(Receipt.recorded_xid, Receipt.event_id)


def events_without_receipt(*, since: datetime) -> Select[PermissionEvent]:
    """Events that nobody followed: those from before there were receipts, and not from before the evidence ends."""
    receipted = (Receipt.member_id == PermissionEvent.member_id) & (Receipt.event_id == PermissionEvent.id)
    return (
        select(PermissionEvent)
        .outerjoin(Receipt, receipted)
        .where(Receipt.event_id.is_(None), PermissionEvent.recorded_at > since)
        .order_by(PermissionEvent.recorded_at, PermissionEvent.id)
    )


def salted(member_id: uuid.UUID, event_ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these events still have their salt."""
    return select(LeafSalt.event_id).where(LeafSalt.member_id == member_id, LeafSalt.event_id.in_(event_ids))


def the_log() -> Select[Log]:
    """The log that goes on: the last one that was begun."""
    return select(Log).order_by(Log.number.desc())


def log_size() -> Select[int]:
    """How many leaves the log has."""
    return select(func.coalesce(func.max(LogNode.position) + 1, 0)).where(LogNode.level == 0)


def log_called(log_id: uuid.UUID) -> Select[Log]:
    """The log of this name, whether it goes on or not."""
    return select(Log).where(Log.id == log_id)


def newest_checkpoint() -> Select[LogCheckpoint]:
    """What was signed last of the log that goes on."""
    goes_on = the_log().with_only_columns(Log.id).limit(1).scalar_subquery()
    return select(LogCheckpoint).where(LogCheckpoint.log_id == goes_on).order_by(LogCheckpoint.size.desc())


def checkpoints_at(size: int) -> Select[LogCheckpoint]:
    """What was signed when a log had so many leaves: of the log that goes on, else of the one before it."""
    logs = select(LogCheckpoint).join(Log, Log.id == LogCheckpoint.log_id)
    return logs.where(LogCheckpoint.size == size).order_by(Log.number.desc())


def checkpoints() -> Select[LogCheckpoint]:
    """Everything that was signed."""
    return select(LogCheckpoint).order_by(LogCheckpoint.size, LogCheckpoint.log_id)


def everything_receipted() -> Select[PermissionEvent, str, bytes, bytes]:
    """Every event that has a receipt, a parent's too, with the record, its commitment, and the salt if that was not
    destroyed."""
    whose = func.coalesce(Receipt.child_id, Receipt.member_id)
    receipted = and_(whose == PermissionEvent.member_id, Receipt.event_id == PermissionEvent.id)
    salted = and_(LeafSalt.member_id == Receipt.member_id, LeafSalt.event_id == Receipt.event_id)
    return (
        select(PermissionEvent, Receipt.record, Receipt.commitment, LeafSalt.salt)
        .join(Receipt, receipted)
        .outerjoin(LeafSalt, salted)
    )


def log_keys() -> Select[LogKey]:
    """Every key that ever signed, the oldest first."""
    return select(LogKey).order_by(LogKey.first_used_at, LogKey.kid)


def nodes(wanted: Collection[Node]) -> Select[int, int, bytes]:
    """These nodes: a few dozen at most, each found by its primary key."""
    return select(LogNode.level, LogNode.position, LogNode.hash).where(
        tuple_(LogNode.level, LogNode.position).in_(sorted(wanted))
    )
