"""What the notebook holds of a no: a keyed hash of whose and about what, the event, and the time.

Beside them, sealed with a key of the settings, whose and about what: a restored database may never have heard of the
cell (a no to one store under a yes to the brand), and it must be written there all the same. Without the key a line
says nothing of anybody. An objection and a restriction of processing are noes too; they may be lifted, and then the
newest line says so.
"""

import base64
import secrets
import threading
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import config
from app.consent.models import CELL_KEY, NO, OWN, Objection, PermissionEvent
from app.data_map import BACKUP_LIVES
from app.logs import log
from app.ops import notebook
from app.sql import db

KEPT = 2 * BACKUP_LIVES
"""How long a line serves: as long as a backup from before it may be restored, and as long again."""

NONCE_BYTES = 12


class NoKind(StrEnum):
    """What somebody said no to."""

    CELL = "no"
    MARKETING = "objection"
    PROCESSING = "restriction"


KINDS = frozenset(map(str, NoKind))


class NotedNo(NamedTuple):
    """A line about a no. `stands` is false where it was lifted; `whose` is what `subject_of` opens."""

    kind: NoKind
    about: str
    at: datetime
    stands: bool
    whose: str


class NoLine(NamedTuple):
    """A line that is to be written, and what it is about since when."""

    about: str
    at: datetime
    text: str


_unwritten: list[str] = []
"""Lines that the disk did not take; they go with the next ones."""

_taking = threading.Lock()


def note_no(event: PermissionEvent) -> None:
    """Write an event down before its transaction is committed, if it is a no."""
    if event.state in NO:
        db.before_commit(write_down, line_of_no(event))


def note_objection(objection: Objection, *, at: datetime) -> None:
    """Write down before the commit that a member objects to marketing, or does no longer."""
    db.before_commit(write_down, line_of_objection(objection, at=at))


def note_restriction(member_id: uuid.UUID, *, at: datetime, stands: bool) -> None:
    """Write down before the commit that a member's data must not be used, or may be again."""
    db.before_commit(write_down, line_of_restriction(member_id, at=at, stands=stands))


def line_of_no(event: PermissionEvent) -> NoLine:
    """The line about an event that is a no."""
    key = {name: str(getattr(event, name)) for name in CELL_KEY} | {"recipient": event.recipient or OWN}
    said = {"event_id": str(event.id), "state": str(event.state), "actor": str(event.actor)}
    return _line(NoKind.CELL, key | said, event.recorded_at, about=list(key.values()), event_id=str(event.id))


def line_of_objection(objection: Objection, *, at: datetime) -> NoLine:
    """The line about an objection, as it stands."""
    member_id, brand_id = str(objection.member_id), objection.brand_id and str(objection.brand_id)
    return _line(
        NoKind.MARKETING,
        {"member_id": member_id, "brand_id": brand_id},
        at,
        about=[member_id, brand_id or "*"],
        stands=objection.lifted_at is None,
        event_id=str(objection.id),
    )


def line_of_restriction(member_id: uuid.UUID, *, at: datetime, stands: bool) -> NoLine:
    """The line about a restriction of processing, or about its end."""
    return _line(NoKind.PROCESSING, {"member_id": str(member_id)}, at, about=[str(member_id)], stands=stands)


def write_down(lines: Sequence[NoLine]) -> None:
    """Add lines to the notebook. A disk that takes none refuses nobody's no: they are kept and go with the next ones.

    What a process that ends meanwhile has not written, the job `mend_noes` finds in the database.
    """
    with _taking:
        waiting = [*_unwritten, *(line.text for line in lines)]
        _unwritten.clear()
    try:
        notebook.write_lines(waiting)
    except OSError as error:
        log.error("noes_not_noted", lines=len(waiting), error=type(error).__name__)
        with _taking:
            _unwritten.extend(waiting)


def read_note(line: bytes) -> NotedNo | None:
    """The no that a line of the notebook is about; None for a line about something else, or not of ours."""
    said = notebook.said_in(line)
    if said is None or said["kind"] not in KINDS:
        return None
    at = datetime.fromisoformat(said["at"])
    return NotedNo(NoKind(said["kind"]), said["about"], at, said["stands"], said["whose"])


def subject_of(noted: NotedNo) -> Mapping[str, Any] | None:
    """Whose a no is, and about what; None if it was sealed with another key."""
    sealed = base64.b64decode(noted.whose)
    try:
        return orjson.loads(_cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None))  # type: ignore[no-any-return]
    except InvalidTag:
        return None


def _line(
    kind: NoKind, subject: Mapping[str, Any], at: datetime, *, about: Sequence[str], stands: bool = True, **said: str
) -> NoLine:
    nonce = secrets.token_bytes(NONCE_BYTES)
    whose = base64.b64encode(nonce + _cipher().encrypt(nonce, orjson.dumps(subject), None)).decode()
    told = {"kind": str(kind), "about": notebook.fingerprint(kind, *about), **said, "at": at.isoformat()}
    return NoLine(told["about"], at, notebook.make_line(told | {"stands": stands, "whose": whose}))


def _cipher() -> AESGCM:
    return AESGCM(config.current().lasting_key("notebook/whose"))
