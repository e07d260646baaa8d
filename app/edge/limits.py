"""How much and how long the edge takes from a caller. The reasons are in docs/operations.md."""

import os
import resource
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from app.settings import ConfigIncomplete

SETTINGS = {
    "ICI_EDGE_HEAD_S": "head_s",
    "ICI_EDGE_BODY_S": "body_s",
    "ICI_EDGE_BODY_PACE": "body_pace",
    "ICI_EDGE_IDLE_S": "idle_s",
    "ICI_EDGE_WAIT_S": "wait_s",
    "ICI_EDGE_READINESS_S": "readiness_s",
    "ICI_EDGE_HEAD_BYTES": "head_bytes",
    "ICI_EDGE_HELD_BYTES": "held_bytes",
}
OWN_FILES = 256
"""Files of a process that are no connections of callers: those of the database, logs, metrics."""


@dataclass(frozen=True)
class EdgeLimits:
    """Each is also a setting."""

    head_s: float = 10
    """A head must be whole so long after its first byte."""
    body_s: float = 10
    """A body has so long …"""
    body_pace: float = 8 * 1024
    """… and a second more for each so many bytes that came."""
    idle_s: float = 130
    """A connection may say nothing for so long between two requests: longer than what a proxy keeps."""
    wait_s: float = 2
    """A request waits for a thread so long at most; one that would have to wait longer is turned away at once."""
    readiness_s: float = 1
    """Whether the server is ready must be known so soon; a database that says nothing is none."""
    head_bytes: float = 32 * 1024
    """A head is no longer than this, all its lines together."""
    held_bytes: float = 64 * 1024 * 1024
    """Bodies above 16 KiB may take so much memory of a process together."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read what the environment says of them.

        Raises `ConfigIncomplete` for what is no number above nought.
        """
        given = os.environ if environ is None else environ
        return cls(**{field: _positive(name, given[name]) for name, field in SETTINGS.items() if given.get(name)})


def _positive(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < 1e12:
        raise ConfigIncomplete(f"{name} must be a number above 0.")
    return number


def most_connections(wanted: int) -> int:
    """How many connections this process may have: what is wanted, if it may open so many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - OWN_FILES))


class Holdings:
    """The memory that bodies take together, counted for whoever takes much."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        """Count so many bytes more, unless that is too much."""
        with self._lock:
            if self.held + count > self.most:
                return False
            self.held += count
            return True

    def give(self, count: int) -> None:
        """Count so many bytes less."""
        if count:
            with self._lock:
                self.held -= count
