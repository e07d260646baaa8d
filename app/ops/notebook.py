"""The notebook: what is written down a second time outside the database, so that a restored backup can be told.

A file of lines (`ICI_ERASURE_LEDGER`, `var/erasures.jsonl` unless set), each a JSON object with a keyed proof that it
is ours and whole. It may know more than the database and never less: a line is on the disk before what it is about is
committed. Keep it where no backup of the database takes it back in time, and where every server reaches it.

Lines are only added, by any number of processes at once. A line that a power cut tore stands alone, because each write
begins a line of its own; nothing was committed on its ground. Of each subject the newest line counts, so older ones are
dropped in time (`trim_lines`).
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from app import canonical, config

LEDGER = "erasures.jsonl"
"""Its lines are proved with a key of the settings, so they go when those go (`ici erase`)."""

MARKED = b'{"kind": '
"""How a line begins that says of what kind it is; those of erasures, which are older, do not."""

FINGERPRINT = 32
FOR_EVER = ("checkpoint",)
"""Kinds whose newest line is kept however old it is."""


class Bookmark(NamedTuple):
    """How far the file was read: its number on the disk, the bytes, and the last of them."""

    inode: int
    offset: int
    before: bytes


class Reading(NamedTuple):
    """Lines, and how far they go. `afresh`: these are all, as the file is another than the one that was read."""

    lines: Sequence[bytes]
    place: Bookmark | None
    afresh: bool


def file() -> Path:
    """Where the lines are."""
    settings = config.current()
    return settings.erasure_ledger or settings.var / LEDGER


def make_line(said: Mapping[str, Any]) -> str:
    """A line that says this, with its proof: its `kind`, what it is `about`, `at` which instant, and more."""
    return json.dumps({"kind": said["kind"], **said, "proof": _proof(said)})


def said_in(line: bytes) -> Mapping[str, Any] | None:
    """What a line says that we made; None for any other."""
    try:
        said = json.loads(line)
        proof = said.pop("proof")
        return said if hmac.compare_digest(str(proof), _proof(said)) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def is_torn(line: bytes) -> bool:
    """Whether a line has a kind and no end: whoever wrote it was cut off, and committed nothing."""
    return line.startswith(MARKED[: len(line)]) and not line.endswith(b"}")


def write_lines(lines: Sequence[str]) -> None:
    """Add lines in one write, and wait until the disk has them. Raises `OSError`."""
    written = "".join(f"\n{line}\n" for line in lines).encode()
    # One writer at a time, as two machines that add to one file at once may write over each other; they wait for the
    # disk together. Who writes the file anew meanwhile has these lines on the disk too.
    with ExitStack() as whole:
        with _held():
            descriptor = os.open(file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            whole.callback(os.close, descriptor)
            taken = os.write(descriptor, written)
        if taken < len(written):
            raise OSError("the disk took a part of a line only")
        os.fdatasync(descriptor)


def read_lines(since: Bookmark | None = None) -> Reading:
    """The lines after a place; all of them without one, or when the file was written anew meanwhile. Raises `OSError`.

    A file that does not exist is an empty one.
    """
    try:
        with file().open("rb") as opened:
            inode = os.fstat(opened.fileno()).st_ino
            start = since.offset if since is not None and _is_same(opened.fileno(), inode, since) else 0
            opened.seek(start)
            read = opened.read()
    except FileNotFoundError:
        return Reading((), None, since is not None)
    # A line without its end is being written, or never will be; one that is whole has only lost its line end.
    whole = len(read) if read.endswith(b"}") else read.rfind(b"\n") + 1
    before = (since.before if since is not None and start else b"") + read[:whole]
    place = Bookmark(inode, start + whole, before[-FINGERPRINT:])
    return Reading([line for line in read[:whole].splitlines() if line], place, start == 0)


def keep_lines(keep: Callable[[bytes], bool]) -> int:
    """Write the file anew with the lines that `keep` is true of; return how many went.

    Whoever adds a line meanwhile waits for the last moment only.
    """
    with _held(".rewriting"):
        known = read_lines()
        if known.place is None:
            return 0
        kept = [line for line in known.lines if keep(line)]
        if len(kept) == len(known.lines):
            return 0
        fresh = file().with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.writelines(line + b"\n" for line in kept)
            opened.flush()
            os.fsync(opened.fileno())
            with _held():
                opened.writelines(line + b"\n" for line in read_lines(known.place).lines)
                opened.flush()
                os.fsync(opened.fileno())
                fresh.replace(file())
        return len(known.lines) - len(kept)


def trim_lines(*, before: datetime) -> int:
    """Drop lines of an instant before this one, and those that a newer line about the same replaces; how many went.

    A line that is not ours stays, as somebody must look at it; so does each line of an erasure.
    """
    newest: dict[tuple[str, str], bytes] = {}
    for line in read_lines().lines:
        said = said_in(line) if line.startswith(MARKED) else None
        if said is not None:
            newest[said["kind"], said["about"]] = line

    def keep(line: bytes) -> bool:
        said = said_in(line) if line.startswith(MARKED) else None
        if said is None:
            return not is_torn(line)
        old = datetime.fromisoformat(said["at"]) < before and said["kind"] not in FOR_EVER
        return not old and newest.get((said["kind"], said["about"]), line) == line

    return keep_lines(keep)


def fingerprint(*said: object) -> str:
    """A keyed hash of these words: what a subject is called in the file."""
    return hmac.new(_key(), "\x1f".join(map(str, said)).encode(), hashlib.sha256).hexdigest()[:32]


def _is_same(descriptor: int, inode: int, since: Bookmark) -> bool:
    before = os.pread(descriptor, len(since.before), since.offset - len(since.before))
    return inode == since.inode and before == since.before


@contextmanager
def _held(suffix: str = ".lock") -> Iterator[None]:
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(suffix).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _proof(said: Mapping[str, Any]) -> str:
    return hmac.new(_key(), canonical.write_json(dict(said)), hashlib.sha256).hexdigest()


def _key() -> bytes:
    return config.current().lasting_key("notebook")
