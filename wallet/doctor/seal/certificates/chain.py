"""From the certificate of a signer up to an authority: which certificates lead there, and where (RFC 5280, 6)."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from wallet.doctor.seal.certificates.keys import DIGESTS, PAIRED, SHA1, is_signed_with

LONGEST = 8
"""Certificates of a chain: those of passes have three."""


class ChainStanding(StrEnum):
    """Where a chain ends."""

    APPLE = "apple"
    GIVEN = "given"
    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"
    """The certificate itself was issued by one that is not there."""


class Chain(NamedTuple):
    """`links` begin with the signer's certificate; `end` names the authority. `forged` is a name that did not issue."""

    links: Sequence[x509.Certificate]
    end: str
    standing: ChainStanding
    forged: str | None


@cache
def apple_root() -> x509.Certificate:
    """Apple's root, under which every pass of customers is signed; it ends on 9 February 2035."""
    written = resources.files(__package__).joinpath("apple_root.txt").read_bytes()
    return x509.load_pem_x509_certificate(written)


def build_chain(
    leaf: x509.Certificate, *, beside: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> Chain:
    """The way up from a certificate, over those beside it in the signature, to Apple, one of `roots`, or neither."""
    links, forged = [leaf], None
    while len(links) < LONGEST:
        last = links[-1]
        if last in (apple_root(), *roots):
            break
        issuer = None
        for candidate in _named(last.issuer, (apple_root(), *roots, *beside)):
            if candidate in links:
                continue
            if has_issued(candidate, last):
                issuer = candidate
                break
            forged = name_of(candidate.subject)
        if issuer is None:
            break
        links.append(issuer)
        forged = None
    top = links[-1]
    return Chain(links, name_of(top.issuer), _standing(links, roots), forged)


def _standing(links: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> ChainStanding:
    if links[-1] == apple_root():
        return ChainStanding.APPLE
    if links[-1] in roots:
        return ChainStanding.GIVEN
    is_alone = len(links) == 1 and links[0].issuer != links[0].subject
    return ChainStanding.INCOMPLETE if is_alone else ChainStanding.UNKNOWN


def _named(name: x509.Name, certificates: Sequence[x509.Certificate]) -> Iterator[x509.Certificate]:
    return (one for one in certificates if one.subject == name)


def has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the key of one signed the other."""
    algorithm = certificate.signature_algorithm_oid.dotted_string
    if (
        PAIRED.get(algorithm) == SHA1
    ):  # certificates of Apple's first authorities, which `cryptography` refuses to judge
        return certificate.issuer == issuer.subject and is_signed_with(
            issuer.public_key(),
            signature=certificate.signature,
            signed=certificate.tbs_certificate_bytes,
            algorithm=algorithm,
            digest=DIGESTS[SHA1],
        )
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def is_authority(certificate: x509.Certificate, *, below: int) -> bool:
    """Whether it may issue certificates, with so many authorities below it."""
    try:
        said = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    return said.ca and (said.path_length is None or said.path_length >= below)


def name_of(name: x509.Name) -> str:
    """What people call it: its common name, with its generation where it has one."""
    common, unit = one_of(name, NameOID.COMMON_NAME), one_of(name, NameOID.ORGANIZATIONAL_UNIT_NAME)
    if common and unit and len(unit) == 2 and unit.startswith("G"):
        return f"{common}, {unit}"
    return common or name.rfc4514_string()


def one_of(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    """One part of a name; None where it has none, or several."""
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if len(found) == 1 else None
