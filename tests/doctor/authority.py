"""An authority of our own, shaped as Apple's: a root, an intermediate called WWDR G4, certificates of pass types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC).replace(microsecond=0)
"""Signatures carry the hour of the machine that made them, so the tests live in it."""
YEAR = timedelta(days=365)
TYPE, TEAM = "pass.example.lilas.card", "LILAS12345"
WWDR = "Apple Worldwide Developer Relations Certification Authority"
FOR_PASSES = x509.ObjectIdentifier("1.2.840.113635.100.4.14")
PASS_TYPE = x509.ObjectIdentifier("1.2.840.113635.100.6.1.16")


@dataclass(frozen=True)
class Certified:
    """A certificate, its key, and the authorities above it."""

    certificate: x509.Certificate
    key: Any
    above: Sequence[x509.Certificate] = ()


def name(common: str, *, unit: str | None = None, uid: str | None = None) -> x509.Name:
    parts = [(NameOID.USER_ID, uid), (NameOID.COMMON_NAME, common), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value is not None])


def certify(
    subject: x509.Name,
    *,
    by: Certified | None,
    starts: datetime = NOW - YEAR,
    ends: datetime = NOW + YEAR,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    key: Any = None,
    issuer: x509.Name | None = None,
) -> Certified:
    """A certificate signed by an authority, or by itself."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or (by.certificate.subject if by else subject))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    made = builder.sign(by.key if by else own, SHA256())
    return Certified(made, own, (*([by.certificate] if by else ()), *(by.above if by else ())))


AUTHORITY = [(x509.BasicConstraints(ca=True, path_length=None), True)]
ISSUER = [(x509.BasicConstraints(ca=True, path_length=0), True)]


def rsa_key() -> rsa.RSAPrivateKey:
    """As Apple's are, and as some makers of passes need them."""
    return rsa.generate_private_key(65537, 2048)


@cache
def root() -> Certified:
    return certify(name("Trial Root"), by=None, key=rsa_key(), ends=NOW + 8 * YEAR, extensions=AUTHORITY)


@cache
def intermediate() -> Certified:
    return certify(name(WWDR, unit="G4"), by=root(), key=rsa_key(), ends=NOW + 4 * YEAR, extensions=ISSUER)


@cache
def leaf_key() -> rsa.RSAPrivateKey:
    return rsa_key()


def pass_extensions(pass_type: str = TYPE) -> list[tuple[x509.ExtensionType, bool]]:
    key = leaf_key().public_key()
    written = b"\x0c" + bytes([len(pass_type)]) + pass_type.encode()
    return [
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, FOR_PASSES]), True),
        (x509.UnrecognizedExtension(PASS_TYPE, written), False),
        (x509.KeyUsage(True, False, False, False, False, False, False, False, False), True),
        (x509.SubjectKeyIdentifier.from_public_key(key), False),
    ]


def pass_certificate(pass_type: str = TYPE, team: str = TEAM, **changes: Any) -> Certified:
    """The certificate of a pass type, as Apple makes them, with some of it otherwise."""
    subject = name(f"Pass Type ID: {pass_type}", unit=team, uid=pass_type)
    given = {"by": intermediate(), "extensions": pass_extensions(pass_type), "key": leaf_key()} | changes
    return certify(given.pop("subject", subject), **given)


@cache
def usual_certificate() -> Certified:
    return pass_certificate()


def roots() -> list[x509.Certificate]:
    return [root().certificate]


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
