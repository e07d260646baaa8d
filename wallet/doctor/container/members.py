"""Which members a pass must have, and how heavy it may be."""

from collections.abc import Mapping

from wallet.doctor.ailments import Symptoms
from wallet.doctor.container.findings import ContainerAilment

PASS = "pass.json"  # noqa: S105 - the name of a file
MANDATORY = (PASS, "icon.png", "manifest.json", "signature")
MOST_KILOBYTES = 1_000
ENDING = ".pkpass"


def passes_inside(members: Mapping[str, bytes]) -> list[str]:
    """The names of the passes in a bundle; none for what is a pass itself."""
    return [] if PASS in members else [name for name in members if name.lower().endswith(ENDING)]


def check_members(members: Mapping[str, bytes], *, size: int, symptoms: Symptoms) -> bool:
    """Note mandatory members that are missing and a file that is too heavy; whether this is a pass at all."""
    if PASS not in members:
        folders = [name.rpartition("/")[0] for name in members if name.endswith(f"/{PASS}")]
        if folders:
            symptoms.note(ContainerAilment.FOLDER_ZIPPED, folder=folders[0])
        else:
            symptoms.note(ContainerAilment.NO_PASS_INSIDE)
        return False
    for name in MANDATORY:
        if name not in members:
            symptoms.note(ContainerAilment.MEMBER_MISSING, name)
    if size > MOST_KILOBYTES * 1_000:
        symptoms.note(ContainerAilment.SIZE_HIGH, kilobytes=size // 1_000, most=MOST_KILOBYTES)
    return True


def check_bundle(members: Mapping[str, bytes], passes: list[str], *, symptoms: Symptoms) -> None:
    """Note what is no pass in a bundle of passes."""
    for name in members:
        if name not in passes or "/" in name:
            symptoms.note(ContainerAilment.PASSES_BROKEN, name)
    symptoms.note(ContainerAilment.PASSES_MANY, count=len(passes))
