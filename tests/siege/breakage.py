"""What breaks around the server: its database stands still, a table is locked, its disk is full."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.ops.database import postgres
from tests.siege.stronghold import Stronghold

BLOCK = bytes(1 << 16)


@contextmanager
def frozen_database(stronghold: Stronghold) -> Iterator[None]:
    """Every process of the stronghold's own PostgreSQL stands still (SIGSTOP), as on a machine whose disk hangs."""
    server = stronghold.cluster.server
    stopped = postgres.processes(data=server.data, name=server.name)
    try:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def locked_table(stronghold: Stronghold, table: str) -> Iterator[None]:
    """Somebody changes the shape of a table and does not come to an end."""
    with stronghold.superuser() as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Not one more byte fits where the server writes its variable files."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(BLOCK):
                pass
        with filler.open("ab", buffering=0) as file, suppress(OSError):
            while file.write(b"\0"):
                pass
        yield
    finally:
        filler.unlink(missing_ok=True)
