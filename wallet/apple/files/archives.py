"""A zip whose large members are the same again and again: their part is made once (APPNOTE.TXT 6.3.10 of PKWARE).

Members are stored as they are. Those that are kept come first, so that each of their bytes, in the list at the end too,
has its place whatever follows. Python's own writer takes five times as long for a few small members.
"""

import struct
import zlib
from collections.abc import Mapping
from typing import NamedTuple

MADE_BY, NEEDED = 0x031E, 20
"""By Unix, and for readers of version 2.0."""
UTF8_NAMES = 0x0800
STORED = 0
TIME, DATE = 0, 0x0021
"""The first instant of a zip, 1 January 1980: members bear no other, so that what is the same has the same bytes."""
READABLE = 0o100644 << 16

LOCAL = struct.Struct("<IHHHHHIIIHH")
LISTED = struct.Struct("<IHHHHHHIIIHHHHHII")
END = struct.Struct("<IHHHHIIH")


class ArchivePart(NamedTuple):
    """Members with their heads, their lines of the list at the end, and how many they are."""

    members: bytes
    listed: bytes
    lines: int


NOTHING = ArchivePart(b"", b"", 0)


def pack_members(members: Mapping[str, bytes], *, behind: ArchivePart = NOTHING) -> ArchivePart:
    """These members, to stand behind those."""
    offset = len(behind.members)
    written: list[bytes] = []
    listed: list[bytes] = []
    for name, content in members.items():
        named, size, check = name.encode(), len(content), zlib.crc32(content)
        sizes = (check, size, size, len(named))
        head = LOCAL.pack(0x04034B50, NEEDED, UTF8_NAMES, STORED, TIME, DATE, *sizes, 0) + named
        line = LISTED.pack(
            0x02014B50, MADE_BY, NEEDED, UTF8_NAMES, STORED, TIME, DATE, *sizes, 0, 0, 0, 0, READABLE, offset
        )
        written += (head, content)
        listed += (line, named)
        offset += len(head) + size
    return ArchivePart(b"".join(written), b"".join(listed), len(members))


def join_parts(*parts: ArchivePart) -> bytes:
    """The zip of parts, each of which was packed behind all that stand before it."""
    members, listed = [part.members for part in parts], b"".join([part.listed for part in parts])
    count, size = sum(part.lines for part in parts), sum(map(len, members))
    end = END.pack(0x06054B50, 0, 0, count, count, len(listed), size, 0)
    return b"".join([*members, listed, end])  # once: pictures are large
