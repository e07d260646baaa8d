"""The servers of this folder: each says where it listens for as long as it lives.

A server holds a lock on its file, which the system lets go however it ends; a file that nobody holds is a leftover.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

FOLDER = "servers"


class OwnServer(NamedTuple):
    """A server of this folder: its address and the process that started it."""

    url: str
    pid: int


@contextmanager
def announced_server(url: str, *, var: Path) -> Iterator[None]:
    """Say for the length of the block that this process serves there."""
    file = var / FOLDER / f"{os.getpid()}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.write(json.dumps({"url": url, "pid": os.getpid()}))
        opened.flush()
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def find_servers(var: Path) -> list[OwnServer]:
    """The servers of this folder that live, by address; what dead ones left is removed."""
    found = [server for file in sorted((var / FOLDER).glob("*.json")) if (server := _living(file)) is not None]
    return sorted(found)


def _living(file: Path) -> OwnServer | None:
    with suppress(FileNotFoundError), file.open(encoding="utf-8") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return OwnServer(**json.loads(opened.read()))
        file.unlink(missing_ok=True)
    return None
