"""What a chain of certificates means for a pass: whose it is, who vouches for it, and until when.

Shapes: Apple's certificates of pass types, and its intermediates "Worldwide Developer Relations" (WWDR). Since
27 January 2022 certificates of passes are issued by G4 only; G1 ended on 7 February 2023.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wallet.doctor.ailments import Symptoms
from wallet.doctor.seal import elements
from wallet.doctor.seal.certificates.chain import Chain, ChainStanding, build_chain, is_authority, name_of, one_of
from wallet.doctor.seal.certificates.findings import CertificateAilment

SIGNATURE, PASS = "signature", "pass.json"
WWDR = "Apple Worldwide Developer Relations Certification Authority"
FOR_PASSES = x509.ObjectIdentifier("1.2.840.113635.100.4.14")
"""Apple's extended key usage of certificates that sign passes."""
PASS_TYPE = x509.ObjectIdentifier("1.2.840.113635.100.6.1.16")
"""Apple's extension that holds the pass type, as a UTF8String."""
SOON, AUTHORITY_SOON = timedelta(days=30), timedelta(days=180)


def judge_certificates(
    leaf: x509.Certificate,
    *,
    beside: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    pass_type: object,
    team: object,
    now: datetime,
    symptoms: Symptoms,
) -> Chain:
    """Note what is wrong with who signed a pass of this type and team; the chain up to the authority."""
    chain = build_chain(leaf, beside=beside, roots=roots)
    _check_shape(leaf, symptoms)
    _check_identity(leaf, pass_type, team, symptoms)
    _check_leaf_dates(leaf, now, symptoms)
    _check_way(chain, beside, symptoms)
    _check_authorities(chain, now, symptoms)
    return chain


def _check_shape(leaf: x509.Certificate, symptoms: Symptoms) -> None:
    usages = _extension(leaf, x509.ExtendedKeyUsage) or ()
    usage = _extension(leaf, x509.KeyUsage)
    missing = [
        part
        for part, is_there in (
            ("extendedKeyUsage clientAuth", ExtendedKeyUsageOID.CLIENT_AUTH in usages),
            (f"extendedKeyUsage {FOR_PASSES.dotted_string}", FOR_PASSES in usages),
            ("keyUsage digitalSignature", usage is None or usage.digital_signature),
            (f"extension {PASS_TYPE.dotted_string}", _certified_type(leaf) is not None),
        )
        if not is_there
    ]
    if missing:
        symptoms.note(CertificateAilment.NOT_FOR_PASSES, SIGNATURE, part=", ".join(missing))


def _check_identity(leaf: x509.Certificate, pass_type: object, team: object, symptoms: Symptoms) -> None:
    for certified in dict.fromkeys((one_of(leaf.subject, NameOID.USER_ID), _certified_type(leaf))):
        if certified != pass_type and certified is not None:
            symptoms.note(
                CertificateAilment.TYPE_DIFFERS, f"{PASS}#/passTypeIdentifier", said=str(pass_type), certified=certified
            )
    if one_of(leaf.subject, NameOID.USER_ID) is None:
        symptoms.note(CertificateAilment.NOT_FOR_PASSES, SIGNATURE, part="UID")
    certified_team = one_of(leaf.subject, NameOID.ORGANIZATIONAL_UNIT_NAME)
    if certified_team is None:
        symptoms.note(CertificateAilment.NOT_FOR_PASSES, SIGNATURE, part="OU")
    elif certified_team != team:
        symptoms.note(
            CertificateAilment.TEAM_DIFFERS, f"{PASS}#/teamIdentifier", said=str(team), certified=certified_team
        )


def _check_leaf_dates(leaf: x509.Certificate, now: datetime, symptoms: Symptoms) -> None:
    starts, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    if now > ends:
        symptoms.note(CertificateAilment.CERTIFICATE_EXPIRED, SIGNATURE, day=ends.date())
    elif now + SOON > ends:
        symptoms.note(CertificateAilment.CERTIFICATE_EXPIRES, SIGNATURE, day=ends.date(), left=(ends - now).days)
    elif now < starts:
        symptoms.note(CertificateAilment.CERTIFICATE_EARLY, SIGNATURE, name=name_of(leaf.subject), day=starts.date())


def _check_way(chain: Chain, beside: Sequence[x509.Certificate], symptoms: Symptoms) -> None:
    if chain.forged is not None:
        symptoms.note(CertificateAilment.AUTHORITY_FORGED, SIGNATURE, name=chain.forged)
    for below, one in enumerate(chain.links[1:]):
        if not is_authority(one, below=below):
            symptoms.note(CertificateAilment.AUTHORITY_NONE, SIGNATURE, name=name_of(one.subject))
    needed = generation_of(chain.links[0].issuer)
    match chain.standing:
        case ChainStanding.INCOMPLETE if chain.forged is None:
            given = [found for one in beside if (found := generation_of(one.subject))]
            if needed and given:
                symptoms.note(
                    CertificateAilment.INTERMEDIATE_OTHER, SIGNATURE, needed=needed, given=", ".join(sorted(given))
                )
            else:
                symptoms.note(CertificateAilment.INTERMEDIATE_MISSING, SIGNATURE, name=chain.end)
        case ChainStanding.UNKNOWN:
            symptoms.note(CertificateAilment.AUTHORITY_UNKNOWN, SIGNATURE, name=chain.end)
        case ChainStanding.GIVEN:
            symptoms.note(CertificateAilment.AUTHORITY_GIVEN, SIGNATURE, name=name_of(chain.links[-1].subject))
        case ChainStanding.APPLE if needed not in ("G1", "G4"):
            symptoms.note(
                CertificateAilment.INTERMEDIATE_UNUSUAL, SIGNATURE, given=needed or name_of(chain.links[0].issuer)
            )


def _check_authorities(chain: Chain, now: datetime, symptoms: Symptoms) -> None:
    for one in chain.links[1:]:
        name, ends = name_of(one.subject), one.not_valid_after_utc
        if now > ends and generation_of(one.subject) == "G1":
            symptoms.note(CertificateAilment.INTERMEDIATE_DEAD, SIGNATURE)
        elif now > ends:
            symptoms.note(CertificateAilment.AUTHORITY_EXPIRED, SIGNATURE, name=name, day=ends.date())
        elif now + AUTHORITY_SOON > ends:
            symptoms.note(
                CertificateAilment.AUTHORITY_EXPIRES, SIGNATURE, name=name, day=ends.date(), left=(ends - now).days
            )
        if now < one.not_valid_before_utc:
            symptoms.note(
                CertificateAilment.CERTIFICATE_EARLY, SIGNATURE, name=name, day=one.not_valid_before_utc.date()
            )


def generation_of(name: x509.Name) -> str | None:
    """`G1` to `G6` for the name of one of Apple's intermediates WWDR; None for any other."""
    if one_of(name, NameOID.COMMON_NAME) != WWDR:
        return None
    unit = one_of(name, NameOID.ORGANIZATIONAL_UNIT_NAME) or ""
    return unit if re.fullmatch(r"G\d", unit) else "G1"


def _certified_type(leaf: x509.Certificate) -> str | None:
    try:
        found = leaf.extensions.get_extension_for_oid(PASS_TYPE).value
        if not isinstance(found, x509.UnrecognizedExtension):
            return None
        return elements.read_whole(found.value).content.decode("utf-8")
    except (x509.ExtensionNotFound, ValueError):
        return None


def _extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
