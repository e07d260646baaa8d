"""A pass examined: all that is wrong with it, in words. Pure: no network, no clock, no database, nothing is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cryptography import x509

from app.ops.imports.outcomes import Found
from wallet.doctor.ailments import Ailment, Grade, Symptoms
from wallet.doctor.container.archive import PassArchive, Room, open_archive
from wallet.doctor.container.members import PASS, check_bundle, check_members, passes_inside
from wallet.doctor.content.dates import check_dates
from wallet.doctor.content.findings import IdentityAilment
from wallet.doctor.content.identity import check_identity
from wallet.doctor.content.kinds import check_kinds
from wallet.doctor.documents import read_document
from wallet.doctor.drawings.barcodes import check_barcodes
from wallet.doctor.drawings.pictures import check_pictures
from wallet.doctor.face.colours import check_colours
from wallet.doctor.face.fields import check_fields, words_used
from wallet.doctor.face.words import check_words
from wallet.doctor.reach.places import check_places
from wallet.doctor.reach.service import check_radio, check_service
from wallet.doctor.seal.inspection import SealedBy, inspect_seal


class PassSummary(NamedTuple):
    """What a pass is, for the head of a report; None for what it does not say."""

    organisation: str | None
    description: str | None
    style: str | None
    pass_type: str | None
    team: str | None
    serial: str | None
    sealed_by: SealedBy | None


class Examination(NamedTuple):
    """What was found. `is_pass` is False for what is no pass at all; `inside` holds the passes of a bundle by name."""

    is_pass: bool
    found: Sequence[Found]
    unlisted: Mapping[Ailment, int]
    """Of what was found very often: how many more of it there are."""
    counts: Mapping[Grade, int]
    summary: PassSummary | None = None
    inside: Sequence[tuple[str, "Examination"]] = ()

    @property
    def is_sound(self) -> bool:
        """Whether this is a pass, or a bundle of them, without a fault."""
        return self.is_pass and not self.counts[Grade.FAULT] and all(one.is_sound for _, one in self.inside)

    def codes(self, grade: Grade | None = None) -> list[str]:
        """The codes of what was found, each once."""
        return list(
            dict.fromkeys(
                str(one.finding)
                for one in self.found
                if isinstance(one.finding, Ailment) and grade in (None, one.finding.grade)
            )
        )


def examine_pass(data: bytes, *, now: datetime, roots: Sequence[x509.Certificate] = ()) -> Examination:
    """Everything that is wrong with a .pkpass, or with each pass of a .pkpasses.

    `roots` are authorities to believe besides Apple's: those of a trial. Never raises for what the data is; takes time
    and memory in bounds that the data cannot move.
    """
    return _examine(data, now=now, roots=roots, room=Room(), is_inside=False)


def _examine(
    data: bytes, *, now: datetime, roots: Sequence[x509.Certificate], room: Room, is_inside: bool
) -> Examination:
    symptoms = Symptoms()
    archive = open_archive(data, symptoms=symptoms, room=room)
    if archive is None:
        return _concluded(symptoms, is_pass=False)
    passes = [] if is_inside else passes_inside(archive.members)
    if passes:
        check_bundle(archive.members, passes, symptoms=symptoms)
        inside = [
            (name, _examine(archive.members[name], now=now, roots=roots, room=room, is_inside=True)) for name in passes
        ]
        return _concluded(symptoms, is_pass=True, inside=inside)
    if not check_members(archive.members, size=len(data), symptoms=symptoms):
        return _concluded(symptoms, is_pass=False)
    return _concluded(
        symptoms, is_pass=True, summary=_examine_members(archive, now=now, roots=roots, symptoms=symptoms)
    )


def _examine_members(
    archive: PassArchive, *, now: datetime, roots: Sequence[x509.Certificate], symptoms: Symptoms
) -> PassSummary:
    members = archive.members
    content = read_document(members[PASS], about=PASS, symptoms=symptoms)
    if not isinstance(content, dict):
        symptoms.note(IdentityAilment.PASS_NO_OBJECT, PASS)
        content = {}
    sealed_by = inspect_seal(members, content, roots=roots, now=now, symptoms=symptoms)
    style = _examine_content(content, members, now=now, symptoms=symptoms) if content else None
    return PassSummary(
        organisation=_text_of(content, "organizationName"),
        description=_text_of(content, "description"),
        style=style,
        pass_type=_text_of(content, "passTypeIdentifier"),
        team=_text_of(content, "teamIdentifier"),
        serial=_text_of(content, "serialNumber"),
        sealed_by=sealed_by,
    )


def _examine_content(
    content: Mapping[str, Any], members: Mapping[str, bytes], *, now: datetime, symptoms: Symptoms
) -> str | None:
    style = check_identity(content, symptoms=symptoms)
    check_kinds(content, symptoms=symptoms)
    check_dates(content, style=style, now=now, symptoms=symptoms)
    check_places(content, symptoms=symptoms)
    check_service(content, symptoms=symptoms)
    check_radio(content, symptoms=symptoms)
    fields = check_fields(content, style=style, symptoms=symptoms)
    check_colours(content, symptoms=symptoms)
    check_words(members, words_used(content, fields), symptoms=symptoms)
    check_barcodes(content, symptoms=symptoms)
    check_pictures(members, style=style, symptoms=symptoms)
    return style


def _text_of(content: Mapping[str, Any], key: str) -> str | None:
    said = content.get(key)
    return said if isinstance(said, str) else None


def _concluded(
    symptoms: Symptoms,
    *,
    is_pass: bool,
    summary: PassSummary | None = None,
    inside: Sequence[tuple[str, Examination]] = (),
) -> Examination:
    counts = {grade: symptoms.counted(grade) for grade in Grade}
    return Examination(is_pass, tuple(symptoms.found), symptoms.unlisted, counts, summary, tuple(inside))
