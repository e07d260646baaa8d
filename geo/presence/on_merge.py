"""Visits of two wallets that become one: those that the target permits as well come along, and go back at a split.

The others stay with the source, whose permission they rest on, and end there with their time. Minutes stay behind and
go: they only serve visits that are under way, and those of the source end here.
"""

import uuid
from datetime import datetime

from sqlalchemy import delete, func, select, update

from app.consent.decision.phone_conditions import Phone
from app.consent.models import Level
from app.identity.moves import note_moves, noted_moves, rehome_rows
from app.sql import db
from app.sql.store_tables import AREA_STORE
from geo.presence.evidence.permits import PresencePermits, read_permits
from geo.presence.models import Sighting, Visit

KIND = "visit"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring the source's visits, as far as the target permits them; how many."""
    db.execute(delete(Sighting).where(Sighting.member_id == source_id))
    db.execute(
        update(Visit)
        .where(Visit.member_id == source_id, Visit.entered_at.is_not(None), Visit.exited_at.is_(None))
        .values(exited_at=Visit.seen_at, lasts_until=Visit.seen_at)
        .execution_options(synchronize_session=False)
    )
    coming = _permitted_visits(source_id, target_id, now=now)
    note_moves(target_id=target_id, merge_id=merge_id, kind=KIND, things=[(one, {}) for one in coming], now=now)
    _move(coming, source_id=source_id, target_id=target_id)
    return {"visits": len(coming)}


def _permitted_visits(source_id: uuid.UUID, target_id: uuid.UUID, *, now: datetime) -> list[uuid.UUID]:
    """The source's visits to stores where the target permits the same touchpoint, for more than one answer: a yes for
    one store says nothing of another. What a phone allows at this moment says nothing of visits that were."""
    read = read_permits(member_id=target_id, session_id=None, installation_id=None, background=False, now=now)
    permits = PresencePermits(read.cells, read.facts._replace(asking=Phone(), phones=()), now=now)
    areas = func.array(select(AREA_STORE.c.area_id).where(AREA_STORE.c.store_id == Visit.store_id).scalar_subquery())
    own = (Visit.id, Visit.touchpoint, Visit.brand_id, Visit.store_id, areas)
    verdicts = {
        visit_id: permits.verdict(*about)
        for visit_id, *about in db.rows(select(*own).where(Visit.member_id == source_id).order_by(Visit.id))
    }
    return [id for id, one in verdicts.items() if one.allowed and one.level is not Level.ONE_SHOT]


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back the visits that came and are still there; how many."""
    came = [uuid.UUID(move.thing) for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)]
    still = list(db.all_of(select(Visit.id).where(Visit.member_id == target_id, Visit.id.in_(came))))
    _move(still, source_id=target_id, target_id=source_id)
    return {"visits": len(still)}


def _move(visits: list[uuid.UUID], *, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    if visits:
        table = Visit.metadata.tables["visit"]
        rehome_rows(table, table.c.id.in_(visits), source_id=source_id, target_id=target_id)
