"""Which version the catalogue of each brand has: what a process knows without asking again for each request."""

import threading
import time
import uuid
from collections.abc import Mapping

from app.sql import db
from offers.bundles import queries

LOOK_EVERY_S = 1.0
"""A bundle may be kept for minutes by whoever has it: a second more is nothing."""

Versions = Mapping[uuid.UUID, int]
"""How often the catalogue of each brand changed; a brand that is not there never had one."""


class _Watch:
    """What this process saw last."""

    def __init__(self) -> None:
        self.versions: Versions = {}
        self.looked_at_s = float("-inf")
        self.turn = threading.Lock()


_watch = _Watch()


def current_versions() -> Versions:
    """The versions of a moment ago: the same object as before for as long as none has changed.

    Raises `psycopg.Error` where nothing is known yet.
    """
    is_due = time.monotonic() - _watch.looked_at_s >= LOOK_EVERY_S
    # One looks, and the others go on with what is known; at the start there is nothing to go on with.
    if is_due and _watch.turn.acquire(blocking=_watch.looked_at_s < 0):
        try:
            _look()
        finally:
            _watch.turn.release()
    return _watch.versions


def read_versions() -> Versions:
    """The versions as the running transaction sees them."""
    return dict(db.fetch(queries.VERSIONS))


def changed_brands(*, since: Versions, now: Versions) -> set[uuid.UUID]:
    """Whose catalogue changed in between."""
    return {brand_id for brand_id, version in now.items() if version > since.get(brand_id, 0)}


def _look() -> None:
    if time.monotonic() - _watch.looked_at_s < LOOK_EVERY_S:
        return  # somebody looked while we waited
    with db.transaction():
        versions = read_versions()
    if versions != _watch.versions:
        _watch.versions = versions
    _watch.looked_at_s = time.monotonic()
