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


def note_read(*, member_id: uuid.UUID, classes: Sequence[DataClass], now: datetime) -> None:
    """Record that the staff of this transaction see data of these classes; nothing for a member, a job, a command."""
    note_reads(member_ids=[member_id], classes=classes, now=now)


def note_reads(*, member_ids: Iterable[uuid.UUID], classes: Sequence[DataClass], now: datetime) -> None:
    """The same for a list that shows several members: one trace for each."""
    staff = db.staff()
    if staff is None:
        return
    db.add_all(
        [
            PersonalRead(
                member_id=member_id,
                brand_id=staff.brand_id,
                store_id=staff.store_id,
                role=staff.role,
                data_classes=[str(one) for one in classes],
                read_at=now,
            )
            for member_id in set(member_ids)
        ]
    )


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
