"""Archives that members send, opened with care: how many files, how many bytes, and whether they are what they say.

A zip may claim any size and unpack to terabytes, so what counts is what comes out, over the whole archive and those
inside it.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.characters import decode_leniently
from app.ops import deadlines
from wallet.externals.errors import (
    ArchiveBroken,
    ArchiveEncrypted,
    ArchiveMethodUnusable,
    ArchiveTooLarge,
    FileBroken,
    FileNotText,
)
from wallet.externals.readers.json_outline import check_outline

MOST_FILES = 20_000
"""Entries of an archive and of those inside it: a wallet of two thousand cards with notes, usages and pictures has
fewer."""
MOST_BYTES = 32 * 1024 * 1024
"""Bytes that come out of an archive; only what is read counts."""
MOST_PART_BYTES = 1024 * 1024
"""Bytes of a file that says one card, or its words: real ones have some thousands."""
ENCRYPTED = 0x1
METHODS = (ZIP_STORED, ZIP_DEFLATED)
"""The ways to pack of every wallet and phone. Python opens bzip2 and LZMA without a bound on what comes out at once."""
FINDER = "__MACOSX/"
"""Folder of what a Mac adds beside each file of an archive that it makes."""
ENTRY = b"PK\x01\x02"
"""Each entry of an archive's directory begins so (PKWARE's APPNOTE, 4.3.12)."""
SPOILT = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error, zlib.error)
"""What Python's reader of archives raises for one that is spoilt, wherever it is."""


@dataclass
class Budget:
    """What may still come out of an archive and of those inside it."""

    bytes: int = field(default_factory=lambda: MOST_BYTES)
    files: int = field(default_factory=lambda: MOST_FILES)


class Archive:
    """A zip whose files are read one by one within a budget, which archives inside it share.

    Raises `ArchiveBroken`, `ArchiveTooLarge`, `ArchiveEncrypted`, `ArchiveMethodUnusable`.
    """

    def __init__(self, content: bytes, *, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        if content.count(ENTRY) > self.budget.files:  # counted before each becomes an object of some hundred bytes
            raise ArchiveTooLarge
        try:
            self.zip = ZipFile(BytesIO(content))
        except SPOILT:
            raise ArchiveBroken from None
        self.budget.files -= len(self.zip.infolist())
        entries = [one for one in self.zip.infolist() if not one.is_dir() and not one.filename.startswith(FINDER)]
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

    def read(self, name: str, *, most_bytes: int = MOST_PART_BYTES) -> bytes:
        """One file. Raises `ArchiveTooLarge`, `ArchiveBroken`, `ArchiveMethodUnusable`."""
        deadlines.check_deadline()
        if self.entries[name].compress_type not in METHODS:
            raise ArchiveMethodUnusable
        most = min(self.budget.bytes, most_bytes)
        try:
            with self.zip.open(self.entries[name]) as opened:
                content = opened.read(most + 1)
        except SPOILT:
            raise ArchiveBroken from None
        self.budget.bytes -= len(content)
        if len(content) > most:
            raise ArchiveTooLarge
        return content

    def inside(self, name: str) -> "Archive":
        """An archive in this one, on the same budget."""
        return Archive(self.read(name, most_bytes=MOST_BYTES), budget=self.budget)


def text_of(content: bytes) -> str:
    """A file as text, in which characters that cannot be kept may stand. Raises `FileNotText`."""
    try:
        return decode_leniently(content)
    except UnicodeDecodeError:
        raise FileNotText from None


def json_of(content: bytes, *, part: str) -> Any:
    """A file as JSON. Raises `FileNotText`, `TooManyRows`, `FileTooLong`, `FileBroken` with the name of the part."""
    text = text_of(content)
    check_outline(text, part=part)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FileBroken(part=part) from None


def line_of(value: Any) -> str | None:
    """A text or a number of a JSON file as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)
