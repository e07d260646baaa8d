"""The servers of this folder: each says where it listens for as long as it lives.

A server holds a lock on its file, which the system lets go however it ends; a file that nobody holds is a leftover.
One server at a time has a folder, as its processes keep their counts there.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from app.logs import log

FOLDER = "servers"
LOCK = "servers.lock"


class FolderRefused(Exception):
    """A server cannot have this folder; the sentence says why, and what can be done."""


class OwnServer(NamedTuple):
    """A server of this folder: its address and the process that started it."""

    url: str
    pid: int


@contextmanager
def held_folder(var: Path) -> Iterator[None]:
    """Have this folder alone for the length of the block. Raises `FolderRefused`, and then has touched nothing."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(var / LOCK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FolderRefused(f"{var} cannot be used: {error.strerror}. Choose another folder by ICI_VAR.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = next((f"at {one.url} (process {one.pid}) " for one in find_servers(var)), "that is starting ")
            raise FolderRefused(
                f"A server {who}uses {var} already. Stop it first, or give this one a folder of its own by ICI_VAR."
            ) from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def announced_server(url: str, *, var: Path) -> Iterator[None]:
    """Say for the length of the block that this process serves there."""
    file = var / FOLDER / f"{os.getpid()}.json"
    with ExitStack() as announced:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            opened = announced.enter_context(file.open("wb", buffering=0))
            announced.callback(file.unlink, missing_ok=True)
            fcntl.flock(opened, fcntl.LOCK_EX)
            opened.write(json.dumps({"url": url, "pid": os.getpid()}).encode())
        except OSError as error:  # it serves all the same: only `ici status` does not know of it
            log.error("server_not_announced", error=error.strerror)
        yield


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
