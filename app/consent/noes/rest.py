"""Whether every yes rests: the notebook knows a no that the database does not, so nobody knows which yes still stands.

Each process looks for itself, at its start and every few seconds while somebody asks, and so finds out also when a
backup is restored under it. It reads on in the file from where it was; a few of the newest noes are asked for again
each time, since a restored database lacks the newest first. When one of those is gone, everything is asked for.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from app import clock
from app.consent.noes import queries
from app.consent.noes.notes import NoKind, NotedNo, read_note, subject_of
from app.logs import log
from app.ops import notebook
from app.ops.signs import Sign
from app.sql import db

LOOK_EVERY_S = 2.0

UNDER_WAY = timedelta(seconds=60)
"""No request that says no lasts as long: a no that was written down before is committed, or never will be."""

RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id()::text::bigint"
"""Every transaction before the first number has ended; every one that has written has a number before the second."""

AT_ONCE = 10_000
NEWEST = 32


class MissingNo(NamedTuple):
    """A no that the database does not know, with whose it is and about what."""

    noted: NotedNo
    subject: Mapping[str, Any]


class _Waiting(NamedTuple):
    """A no that the database did not confirm: it is missing once all transactions before `ends` are over."""

    noted: NotedNo
    ends: int | None = None


class _Watch:
    """What one process knows of the notebook: what the database did not confirm yet, and the newest that it did."""

    def __init__(self) -> None:
        self.place: notebook.Bookmark | None = None
        self.waiting: dict[str, _Waiting] = {}
        self.confirmed: deque[NotedNo] = deque(maxlen=NEWEST)
        self.missing: Sequence[MissingNo] = ()
        self.damaged = 0
        self.readable = True
        self.looked_at_s = float("-inf")
        self.looking = threading.Lock()

    def look(self, *, now: datetime) -> None:
        """Read on, and ask the database for what is not confirmed and for the newest that was."""
        try:
            self._read_on()
        except OSError as error:
            log.error("notebook_unreadable", error=type(error).__name__)
            self.readable, self.looked_at_s = False, time.monotonic()
            return
        self.readable = True
        if self.confirmed and _ask_apart(self.confirmed).missing:
            self.place = None  # a restored database: whatever was confirmed may be gone
            self._read_on()
        asked = _ask_apart([one.noted for one in self.waiting.values()])
        missing = {one.noted.about: one for one in asked.missing}
        self.confirmed.extend(one.noted for about, one in self.waiting.items() if about not in missing)
        self.waiting = {
            about: one if one.ends is not None else one._replace(ends=asked.newest)
            for about, one in self.waiting.items()
            if about in missing
        }
        self.missing = [
            missing[about]
            for about, one in self.waiting.items()
            if (one.ends or 0) <= asked.oldest or one.noted.at < now - UNDER_WAY
        ]
        self.looked_at_s = time.monotonic()

    @property
    def rests(self) -> bool:
        """Whether noes are missing, or may be: nobody can read whether they are."""
        return bool(self.missing) or not self.readable

    def _read_on(self) -> None:
        reading = notebook.read_lines(self.place)
        if reading.afresh:
            self.waiting, self.damaged = {}, 0
            self.confirmed.clear()
        self.place = reading.place
        for line in reading.lines:
            if not line.startswith(notebook.MARKED):
                continue
            noted = read_note(line)
            if noted is None:
                self.damaged += not notebook.is_torn(line) and notebook.said_in(line) is None
                continue
            self.waiting.pop(noted.about, None)
            self.confirmed = deque((one for one in self.confirmed if one.about != noted.about), maxlen=NEWEST)
            if noted.stands:
                self.waiting[noted.about] = _Waiting(noted)


_watches: dict[Path, _Watch] = {}


def rests() -> bool:
    """Whether nothing that needs a permission may be done now, as noes may be missing. Looks if nobody did lately."""
    watch = _watch()
    if time.monotonic() - watch.looked_at_s < LOOK_EVERY_S:
        return watch.rests
    # One looks; the others go by the look before, if there was any.
    if watch.looking.acquire(blocking=watch.looked_at_s == float("-inf")):
        try:
            if time.monotonic() - watch.looked_at_s >= LOOK_EVERY_S:
                watch.look(now=clock.now())
        finally:
            watch.looking.release()
    return watch.rests


def find_missing(*, now: datetime) -> Sequence[MissingNo]:
    """Look now; return the noes that the database does not know and that nobody is about to commit."""
    watch = _watch()
    with watch.looking:
        watch.look(now=now)
        return watch.missing


def gate(now: datetime) -> Sign:
    """Closed while noes are missing, or while lines of the notebook are not ours."""
    missing, watch = find_missing(now=now), _watch()
    if not watch.readable:
        return Sign("the file of noes cannot be read, so every yes rests", 1, gate=True)
    if watch.damaged:
        return Sign(f"{watch.damaged} lines about noes cannot be verified", watch.damaged, gate=True)
    if missing:
        told = f"{len(missing)} noes are missing, so every yes rests: run `ici replay-noes`"
        return Sign(told, len(missing), gate=True)
    return Sign(gate=True)


def is_missing(one: MissingNo) -> bool:
    """Whether the database does not know this no, as it stands now in the running transaction."""
    return bool(_ask(one.noted.kind, [one]))


def _watch() -> _Watch:
    file = notebook.file()
    return _watches.get(file) or _watches.setdefault(file, _Watch())


class _Asked(NamedTuple):
    """What the database does not know, and which transactions ran right before it was asked (`RUNNING`)."""

    missing: Sequence[MissingNo]
    oldest: int = 0
    newest: int = 0


def _ask_apart(noted: Iterable[NotedNo]) -> _Asked:
    """Which of these the database does not know; asked apart from the running transaction, as the system."""
    opened = [MissingNo(one, subject) for one in noted if (subject := subject_of(one)) is not None]
    if not opened:
        return _Asked(())
    with db.apart(), db.system_transaction():
        [(oldest, newest)] = db.fetch(RUNNING)
        missing = [
            one
            for kind in NoKind
            for start in range(0, len(opened), AT_ONCE)
            for one in _ask(kind, [one for one in opened[start : start + AT_ONCE] if one.noted.kind is kind])
        ]
    return _Asked(missing, oldest, newest)


def _ask(kind: NoKind, some: Sequence[MissingNo]) -> Sequence[MissingNo]:
    if not some:
        return ()
    statement, names = queries.PARTS[kind]
    subjects = [{**one.subject, "at": one.noted.at} for one in some]
    return [some[n - 1] for (n,) in db.fetch(statement, queries.arrays(names, subjects))]
