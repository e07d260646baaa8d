"""Archives that members send, opened with care: how many files, how many bytes, and whether they are what they say.

A zip may claim any size and unpack to terabytes, so what counts is what comes out, over the whole archive and those
inside it.
"""

import json
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from app.characters import decode_leniently
from wallet.externals.errors import ArchiveBroken, ArchiveEncrypted, ArchiveTooLarge, FileBroken, FileNotText

MOST_FILES = 20_000
"""Entries of an archive: a wallet of two thousand cards with notes, usages and pictures has fewer."""
MOST_BYTES = 32 * 1024 * 1024
"""Bytes that come out of an archive; only what is read counts."""
ENCRYPTED = 0x1
FINDER = "__MACOSX/"
"""Folder of what a Mac adds beside each file of an archive that it makes."""
DEEPEST = 20
"""Levels of a JSON text: none of these formats needs half as many."""


class Archive:
    """A zip whose files are read one by one within a budget, which archives inside it share.

    Raises `ArchiveBroken`, `ArchiveTooLarge`, `ArchiveEncrypted`.
    """

    def __init__(self, content: bytes, *, budget: list[int] | None = None) -> None:
        self.budget = [MOST_BYTES] if budget is None else budget
        try:
            self.zip = ZipFile(BytesIO(content))
        except (BadZipFile, NotImplementedError, ValueError, OSError):
            raise ArchiveBroken from None
        entries = [one for one in self.zip.infolist() if not one.is_dir() and not one.filename.startswith(FINDER)]
        if len(entries) > MOST_FILES:
            raise ArchiveTooLarge
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            raise ArchiveEncrypted  # before anybody asks what it is: the names may be hidden too
        self.entries: dict[str, ZipInfo] = {entry.filename.lstrip("/"): entry for entry in entries}

    @property
    def names(self) -> Sequence[str]:
        """The files, by their whole names."""
        return list(self.entries)

    def called(self, ending: str) -> str | None:
        """The first file whose last name is this, in whatever folder."""
        return next((name for name in self.entries if name.rpartition("/")[2].lower() == ending), None)

    def read(self, name: str) -> bytes:
        """One file. Raises `ArchiveTooLarge`, `ArchiveBroken`."""
        try:
            with self.zip.open(self.entries[name]) as opened:
                content = opened.read(self.budget[0] + 1)
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
            raise ArchiveBroken from None
        self.budget[0] -= len(content)
        if self.budget[0] < 0:
            raise ArchiveTooLarge
        return content

    def inside(self, name: str) -> "Archive":
        """An archive in this one, on the same budget."""
        return Archive(self.read(name), budget=self.budget)


def text_of(content: bytes) -> str:
    """A file as text, in which characters that cannot be kept may stand. Raises `FileNotText`."""
    try:
        return decode_leniently(content)
    except UnicodeDecodeError:
        raise FileNotText from None


def json_of(content: bytes, *, part: str) -> Any:
    """A file as JSON. Raises `FileNotText`, `FileBroken` with the name of the part."""
    try:
        found = json.loads(text_of(content))
    except (ValueError, RecursionError):
        raise FileBroken(part=part) from None
    check_depth(found, part=part)
    return found


def check_depth(value: Any, *, part: str) -> None:
    """Whether a JSON value is no deeper than any format of ours needs. Raises `FileBroken`."""
    if _depth(value) > DEEPEST:
        raise FileBroken(part=part)


def _depth(value: Any) -> int:
    level, deepest = [value], 0
    while level and deepest <= DEEPEST:
        deepest += 1
        parts = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [one for some in parts for one in some]
    return deepest


def line_of(value: Any) -> str | None:
    """A text or a number of a JSON file as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)
