"""The zip of a pass, opened with care: what comes out is bounded, and what two readers could read differently is said.

PKWARE's APPNOTE 6.3. A zip says of each member what it is twice, before its bytes and in the directory at the end; who
changes one of the two makes a file that one app reads so and another otherwise.
"""

import re
import stat
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from app.languages import Phrase, Text
from wallet.doctor.ailments import Symptoms
from wallet.doctor.container.findings import ContainerAilment, ContentKind
from wallet.doctor.container.layout import check_layout
from wallet.externals.readers.archives import ENCRYPTED, ENTRY, SPOILT

MOST_MEMBERS = 500
"""Members of a pass with every picture in every size and thirty languages, and of a bundle of passes."""
MOST_BYTES = 32 * 1024 * 1024
"""Bytes that come out of one file, with the passes in it."""
METHODS = (ZIP_STORED, ZIP_DEFLATED)
SYSTEMS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
UNSAFE = re.compile(r"^/|^[A-Za-z]:|\\|(^|/)\.{1,2}(/|$)|//|[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

BEGINNINGS = (
    (rb"\s*(<!doctype|<html|<\?xml|<head|<body)", ContentKind.WEB_PAGE),
    (rb"\s*[{\[]", ContentKind.JSON),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF", ContentKind.PICTURE),
    (rb"%PDF", ContentKind.PDF),
    (rb"-----BEGIN ", ContentKind.PEM),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", ContentKind.PACKED),
    (rb"UEsDB", ContentKind.BASE64),
)
"""`UEsDB` is how a zip begins in base64: some mail and some HTTP clients hand it on so."""


@dataclass
class Room:
    """How many bytes may still come out of a file and of the passes in it."""

    bytes: int = MOST_BYTES


@dataclass(frozen=True)
class PassArchive:
    """The members of a zip by their names, unpacked; a member that is broken is left out."""

    members: dict[str, bytes]

    def names_in(self, folder: str) -> list[str]:
        """The members of one folder, by their last names."""
        start = f"{folder}/"
        return [name[len(start) :] for name in self.members if name.startswith(start)]


def open_archive(content: bytes, *, symptoms: Symptoms, room: Room) -> PassArchive | None:
    """The members of a zip; None for what is no zip, or too much of one."""
    if not content:
        symptoms.note(ContainerAilment.FILE_EMPTY)
        return None
    if not content.startswith(b"PK"):
        symptoms.note(ContainerAilment.NOT_A_ZIP, kind=Phrase(_kind_of(content)))
        return None
    if len(content) > MOST_BYTES or content.count(ENTRY) > MOST_MEMBERS:
        symptoms.note(ContainerAilment.TOO_LARGE)
        return None
    try:
        opened = ZipFile(BytesIO(content))
    except SPOILT:
        symptoms.note(ContainerAilment.ZIP_BROKEN)
        return None
    with opened:
        entries = opened.infolist()
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            symptoms.note(ContainerAilment.ENCRYPTED)
            return None
        check_layout(content, entries, start_of_directory=opened.start_dir, symptoms=symptoms)
        _check_names(entries, symptoms)
        return _unpacked(opened, entries, symptoms, room)


def _kind_of(content: bytes) -> Text:
    return next(
        (kind for pattern, kind in BEGINNINGS if re.match(pattern, content[:200], re.IGNORECASE)), ContentKind.OTHER
    )


def _check_names(entries: list[ZipInfo], symptoms: Symptoms) -> None:
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry.orig_filename  # Python cuts a name at NUL
        if UNSAFE.search(name):
            symptoms.note(ContainerAilment.PATH_UNSAFE, name)
        if SYSTEMS.search(name):
            symptoms.note(ContainerAilment.LEFT_BY_A_SYSTEM, name)
        if stat.S_ISLNK(entry.external_attr >> 16):
            symptoms.note(ContainerAilment.LINK_INSIDE, name)
        other = seen.get(name.casefold())
        seen.setdefault(name.casefold(), name)
        if other == name:
            symptoms.note(ContainerAilment.MEMBER_TWICE, name)
        elif other is not None:
            symptoms.note(ContainerAilment.MEMBERS_ALIKE, name, other=other)


def _unpacked(opened: ZipFile, entries: list[ZipInfo], symptoms: Symptoms, room: Room) -> PassArchive | None:
    members: dict[str, bytes] = {}
    for entry in entries:
        if entry.is_dir() or entry.filename in members:
            continue
        if entry.compress_type not in METHODS:
            symptoms.note(ContainerAilment.METHOD_UNUSABLE, entry.filename)
            continue
        try:
            with opened.open(entry) as member:
                content = member.read(room.bytes + 1)
        except SPOILT:
            symptoms.note(ContainerAilment.MEMBER_BROKEN, entry.filename)
            continue
        room.bytes -= len(content)
        if room.bytes < 0:
            symptoms.note(ContainerAilment.TOO_LARGE)
            return None
        members[entry.filename] = content
    return PassArchive(members)
