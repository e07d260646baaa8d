"""Whether a signature of a pass is one: over these bytes, with the key of the certificate that it names.

RFC 5652, 5.4 to 5.6. Pure, and without any other program: the keys verify by `cryptography`.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from wallet.doctor.ailments import Symptoms
from wallet.doctor.seal import elements
from wallet.doctor.seal.certificates.keys import DIGESTS, PAIRED, RSA_PSS, WEAK, is_signed_with
from wallet.doctor.seal.elements import Element, ElementsBroken
from wallet.doctor.seal.findings import SignatureAilment
from wallet.doctor.seal.signed_data import (
    CONTENT_TYPE,
    DATA,
    MESSAGE_DIGEST,
    SignedData,
    SignerClaim,
    read_signed_data,
    signing_time_of,
)

SIGNATURE = "signature"
MOST_SIGNERS = 4
"""Signers that are looked at; one is right."""
A_CLOCK = timedelta(days=1)
"""How far a signer's clock may be ahead."""


def verify_signature(
    signature: bytes, manifest: bytes, *, now: datetime, symptoms: Symptoms
) -> tuple[SignedData, Sequence[tuple[SignerClaim, x509.Certificate]]] | None:
    """What a signature says, and each signer whose certificate is in it; None where it cannot be read."""
    try:
        signed = read_signed_data(signature)
    except ElementsBroken:
        symptoms.note(SignatureAilment.SIGNATURE_UNREADABLE, SIGNATURE)
        return None
    if signed.content is not None:
        symptoms.note(SignatureAilment.NOT_DETACHED, SIGNATURE)
        if signed.content != manifest:
            symptoms.note(SignatureAilment.MANIFEST_CHANGED, SIGNATURE)
    if not signed.claims:
        symptoms.note(SignatureAilment.NO_SIGNER, SIGNATURE)
    if len(signed.claims) > 1:
        symptoms.note(SignatureAilment.SIGNERS_MANY, SIGNATURE, count=len(signed.claims))
    if signed.version != max((claim.version for claim in signed.claims), default=signed.version):
        symptoms.note(SignatureAilment.SIGNATURE_UNUSUAL, SIGNATURE, part="version")
    if set(signed.digests) != {claim.digest for claim in signed.claims}:
        symptoms.note(SignatureAilment.SIGNATURE_UNUSUAL, SIGNATURE, part="digestAlgorithms")
    signers = []
    for claim in signed.claims[:MOST_SIGNERS]:
        certificate = _certificate_of(claim, signed.certificates)
        if certificate is None:
            symptoms.note(SignatureAilment.SIGNER_UNKNOWN, SIGNATURE)
            continue
        signers.append((claim, certificate))
        _check_claim(claim, certificate, manifest, symptoms)
        _check_time(claim, certificate, now, symptoms)
    return signed, signers


def _certificate_of(claim: SignerClaim, certificates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    for one in certificates:
        if claim.key_id is not None:
            try:
                found = one.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
            except x509.ExtensionNotFound:
                found = x509.SubjectKeyIdentifier.from_public_key(one.public_key()).digest
            if found == claim.key_id:
                return one
        elif one.serial_number == claim.serial and one.issuer.public_bytes() == claim.issuer:
            return one
    return None


def _check_claim(claim: SignerClaim, certificate: x509.Certificate, manifest: bytes, symptoms: Symptoms) -> None:
    if claim.version != (3 if claim.key_id is not None else 1):
        symptoms.note(SignatureAilment.SIGNATURE_UNUSUAL, SIGNATURE, part="version")
    digest = DIGESTS.get(claim.digest)
    if digest is None:
        symptoms.note(SignatureAilment.ALGORITHM_WEAK, SIGNATURE, algorithm=WEAK.get(claim.digest, claim.digest))
        return
    if isinstance(digest, hashes.SHA1):
        symptoms.note(SignatureAilment.ALGORITHM_OLD, SIGNATURE)
    if claim.attributes is not None and not _covers(claim, manifest, digest, symptoms):
        return
    signed = manifest if claim.signed is None else claim.signed
    if not _is_made_with(certificate, claim, signed, digest):
        changed = claim.signed is None
        symptoms.note(SignatureAilment.MANIFEST_CHANGED if changed else SignatureAilment.SIGNATURE_WRONG, SIGNATURE)


def _covers(claim: SignerClaim, manifest: bytes, digest: hashes.HashAlgorithm, symptoms: Symptoms) -> bool:
    """Whether the signed attributes are about this manifest."""
    attributes = claim.attributes or {}
    try:
        [kind], [said] = attributes.get(CONTENT_TYPE, ()), attributes.get(MESSAGE_DIGEST, ())
        if kind.dotted() != DATA:
            raise ElementsBroken("another kind of content")
        wanted = said.octets()
    except ValueError:
        symptoms.note(SignatureAilment.SIGNATURE_UNUSUAL, SIGNATURE, part="signedAttrs")
        return False
    if hmac.compare_digest(hashlib.new(digest.name, manifest).digest(), wanted):
        return True
    as_text = hashlib.new(digest.name, manifest.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")).digest()
    is_text = hmac.compare_digest(as_text, wanted)
    symptoms.note(SignatureAilment.SIGNED_AS_TEXT if is_text else SignatureAilment.MANIFEST_CHANGED, SIGNATURE)
    return False


def _is_made_with(
    certificate: x509.Certificate, claim: SignerClaim, signed: bytes, digest: hashes.HashAlgorithm
) -> bool:
    try:
        algorithm, has_parameters = _named(claim.algorithm)
    except ElementsBroken:
        return False
    if PAIRED.get(algorithm, claim.digest) != claim.digest or (has_parameters and algorithm != RSA_PSS):
        return False
    return is_signed_with(
        certificate.public_key(), signature=claim.signature, signed=signed, algorithm=algorithm, digest=digest
    )


def _named(algorithm: Element) -> tuple[str, bool]:
    """An AlgorithmIdentifier, and whether it has parameters. Raises `ElementsBroken`."""
    kind, *parameters = algorithm.of(elements.SEQUENCE).parts or [algorithm]
    return kind.dotted(), any(one.tag != elements.NULL or one.content for one in parameters)


def _check_time(claim: SignerClaim, certificate: x509.Certificate, now: datetime, symptoms: Symptoms) -> None:
    try:
        signed_at = signing_time_of(claim)
    except ElementsBroken:
        symptoms.note(SignatureAilment.SIGNATURE_UNUSUAL, SIGNATURE, part="signingTime")
        return
    starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if signed_at is None:
        symptoms.note(SignatureAilment.SIGNING_TIME_MISSING, SIGNATURE)
    elif not starts <= signed_at <= ends:
        symptoms.note(
            SignatureAilment.SIGNED_OUT_OF_TIME,
            SIGNATURE,
            day=signed_at.date(),
            from_day=starts.date(),
            to_day=ends.date(),
        )
    elif signed_at > now + A_CLOCK:
        symptoms.note(SignatureAilment.SIGNED_IN_THE_FUTURE, SIGNATURE, day=signed_at.date())
