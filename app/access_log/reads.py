"""Whoever works for a brand and sees something of a member leaves a trace that the member can read (GDPR article 32).

The trace is written in the transaction of the read, so there is no read without it.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.access_log import queries
from app.access_log.models import PersonalRead
from app.data_map import LABELS, DataClass
from app.http.access import Role
from app.languages import Language
from app.sql import db

NOTED = """
noted AS (
    INSERT INTO personal_read (member_id, id, brand_id, store_id, role, data_classes, read_at)
    SELECT seen.member_id, seen.id, CAST(%(noted_brand_id)s AS uuid), CAST(%(noted_store_id)s AS uuid),
        CAST(%(noted_role)s AS text), CAST(%(noted_classes)s AS text[]), CAST(%(noted_at)s AS timestamptz)
    FROM unnest(CAST(%(noted_members)s AS uuid[]), CAST(%(noted_ids)s AS uuid[])) AS seen (member_id, id)
)
"""
"""The trace, for the `WITH` of a statement that writes something else besides; `values_of_reads` are its values."""

NOTE = db.HotStatement(f"WITH {NOTED} SELECT 1")


def note_read(*, member_id: uuid.UUID, classes: Sequence[DataClass], now: datetime) -> None:
    """Record that the staff of this transaction see data of these classes; nothing for a member, a job, a command."""
    note_reads(member_ids=[member_id], classes=classes, now=now)


def note_reads(*, member_ids: Iterable[uuid.UUID], classes: Sequence[DataClass], now: datetime) -> None:
    """Record that the staff of this transaction see a list of several members: one trace for each."""
    values = values_of_reads(member_ids=member_ids, classes=classes, now=now)
    if values["noted_members"]:
        db.send_statement(NOTE, values)


def values_of_reads(*, member_ids: Iterable[uuid.UUID], classes: Sequence[DataClass], now: datetime) -> dict[str, Any]:
    """The values of `NOTED`: one trace for each of these members, and none unless staff act in this transaction."""
    staff = db.staff()
    members = [] if staff is None else list(set(member_ids))
    return {
        "noted_members": members,
        "noted_ids": [db.new_id() for _ in members],
        "noted_brand_id": staff and staff.brand_id,
        "noted_store_id": staff and staff.store_id,
        "noted_role": staff and staff.role,
        "noted_classes": [str(one) for one in classes],
        "noted_at": now,
    }


def described(reads: Sequence[PersonalRead], *, language: Language) -> list[dict[str, Any]]:
    """What a member is told of these reads (loaded with their brands)."""
    places = {read.store_id for read in reads if read.store_id is not None}
    stores: dict[uuid.UUID | None, str] = dict(db.rows(queries.names_of_stores(places)))
    return [
        {
            "id": read.id,
            "read_at": read.read_at,
            "role": Role(read.role),
            "brand": read.brand.code,
            "store": stores.get(read.store_id),
            "data": [{"code": one, "text": LABELS[one].say(language)} for one in map(DataClass, read.data_classes)],
        }
        for read in reads
    ]
