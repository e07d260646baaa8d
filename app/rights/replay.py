"""Noes that a restored backup has forgotten are said again, as the notebook outside the database knows them.

Each becomes the event that it was, under its own id, so that saying it again twice is once. Until all of them are said,
every yes rests (`app.consent.noes.rest`).
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from app.consent.ledger.events import append_event, lock_permissions
from app.consent.models import CELL_KEY, Level, PermissionEvent
from app.consent.noes import notes, rest
from app.consent.noes.notes import NoKind, NoLine
from app.consent.noes.rest import MissingNo
from app.consent.suppression import objections, restriction
from app.messages import cancellation
from app.ops import notebook
from app.rights import queries
from app.sql import db
from app.sql.queues import work_through

AT_ONCE = 10_000


def replay_noes(*, now: datetime) -> int:
    """Say every missing no again, each in a transaction of its own; return how many. Raises `ThingsFailed`."""
    missing = {one.noted.about: one for one in rest.find_missing(now=now)}
    if not missing:
        return 0
    said = work_through(
        lambda most: list(missing)[:most],
        lambda about: _say_again(missing[about], now=now),
        what="app.rights.replay_noes",
        at_once=AT_ONCE,
    )
    rest.find_missing(now=now)
    return said


def mend_noes(*, now: datetime) -> int:
    """Note outside which noes only the database knows (the file was lost, or began later, or the disk was full).

    Of each subject the newest one, as far back as lines are kept; return how many were missing.
    """
    since = now - notes.KEPT
    noted = (notes.read_note(line) for line in notebook.read_lines().lines)
    known = {one.about: one.at for one in noted if one is not None}
    newest = {line.about: line for line in _stated(since) if line.about not in known or known[line.about] < line.at}
    if newest:
        notes.write_down(list(newest.values()))
    return len(newest)


def trim_notes(*, now: datetime) -> int:
    """Drop the lines of the notebook that serve nothing any more; return how many."""
    return notebook.trim_lines(before=now - notes.KEPT)


def _stated(since: datetime) -> Iterator[NoLine]:
    """What the database knows of noes since an instant, the newest of each subject last."""
    for (event,) in db.stream(queries.noes_since(since), size=AT_ONCE):
        yield notes.line_of_no(event)
    for objection in db.all_of(queries.objections_since(since)):
        yield notes.line_of_objection(objection, at=objection.objected_at)
    for member in db.all_of(queries.restricted_since(since)):
        yield notes.line_of_restriction(member.id, at=member.restricted_at or since, stands=True)


def _say_again(one: MissingNo, *, now: datetime) -> int:
    member_id = uuid.UUID(one.subject["member_id"])
    lock_permissions(member_id)
    if not rest.is_missing(one):
        return 0  # another process was faster, or the member has answered anew
    SAID[one.noted.kind](member_id, one, now)
    return 1


def _of_a_cell(member_id: uuid.UUID, one: MissingNo, now: datetime) -> None:
    said = one.subject
    key = {name: said[name] for name in CELL_KEY} | {
        "member_id": member_id,
        "brand_id": uuid.UUID(said["brand_id"]),
        "scope_id": uuid.UUID(said["scope_id"]),
    }
    append_event(
        PermissionEvent(
            **key,
            id=uuid.UUID(said["event_id"]),
            level=Level.NONE,
            state=said["state"],
            actor=said["actor"],
            evidence={"replayed": True},
            recorded_at=now,
            claimed_at=one.noted.at,
        )
    )


def _of_marketing(member_id: uuid.UUID, one: MissingNo, now: datetime) -> None:
    brand_id = one.subject["brand_id"] and uuid.UUID(one.subject["brand_id"])
    objections.object_to_marketing(member_id=member_id, brand_id=brand_id, now=now)


def _of_processing(member_id: uuid.UUID, one: MissingNo, now: datetime) -> None:
    restriction.restrict_processing(member_id=member_id, now=now)
    cancellation.cancel_forbidden(member_id=member_id, now=now)


SAID: Mapping[NoKind, Callable[[uuid.UUID, MissingNo, datetime], Any]] = {
    NoKind.CELL: _of_a_cell,
    NoKind.MARKETING: _of_marketing,
    NoKind.PROCESSING: _of_processing,
}
