"""Codes drawn for a screen and for paper, with their quiet zones, by zxing-cpp: as SVG, and as PNG.

Each module is drawn by us from what the library encodes, so that every symbology has its quiet zone and both forms show
the same. A QR code is never a Micro QR, which phones do not read.
"""

import struct
import zlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import zxingcpp


class CodeSymbology(StrEnum):
    """The barcodes that both wallets show."""

    QR = "qr"
    PDF417 = "pdf417"
    AZTEC = "aztec"
    CODE128 = "code128"


class DrawingForm(StrEnum):
    """What a picture is."""

    SVG = "svg"
    PNG = "png"


class _Manner(NamedTuple):
    """How a symbology is drawn: the library's name, its quiet zone in modules, pixels of a module in a PNG, options."""

    format: Any
    quiet: int
    pixels: int
    options: dict[str, str]


MANNERS = {
    CodeSymbology.QR: _Manner(zxingcpp.BarcodeFormat.QRCode, 4, 8, {"ec_level": "M"}),
    CodeSymbology.PDF417: _Manner(zxingcpp.BarcodeFormat.PDF417, 2, 3, {}),
    # An Aztec code needs none; on a coloured page a scanner is better off with one.
    CodeSymbology.AZTEC: _Manner(zxingcpp.BarcodeFormat.Aztec, 2, 8, {}),
    CodeSymbology.CODE128: _Manner(zxingcpp.BarcodeFormat.Code128, 10, 3, {}),
}
"""Quiet zones: ISO/IEC 18004 (QR) 4 modules, 15438 (PDF417) 2, 15417 (Code 128) 10. Level M of a QR code bears the loss
of 15 %: a reflection, a scratch."""


def draw_code(text: str, *, symbology: CodeSymbology, form: DrawingForm, alt: str) -> bytes:
    """A text as a barcode, black on white, with what a screen reader says of it.

    Raises `ValueError` for a text that this symbology cannot hold: of Code 128 more than 102 symbols, or letters
    beyond ASCII.
    """
    manner = MANNERS[symbology]
    if symbology is CodeSymbology.CODE128 and not text.isascii():
        raise ValueError("not for Code 128")
    barcode = zxingcpp.create_barcode(text, manner.format, **manner.options)
    image: Any = zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False)
    height, width = image.shape[:2]
    dark = memoryview(image).tobytes()
    rows = [[dark[at] < 128 for at in range(start, start + width)] for start in range(0, height * width, width)]
    if form is DrawingForm.SVG:
        return _svg(rows, quiet=manner.quiet, alt=alt).encode()
    return _png(rows, quiet=manner.quiet, pixels=manner.pixels, alt=alt)


def _svg(rows: Sequence[Sequence[bool]], *, quiet: int, alt: str) -> str:
    width, height = len(rows[0]) + 2 * quiet, len(rows) + 2 * quiet
    path, top = [], quiet
    for row, same in groupby(rows):
        tall = len(list(same))
        path.append(_bars(row, left=quiet, top=top, tall=tall))
        top += tall
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label={quoteattr(alt)} shape-rendering="crispEdges"><title>{escape(alt)}</title>'
        f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/><path d="{"".join(path)}"/></svg>'
    )


def _bars(row: Sequence[bool], *, left: int, top: int, tall: int) -> str:
    bars, at = [], left
    for dark, same in groupby(row):
        wide = len(list(same))
        if dark:
            bars.append(f"M{at} {top}h{wide}v{tall}h-{wide}z")
        at += wide
    return "".join(bars)


def _png(rows: Sequence[Sequence[bool]], *, quiet: int, pixels: int, alt: str) -> bytes:
    blank = bytes([255]) * ((len(rows[0]) + 2 * quiet) * pixels)
    margin, side = [blank] * (quiet * pixels), bytes([255]) * (quiet * pixels)
    drawn = [side + b"".join((b"\0" if dark else b"\xff") * pixels for dark in row) + side for row in rows]
    lines = [*margin, *(line for line in drawn for _ in range(pixels)), *margin]
    return write_png(lines, alt=alt)


def write_png(lines: Sequence[bytes], *, alt: str = "") -> bytes:
    """A picture in eight bits of grey, line by line; `alt` says in it what it shows (ISO/IEC 15948, 11.3.3)."""
    header = struct.pack(">IIBBBBB", len(lines[0]), len(lines), 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines))), (b"IEND", b"")]
    if alt:
        parts.insert(1, (b"iTXt", b"Description\0\0\0\0\0" + alt.encode()))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunks(parts))


def _chunks(parts: Iterable[tuple[bytes, bytes]]) -> Iterable[bytes]:
    """The parts of a PNG file (ISO/IEC 15948, section 5.3)."""
    for kind, data in parts:
        yield struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
