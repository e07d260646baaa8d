"""ASN.1 as it is written: tags, lengths and bytes, in DER and in the looser BER that some signers write.

ITU-T X.690. `cryptography` reads certificates and verifies signatures but opens no CMS; what a SignedData needs of
ASN.1 is this little. Nesting and number are bounded: the bytes are a stranger's.
"""

from collections.abc import Sequence
from typing import NamedTuple

DEEPEST = 30
MOST_ELEMENTS = 20_000
CONSTRUCTED = 0x20
LONG = 0x80
"""The first byte of a length that says how many bytes the length has; alone, that it has none."""
END = b"\0\0"

INTEGER, OCTETS, OBJECT_ID, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31
UTC_TIME, GENERALIZED_TIME, NULL = 0x17, 0x18, 0x05


class ElementsBroken(ValueError):
    """The bytes are no ASN.1, or not of the shape that was asked for."""


class Element(NamedTuple):
    """One value. `raw` is all of it as it is written, `content` what is inside; `parts` are its values, if any."""

    tag: int
    raw: bytes
    content: bytes
    parts: Sequence["Element"] = ()

    def of(self, tag: int) -> "Element":
        """This element, which must have this tag. Raises `ElementsBroken`."""
        if self.tag != tag:
            raise ElementsBroken(f"{self.tag:#x} instead of {tag:#x}")
        return self

    def number(self) -> int:
        """An INTEGER. Raises `ElementsBroken`."""
        if not self.of(INTEGER).content:
            raise ElementsBroken("an integer without digits")
        return int.from_bytes(self.content, "big", signed=True)

    def octets(self) -> bytes:
        """An OCTET STRING, of one piece or, in BER, of several."""
        if self.tag == OCTETS | CONSTRUCTED:
            return b"".join([part.octets() for part in self.parts])
        return self.of(OCTETS).content

    def dotted(self) -> str:
        """An OBJECT IDENTIFIER as `1.2.840`. Raises `ElementsBroken`."""
        numbers, number = [], 0
        for byte in self.of(OBJECT_ID).content:
            number = number << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(number)
                number = 0
        if not numbers or self.content[-1] & 0x80:
            raise ElementsBroken("an identifier that is cut")
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def read_whole(data: bytes) -> Element:
    """The one value that these bytes are. Raises `ElementsBroken`."""
    found, end = _read(data, 0, 0, [MOST_ELEMENTS])
    if end != len(data):
        raise ElementsBroken("bytes after the end")
    return found


def wrap(tag: int, content: bytes) -> bytes:
    """A value in DER."""
    if len(content) < LONG:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, LONG | len(length)]) + length + content


def _read(data: bytes, at: int, depth: int, left: list[int]) -> tuple[Element, int]:
    left[0] -= 1
    if depth > DEEPEST or left[0] < 0:
        raise ElementsBroken("too deep or too many")
    start = at
    if at + 2 > len(data):
        raise ElementsBroken("cut")
    tag, length, at = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise ElementsBroken("a tag of several bytes")
    if length == LONG:
        return _read_endless(data, start, at, depth, left)
    if length & LONG:
        size = length & 0x7F
        length = int.from_bytes(data[at : at + size], "big")
        at += size
    if at + length > len(data):
        raise ElementsBroken("cut")
    end = at + length
    parts, inside = [], at
    while tag & CONSTRUCTED and inside < end:
        part, inside = _read(data, inside, depth + 1, left)
        parts.append(part)
    if parts and inside != end:
        raise ElementsBroken("a part longer than its whole")
    return Element(tag, data[start:end], data[at:end], parts), end


def _read_endless(data: bytes, start: int, at: int, depth: int, left: list[int]) -> tuple[Element, int]:
    """A value of BER whose length is not said: it ends where two zero bytes stand."""
    if not data[start] & CONSTRUCTED:
        raise ElementsBroken("a text without a length")
    inside, parts = at, []
    while data[inside : inside + 2] != END:
        part, inside = _read(data, inside, depth + 1, left)
        parts.append(part)
    return Element(data[start], data[start : inside + 2], data[at:inside], parts), inside + 2
