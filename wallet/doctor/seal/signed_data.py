"""The CMS SignedData of a pass, read (RFC 5652, sections 3, 5 and 11): who says that they signed what, and how.

Nothing is believed here: `wallet.doctor.seal.signers` verifies.
"""

import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography import x509

from wallet.doctor.seal import elements
from wallet.doctor.seal.elements import Element, ElementsBroken

SIGNED_DATA, DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{number}" for number in (3, 4, 5))
CERTIFICATES = ATTRIBUTES = EMBEDDED = 0xA0
LISTS, UNSIGNED = 0xA1, 0xA1
KEY_ID = 0x80
LARGEST = 256 * 1024
"""Bytes: a signature of a pass has three to ten thousand."""


class SignerClaim(NamedTuple):
    """One SignerInfo. Whoever signed is named by issuer and serial number, or by the id of their key."""

    version: int
    issuer: bytes | None
    serial: int | None
    key_id: bytes | None
    digest: str
    algorithm: Element
    attributes: Mapping[str, Sequence[Element]] | None
    signed: bytes | None
    """The attributes as they were signed; None where the content was signed without any."""
    signature: bytes


class SignedData(NamedTuple):
    """All of it. `unread` counts certificates that are none; `content` is what was signed, where it is inside."""

    version: int
    digests: Sequence[str]
    content: bytes | None
    certificates: Sequence[x509.Certificate]
    unread: int
    claims: Sequence[SignerClaim]


def read_signed_data(data: bytes) -> SignedData:
    """What a signature says. Raises `ElementsBroken`."""
    if len(data) > LARGEST:
        raise ElementsBroken("larger than any")
    kind, wrapped = _parts(elements.read_whole(data).of(elements.SEQUENCE), 2)
    if kind.dotted() != SIGNED_DATA:
        raise ElementsBroken("not SignedData")
    [signed] = _parts(wrapped.of(EMBEDDED), 1)
    version, digests, inner, *rest = _parts(signed.of(elements.SEQUENCE))
    certificates: list[x509.Certificate] = []
    unread = 0
    if rest and rest[0].tag == CERTIFICATES:
        certificates, unread = _certificates(rest.pop(0).parts)
    if rest and rest[0].tag == LISTS:
        rest.pop(0)
    if len(rest) != 1:
        raise ElementsBroken("parts that nobody knows")
    return SignedData(
        version=version.number(),
        digests=[_algorithm(one) for one in digests.of(elements.SET).parts],
        content=_content(inner),
        certificates=certificates,
        unread=unread,
        claims=[_claim(one) for one in rest[0].of(elements.SET).parts],
    )


def _parts(element: Element, number: int | None = None) -> Sequence[Element]:
    if len(element.parts) < 3 if number is None else len(element.parts) != number:
        raise ElementsBroken("parts are missing")
    return element.parts


def _content(inner: Element) -> bytes | None:
    kind, *content = inner.of(elements.SEQUENCE).parts or [inner]
    if kind.dotted() != DATA or len(content) > 1:
        raise ElementsBroken("another kind of content")
    if not content:
        return None
    [octets] = _parts(content[0].of(EMBEDDED), 1)
    return octets.octets()


def _certificates(parts: Sequence[Element]) -> tuple[list[x509.Certificate], int]:
    found, unread = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of oddities of certificates, which are not ours to mend
        for part in parts:
            try:
                certificate = x509.load_der_x509_certificate(part.raw)
                _touch(certificate)
                found.append(certificate)
            except Exception:  # what a stranger's certificate makes its reader raise is on nobody's list
                unread += 1
    return found, unread


def _touch(certificate: x509.Certificate) -> None:
    """Read every part that is asked for later: most parts are read when they are asked for, and raise then."""
    _ = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string(), certificate.public_key()
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc, list(certificate.extensions)


def _algorithm(element: Element) -> str:
    """An AlgorithmIdentifier whose parameters are none, as those of every digest are."""
    kind, *parameters = element.of(elements.SEQUENCE).parts or [element]
    if any(one.tag != elements.NULL or one.content for one in parameters) or len(parameters) > 1:
        raise ElementsBroken("parameters of a digest")
    return kind.dotted()


def _claim(element: Element) -> SignerClaim:
    version, who, digest, *rest = _parts(element.of(elements.SEQUENCE))
    issuer = serial = key_id = None
    if who.tag == KEY_ID:
        key_id = who.content
    else:
        name, number = _parts(who.of(elements.SEQUENCE), 2)
        issuer, serial = name.raw, number.number()
    attributes = signed = None
    if rest and rest[0].tag == ATTRIBUTES:
        signed = elements.wrap(elements.SET, rest[0].content)  # they are signed as the SET that they are (5.4)
        attributes = _attributes(rest.pop(0))
    if len(rest) == 3 and rest[2].tag == UNSIGNED:
        rest.pop()
    if len(rest) != 2:
        raise ElementsBroken("parts of a signer")
    return SignerClaim(
        version.number(), issuer, serial, key_id, _algorithm(digest), rest[0], attributes, signed, rest[1].octets()
    )


def _attributes(found: Element) -> dict[str, Sequence[Element]]:
    attributes: dict[str, Sequence[Element]] = {}
    for one in found.parts:
        kind, values = _parts(one.of(elements.SEQUENCE), 2)
        if kind.dotted() in attributes:
            raise ElementsBroken("an attribute twice")
        attributes[kind.dotted()] = values.of(elements.SET).parts
    return attributes


def signing_time_of(claim: SignerClaim) -> datetime | None:
    """When the signer says that they signed. Raises `ElementsBroken`."""
    values = (claim.attributes or {}).get(SIGNING_TIME)
    if not values:
        return None
    said = values[0].content.decode("ascii", "replace")
    form = {elements.UTC_TIME: "%y%m%d%H%M%SZ", elements.GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}.get(values[0].tag, "")
    try:
        return datetime.strptime(said, form).replace(tzinfo=UTC)
    except ValueError:
        raise ElementsBroken("a time that is none") from None
