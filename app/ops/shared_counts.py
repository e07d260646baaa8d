"""Counts that all processes of a server share: a file of each, mapped into memory (Prometheus' multiprocess mode).

Whoever writes to a mapped file that has no place on a full disk is killed (SIGBUS). So each file has its whole place
before anything is written, and what finds none is counted in memory, by its process alone, until there is place.

A process holds a number, and its successor takes the number with the counts: however often processes end, there are no
more files than ever ran at once.
"""

import fcntl
import os
import time
from itertools import count
from pathlib import Path

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

from app.logs import log

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder; without it each process counts for itself."""

FIRST_BYTES = 1 << 20
RETRY_S = 10.0
"""How long after a disk without place it is asked for place again."""

ENTRY_BYTES = 40
"""What an entry takes at most besides its key: two numbers, a length, and the bytes that fill it up."""

_numbers: list[int] = []
"""The descriptor that holds the number of this process, for as long as the process lives."""


def share_counts() -> None:
    """Let every count that is made from now on lie in the folder of the server, if there is one. A process that is a
    fork of this one takes a number of its own."""
    if FOLDER in os.environ:
        folder = Path(os.environ[FOLDER])
        held: dict[int, str] = {}

        def own_number() -> str:
            process = os.getpid()
            if process not in held:
                held.clear()
                held[process] = hold_number(folder)
            return held[process]

        values.MmapedDict = SharedCounts  # type: ignore[attr-defined, assignment]
        values.ValueClass = values.MultiProcessValue(own_number)  # type: ignore[no-untyped-call]


def hold_number(folder: Path) -> str:
    """Take the lowest number that no living process of this server has; a name of its own when there is no place."""
    try:
        for number in count():
            descriptor = os.open(folder / f"{number}.lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            _numbers.append(descriptor)
            return str(number)
    except OSError as error:
        log.error("counts_without_number", error=error.strerror)
    return f"process-{os.getpid()}"


class SharedCounts:
    """Numbers by their keys, in the file of this process, or in memory as long as the disk has no place for them."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._file: ReservedFile | None = None
        self._in_memory: dict[str, tuple[float, float]] = {}
        self._next_try_s = float("-inf")

    def read_value(self, key: str) -> tuple[float, float]:
        """A number and the second at which it was set."""
        file = self._placed(key)
        if file is None:
            return self._in_memory.setdefault(key, (0.0, 0.0))
        found: tuple[float, float] = file.read_value(key)  # type: ignore[no-untyped-call]
        return found

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Set a number. Never fails, and never waits for anything."""
        file = self._placed(key)
        if file is None:
            self._in_memory[key] = value, timestamp
        else:
            file.write_value(key, value, timestamp)  # type: ignore[no-untyped-call]
            self._in_memory.pop(key, None)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()  # type: ignore[no-untyped-call]

    def _placed(self, key: str) -> "ReservedFile | None":
        """The file, if it has a place for this key; on a full disk it is asked now and then."""
        if self._file is not None and self._file.holds(key):
            return self._file
        if time.monotonic() < self._next_try_s:
            return None
        try:
            if self._file is None:
                self._file = ReservedFile(self._filename)
            self._file.hold(key)
        except OSError as error:
            self._next_try_s = time.monotonic() + RETRY_S
            log.error("counts_without_place", error=error.strerror)
            return None
        return self._file


class ReservedFile(MmapedDict):
    """A mapped file, each byte of which has its place on the disk before it is mapped. Raises `OSError` for want of
    place, and is then as before."""

    def __init__(self, filename: str) -> None:
        file = Path(filename)
        if not file.exists():
            self._make(file)
        super().__init__(filename)  # type: ignore[no-untyped-call]

    def _make(self, file: Path) -> None:
        """Under another name first: whoever adds the files up must not meet one that is empty."""
        fresh = file.with_suffix(".new")
        try:
            with fresh.open("wb") as opened:
                os.posix_fallocate(opened.fileno(), 0, FIRST_BYTES)
            fresh.replace(file)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise

    def holds(self, key: str) -> bool:
        """Whether this key has its place."""
        return key in self._positions

    def hold(self, key: str) -> None:
        """Give this key its place, and make the file larger if it must be."""
        if self.holds(key):
            return
        capacity = self._capacity
        while self._used + len(key.encode()) + ENTRY_BYTES > capacity:
            capacity *= 2
        os.posix_fallocate(self._f.fileno(), 0, capacity)
        self._init_value(key)  # type: ignore[no-untyped-call]
