"""What was collected only for a purpose that the member has ended goes (GDPR article 17(1)(b)).

The end of a permission leaves a mark in the same transaction; the job that follows looks at the map of personal data
for tables that serve no other purpose. A table that also serves the contract, a law or a purpose that still stands
stays; so does everything when the member has said yes again meanwhile.
"""

import uuid
from collections.abc import Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete
from sqlalchemy.dialects.postgresql import insert

from app.consent.models import PermissionEvent, State
from app.data_map import Erase
from app.rights import personal_tables, queries
from app.rights.erasure import tables
from app.rights.models import Remnant
from app.sql import db
from app.sql.queues import work_through

ENDED = (State.WITHDRAWN, State.REVOKED, State.INVALIDATED)
"""Ends that take the ground from under what was collected. Time and uses that are over do not: what was done on them
may still be explained for as long as decisions are kept."""

BATCH = 500

MarkKey = tuple[uuid.UUID, uuid.UUID, str]
"""Member, brand and purpose: what a mark is known by."""

MARK = insert(Remnant.metadata.tables["remnant"]).on_conflict_do_nothing()


def mark_remnants(event: PermissionEvent) -> None:
    """Note that a purpose ended with a brand, in the transaction that ends it."""
    if event.state in ENDED:
        about = {"member_id": event.member_id, "brand_id": event.brand_id, "purpose": event.purpose}
        db.execute(MARK, about | {"since": event.recorded_at})


def mark_all(events: Sequence[PermissionEvent]) -> None:
    """Note that many purposes of one member ended, in the transaction that ends them."""
    ended = [
        {
            "member_id": event.member_id,
            "brand_id": event.brand_id,
            "purpose": event.purpose,
            "since": event.recorded_at,
        }
        for event in events
        if event.state in ENDED
    ]
    if ended:
        db.execute(insert(Remnant).values(ended).on_conflict_do_nothing())


def shed_remnants(*, now: datetime, at_once: int = BATCH) -> int:
    """Erase what the marks stand for, and the marks; return how many rows of data went. In steps."""

    def waiting(most: int) -> Sequence[MarkKey]:
        found = db.all_of(queries.remnants(most=most))
        return [(one.member_id, one.brand_id, one.purpose) for one in found]

    def shed(key: MarkKey) -> int:
        remnant = db.get(Remnant, key)
        if remnant is None:
            return 0
        gone = _shed(remnant, now=now)
        db.session().delete(remnant)
        db.session().flush()
        return gone

    return work_through(waiting, shed, what="app.rights.shed_remnants", at_once=at_once)


def tables_for(purpose: str) -> Sequence[Table]:
    """The tables about members that serve this purpose and whose every purpose is one that members can end."""
    return [
        table
        for table in personal_tables.tables_of_members()
        if purpose in purposes_of(table) and not tables.keeps_rows(table)
    ]


def purposes_of(table: Table) -> Set[str]:
    """Every purpose that the map names for a table."""
    return {
        purpose
        for column in table.c
        if "datum" in column.info and tables.does(column) is Erase.DELETE
        for purpose in column.info["datum"].purposes
    }


def _shed(remnant: Remnant, *, now: datetime) -> int:
    gone = 0
    for table in tables_for(remnant.purpose):
        brand_id = remnant.brand_id if "brand_id" in table.c else None
        standing = db.all_of(queries.purposes_standing(remnant.member_id, brand_id=brand_id, now=now))
        by_consent = db.all_of(queries.purposes_by_consent())
        needed = purposes_of(table) - set(by_consent) | purposes_of(table) & set(standing)
        if not needed:
            gone += _delete(table, member_id=remnant.member_id, brand_id=brand_id)
    return gone


def _delete(table: Table, *, member_id: uuid.UUID, brand_id: uuid.UUID | None) -> int:
    statement = delete(table).where(personal_tables.about(table, member_id))
    if brand_id is not None:
        statement = statement.where(table.c.brand_id == brand_id)
    result: Any = db.execute(statement)
    return int(result.rowcount)
