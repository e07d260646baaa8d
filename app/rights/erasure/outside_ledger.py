"""The erasures, in the notebook outside the database, so that a restored backup can be told about them.

One JSON object per line: the member's id, when they were to be erased, and a keyed hash that says that the line is ours
and whole. No address, no name.
"""

import hashlib
import hmac
import json
import threading
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app import config
from app.ops import notebook


class Note(NamedTuple):
    """One line: who is to be forgotten, since when."""

    member_id: uuid.UUID
    requested_at: datetime


class Notes(NamedTuple):
    """The file as it was read. `damaged` counts lines that are not ours, or not whole, and no other line repeats."""

    known: Sequence[Note]
    damaged: int


class _Reader:
    """What was read of the file so far: it is read on from there, as others write to it all the time."""

    def __init__(self) -> None:
        self.place: notebook.Bookmark | None = None
        self.known: dict[Note, bytes] = {}
        self.broken: list[bytes] = []
        self.alone = threading.Lock()

    def read_on(self) -> Notes:
        """All that is known now."""
        with self.alone:
            return self._read_on()

    def _read_on(self) -> Notes:
        reading = notebook.read_lines(self.place)
        if reading.afresh:
            self.known, self.broken = {}, []
        self.place = reading.place
        for line in _of_erasures(reading.lines):
            found = _note(line)
            if found is None:
                self.broken.append(line)
            else:
                self.known[found] = line
        whole = tuple(self.known.values())
        damaged = [line for line in self.broken if not any(other.startswith(line) for other in whole)]
        return Notes(list(self.known), len(damaged))


_readers: dict[Path, _Reader] = {}


def note_erasure(member_id: uuid.UUID, *, requested_at: datetime) -> None:
    """Write one line and wait until the disk has it. Twice is no error."""
    notebook.write_lines([_line(Note(member_id, requested_at))])


def read_notes() -> Notes:
    """Every note of an erasure. A file that does not exist yet is an empty one."""
    return _readers.setdefault(notebook.file(), _Reader()).read_on()


def forget_notes(member_ids: Collection[uuid.UUID]) -> int | None:
    """Take out the lines of these members, whose time is over; return how many.

    None, and nothing is taken out, while there are lines that cannot be verified.
    """
    if read_notes().damaged:
        return None  # what cannot be read may still have to be replayed: somebody must look first
    return notebook.keep_lines(lambda line: (found := _note(line)) is None or found.member_id not in member_ids)


def _of_erasures(lines: Iterable[bytes]) -> list[bytes]:
    """The lines that have no kind: an erasure each, or nothing of ours."""
    return [line for line in lines if not line.startswith(notebook.MARKED) and not notebook.is_torn(line)]


def _line(one: Note) -> str:
    said = {"member_id": str(one.member_id), "requested_at": one.requested_at.isoformat()}
    return json.dumps(said | {"proof": _proof(one)})


def _note(line: bytes) -> Note | None:
    try:
        said = json.loads(line)
        found = Note(uuid.UUID(said["member_id"]), datetime.fromisoformat(said["requested_at"]))
        return found if hmac.compare_digest(str(said["proof"]), _proof(found)) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _proof(one: Note) -> str:
    said = f"{one.member_id} {one.requested_at.isoformat()}"
    return hmac.new(config.current().lasting_key("erasure-ledger"), said.encode(), hashlib.sha256).hexdigest()
