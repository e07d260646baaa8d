"""Where the members of a zip lie in the file, and whether both of its descriptions of them agree.

PKWARE's APPNOTE 6.3: local file header (4.3.7), data descriptor (4.3.9), central directory (4.3.12), its end (4.3.16).
"""

import struct
from collections.abc import Iterator, Sequence
from zipfile import ZipInfo

from wallet.doctor.ailments import Symptoms
from wallet.doctor.container.findings import ContainerAilment

HEADER = struct.Struct("<4s5H3I2H")
"""A local header: signature, version, flags, method, time, day, checksum, packed size, size, lengths of name, extra."""
DESCRIBED = struct.Struct("<4s6H3I5H2I")
"""An entry of the directory: signature, version made by, and then the version and all that a local header has."""
END = struct.Struct("<4s4H2IH")
SIZES_FOLLOW = 0x8
"""Flag of a member whose checksum and sizes come after its bytes, as whoever writes a stream does it."""
IN_EXTRA = 0xFFFFFFFF
"""A size that says: look in the extra field (ZIP64)."""
DESCRIPTOR = b"PK\x07\x08"


def check_layout(content: bytes, entries: Sequence[ZipInfo], *, start_of_directory: int, symptoms: Symptoms) -> None:
    """Note members whose two descriptions differ, and bytes that belong to none."""
    spans = []
    for entry in entries:
        end = _end_of(content, entry)
        if end is None:
            symptoms.note(ContainerAilment.DIRECTORY_DISAGREES, entry.filename)
        else:
            spans.append((entry.header_offset, end))
    at = 0
    for start, end in sorted(spans):
        if start != at:
            symptoms.note(ContainerAilment.BYTES_BETWEEN)
            return
        at = end
    if len(spans) == len(entries) and (at != start_of_directory or not _is_directory_last(content, at, entries)):
        symptoms.note(ContainerAilment.BYTES_BETWEEN)


def _end_of(content: bytes, entry: ZipInfo) -> int | None:
    """Where the bytes of a member end, with the descriptor after them; None where its descriptions differ."""
    start = entry.header_offset
    if not 0 <= start <= len(content) - HEADER.size:
        return None
    signature, version, flags, method, time, day, checksum, packed, size, name_length, extra_length = (
        HEADER.unpack_from(content, start)
    )
    name_end = start + HEADER.size + name_length
    end = name_end + extra_length + entry.compress_size
    described = (entry.CRC, entry.compress_size, entry.file_size)
    said = (checksum, packed, size)
    same = (
        signature == b"PK\x03\x04"
        and flags == entry.flag_bits
        and method == entry.compress_type
        and version == entry.extract_version | entry.reserved << 8
        and (day, time) == _stamps(entry)
        and content[start + HEADER.size : name_end] == _written_name(entry)
        and end <= len(content)
    )
    if not same:
        return None
    if flags & SIZES_FOLLOW:
        ends = [end + length for length, found in _descriptors(content, end) if found == described]
        return ends[0] if ends and said in {(0, 0, 0), described, (0, IN_EXTRA, IN_EXTRA)} else None
    is_same = all(one in (other, IN_EXTRA) for one, other in zip(said, described, strict=True))
    return end if is_same and checksum == entry.CRC else None


def _descriptors(content: bytes, at: int) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """What a data descriptor here may be: its length, and checksum and sizes as it says them; with or without mark."""
    for mark in (DESCRIPTOR, b""):
        if content[at : at + len(mark)] == mark:
            for form in ("<3I", "<IQQ"):
                start, length = at + len(mark), struct.calcsize(form)
                if start + length <= len(content):
                    checksum, packed, size = struct.unpack_from(form, content, start)
                    yield len(mark) + length, (checksum, packed, size)


def _stamps(entry: ZipInfo) -> tuple[int, int]:
    """Day and time as a zip writes them."""
    year, month, day, hour, minute, second = entry.date_time
    return (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2


def _written_name(entry: ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437", "surrogatepass")


def _is_directory_last(content: bytes, at: int, entries: Sequence[ZipInfo]) -> bool:
    """Whether the directory holds these entries and nothing else, and only its end comes after it."""
    for _ in entries:
        if content[at : at + 4] != b"PK\x01\x02" or at + DESCRIBED.size > len(content):
            return False
        name, extra, comment = struct.unpack_from("<3H", content, at + 28)
        disk, internal = struct.unpack_from("<2H", content, at + 34)
        if disk or internal > 1:
            return False
        at += DESCRIBED.size + name + extra + comment
    if content[at : at + 4] == b"PK\x06\x06":  # a directory in ZIP64 has an end of its own, and a pointer to it
        (length,) = struct.unpack_from("<Q", content, at + 4)
        at += 12 + length + 20
    if content[at : at + 4] != b"PK\x05\x06" or at + END.size > len(content):
        return False
    last: int = END.unpack_from(content, at)[-1]
    return at + END.size + last == len(content)
