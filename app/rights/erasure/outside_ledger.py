"""The erasures, written down a second time outside the database, so that a restored backup can be told about them.

One JSON object per line in `ICI_ERASURE_LEDGER` (`var/erasures.jsonl` unless set): the member's id, when they were to
be erased, and a keyed hash that says that the line is ours and whole. No address, no name. Keep the file where no
backup of the database takes it back in time, and where every server reaches it.
"""

import fcntl
import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app import config


class Note(NamedTuple):
    """One line: who is to be forgotten, since when."""

    member_id: uuid.UUID
    requested_at: datetime


class Notes(NamedTuple):
    """The file as it was read. `damaged` counts lines that are not ours, or not whole, and no other line repeats."""

    known: Sequence[Note]
    damaged: int


LEDGER = "erasures.jsonl"
"""Its notes are signed with a key of the settings, so they go when those go (`ici erase`)."""


def file() -> Path:
    """Where the lines are."""
    settings = config.current()
    return settings.erasure_ledger or settings.var / LEDGER


def note_erasure(member_id: uuid.UUID, *, requested_at: datetime) -> None:
    """Write one line and wait until the disk has it. Twice is no error."""
    with _alone():
        target = file()
        descriptor = os.open(target, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            # A line that a power cut tore must not swallow this one too.
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            os.write(descriptor, (b"\n" if torn else b"") + _line(Note(member_id, requested_at)).encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_notes() -> Notes:
    """Every line. A file that does not exist yet is an empty one."""
    target = file()
    lines = target.read_text(encoding="utf-8", errors="replace").splitlines() if target.exists() else []
    read = [(line, _note(line)) for line in lines if line]
    whole = [line for line, found in read if found is not None]
    damaged = [line for line, found in read if found is None and not any(other.startswith(line) for other in whole)]
    return Notes(list(dict.fromkeys(found for _, found in read if found is not None)), len(damaged))


def forget_notes(member_ids: Collection[uuid.UUID]) -> int | None:
    """Take out the lines of these members, whose time is over; return how many.

    None, and nothing is taken out, while there are lines that cannot be verified.
    """
    with _alone():
        known, damaged = read_notes()
        if damaged:
            return None  # what cannot be read may still have to be replayed: somebody must look first
        kept = [one for one in known if one.member_id not in member_ids]
        if len(kept) < len(known):
            fresh = file().with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
                opened.writelines(f"{_line(one)}\n" for one in kept)
                opened.flush()
                os.fsync(opened.fileno())
            fresh.replace(file())
        return len(known) - len(kept)


@contextmanager
def _alone() -> Iterator[None]:
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _line(one: Note) -> str:
    said = {"member_id": str(one.member_id), "requested_at": one.requested_at.isoformat()}
    return json.dumps(said | {"proof": _proof(one)})


def _note(line: str) -> Note | None:
    try:
        said = json.loads(line)
        found = Note(uuid.UUID(said["member_id"]), datetime.fromisoformat(said["requested_at"]))
        return found if hmac.compare_digest(str(said["proof"]), _proof(found)) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _proof(one: Note) -> str:
    said = f"{one.member_id} {one.requested_at.isoformat()}"
    return hmac.new(config.current().lasting_key("erasure-ledger"), said.encode(), hashlib.sha256).hexdigest()
