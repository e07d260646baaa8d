"""A PNG, read as far as it takes to say whether it is whole, and how large (ISO/IEC 15948)."""

import struct
import zlib
from typing import NamedTuple

BEGINNING = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values of a dot for each kind of colour."""
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Where each pass of an interlaced picture begins, and its steps."""
MOST_BYTES = 4 * 1024 * 1024
"""Bytes of unpacked dots that are looked at: the largest picture of a pass has half as many."""


class PictureBroken(ValueError):
    """The bytes begin as a PNG and are none."""


class PictureFacts(NamedTuple):
    """Width and height in dots. `is_crushed` is for Apple's own variant, which only its systems read."""

    width: int
    height: int
    is_crushed: bool


def read_png(content: bytes) -> PictureFacts | None:
    """What a picture is; None for one that is no PNG. Raises `PictureBroken`."""
    if not content.startswith(BEGINNING):
        return None
    chunks = _chunks(content)
    kinds = [kind for kind, _ in chunks]
    is_crushed = kinds[:1] == [b"CgBI"]
    head = chunks[1 if is_crushed else 0 :][:1]
    if not head or head[0][0] != b"IHDR" or len(head[0][1]) != 13 or kinds[-1] != b"IEND":
        raise PictureBroken
    width, height, depth, colour, packing, filtering, interlace = struct.unpack(">IIBBBBB", head[0][1])
    if not width or not height or depth not in DEPTHS.get(colour, ()) or packing or filtering or interlace > 1:
        raise PictureBroken
    if not is_crushed:
        expected = _bytes_of(width, height, depth * CHANNELS[colour], is_interlaced=interlace == 1)
        _check_dots(b"".join(data for kind, data in chunks if kind == b"IDAT"), expected)
    return PictureFacts(width, height, is_crushed)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """The parts of the file, each with a checksum that holds (section 5.3)."""
    chunks, at = [], len(BEGINNING)
    while at < len(content):
        if at + 12 > len(content):
            raise PictureBroken
        (length,) = struct.unpack_from(">I", content, at)
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        checksum = content[at + 8 + length : at + 12 + length]
        if len(checksum) != 4 or zlib.crc32(kind + data) != int.from_bytes(checksum, "big"):
            raise PictureBroken
        chunks.append((kind, data))
        at += 12 + length
    if not chunks:
        raise PictureBroken
    return chunks


def _bytes_of(width: int, height: int, bits: int, *, is_interlaced: bool) -> int:
    """How many bytes the dots have: each line begins with the kind of its filter (section 7.2 and 8.2)."""
    if not is_interlaced:
        return height * (1 + (width * bits + 7) // 8)
    total = 0
    for left, top, across, down in ADAM7:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _check_dots(packed: bytes, expected: int) -> None:
    reader = zlib.decompressobj()
    most = min(expected, MOST_BYTES)
    try:
        unpacked = reader.decompress(packed, most)
    except zlib.error:
        raise PictureBroken from None
    if len(unpacked) < most:
        raise PictureBroken
