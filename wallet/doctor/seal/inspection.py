"""The seal of a pass as a whole: who sealed it, when, under whom, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cryptography import x509

from wallet.doctor.ailments import Symptoms
from wallet.doctor.documents import read_document
from wallet.doctor.seal.certificates.chain import ChainStanding, name_of
from wallet.doctor.seal.certificates.judgement import judge_certificates
from wallet.doctor.seal.elements import ElementsBroken
from wallet.doctor.seal.findings import SignatureAilment
from wallet.doctor.seal.manifest import MANIFEST, SIGNATURE, check_manifest
from wallet.doctor.seal.signed_data import signing_time_of
from wallet.doctor.seal.signers import verify_signature


class SealedBy(NamedTuple):
    """Who signed: as the certificate calls itself, under which authority, when, and until when that holds."""

    name: str
    standing: ChainStanding
    authority: str
    signed_at: datetime | None
    expires_at: datetime


def inspect_seal(
    members: Mapping[str, bytes],
    content: Mapping[str, Any],
    *,
    roots: Sequence[x509.Certificate],
    now: datetime,
    symptoms: Symptoms,
) -> SealedBy | None:
    """Note what is wrong with manifest, signature and certificates; who signed, where that can be read."""
    manifest = members.get(MANIFEST)
    if manifest is not None:
        check_manifest(read_document(manifest, about=MANIFEST, symptoms=symptoms), members, symptoms=symptoms)
    if SIGNATURE not in members:
        return None
    verified = verify_signature(members[SIGNATURE], manifest or b"", now=now, symptoms=symptoms)
    if verified is None:
        return None
    signed, signers = verified
    for _ in range(signed.unread):
        symptoms.note(SignatureAilment.CERTIFICATE_UNREADABLE, SIGNATURE)
    sealed_by = None
    for claim, leaf in signers:
        chain = judge_certificates(
            leaf,
            beside=signed.certificates,
            roots=roots,
            pass_type=content.get("passTypeIdentifier"),
            team=content.get("teamIdentifier"),
            now=now,
            symptoms=symptoms,
        )
        try:
            signed_at = signing_time_of(claim)
        except ElementsBroken:
            signed_at = None
        sealed_by = SealedBy(
            name_of(leaf.subject), chain.standing, name_of(chain.links[-1].subject), signed_at, leaf.not_valid_after_utc
        )
    return sealed_by
