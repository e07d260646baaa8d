"""`manifest.json` beside the members that it lists."""

import hashlib
import re
from collections.abc import Mapping

from wallet.doctor.ailments import Symptoms
from wallet.doctor.seal.findings import ManifestAilment

MANIFEST, SIGNATURE = "manifest.json", "signature"
NOT_LISTED = (MANIFEST, SIGNATURE)
KINDS = {32: "MD5", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}
"""Other digests by the number of their hexadecimal digits."""


def check_manifest(listed: object, members: Mapping[str, bytes], *, symptoms: Symptoms) -> None:
    """Note each member that is not what the manifest says, that it lacks, or that the archive lacks."""
    if not isinstance(listed, dict):
        symptoms.note(ManifestAilment.MANIFEST_NO_LIST, MANIFEST)
        return
    for name, said in listed.items():
        if name in NOT_LISTED:
            symptoms.note(ManifestAilment.LISTS_ITSELF, MANIFEST, name=name)
        elif name not in members:
            symptoms.note(ManifestAilment.LISTED_MISSING, name)
        else:
            _check_digest(name, said, members[name], symptoms)
    for name in members:
        if name not in listed and name not in NOT_LISTED:
            symptoms.note(ManifestAilment.MEMBER_UNLISTED, name)


def _check_digest(name: str, said: object, content: bytes, symptoms: Symptoms) -> None:
    found = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if said == found:
        return
    if isinstance(said, str) and re.fullmatch(r"[0-9A-Fa-f]+", said) and len(said) in KINDS:
        symptoms.note(ManifestAilment.DIGEST_NOT_SHA1, name, kind=KINDS[len(said)])
    elif isinstance(said, str) and said.lower() == found:
        symptoms.note(ManifestAilment.DIGEST_NOT_SHA1, name, kind="SHA-1 (A-F)")
    else:
        symptoms.note(ManifestAilment.DIGEST_WRONG, name)
