"""What signs passes for Apple Wallet: a certificate of a pass type, its key, and Apple's intermediate.

A phone shows one sentence for whatever is wrong ("the pass is invalid"), so all of it is looked at before the first
pass is made. How such a certificate is shaped was read off genuine ones.
"""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from app.settings import ConfigIncomplete

CERTIFICATE, KEY, INTERMEDIATE = "certificate.pem", "key.pem", "intermediate.pem"
FILES = (CERTIFICATE, KEY, INTERMEDIATE)

PASS_TYPE_EXTENSION = ObjectIdentifier("1.2.840.113635.100.6.1.16")
"""Apple's extension that repeats the identifier of the pass type, as a UTF8String."""
PASS_SIGNING = ObjectIdentifier("1.2.840.113635.100.4.14")
"""Apple's extended key usage of certificates that sign passes."""
UTF8_STRING = 0x0C
TRIAL = "Ici, a trial and not Apple"
"""The organisation in certificates of our own making."""


class PassIdentity(NamedTuple):
    """Who signs passes, and as whom Apple's push service knows us."""

    pass_type: str
    """`passTypeIdentifier`, such as `pass.com.example.loyalty`."""
    team: str
    """`teamIdentifier`, ten letters and digits."""
    certificate: x509.Certificate
    key: RSAPrivateKey | EllipticCurvePrivateKey
    intermediate: x509.Certificate
    folder: Path

    @property
    def ends_at(self) -> datetime:
        """When the first of both certificates ends: nothing that is signed later is accepted."""
        return min(self.certificate.not_valid_after_utc, self.intermediate.not_valid_after_utc)

    @property
    def is_trial(self) -> bool:
        """Whether it is of our own making: every check passes, and no phone trusts it."""
        return is_trial(self.intermediate)

    def is_valid(self, now: datetime) -> bool:
        """Whether what is signed at this instant is accepted."""
        return self.certificate.not_valid_before_utc <= now < self.ends_at


def read_identity(folder: Path, *, password: str | None) -> PassIdentity:
    """Read and check the three files of a folder. Raises `ConfigIncomplete` with one sentence for what is wrong.

    An end that has passed is no refusal: tills must not stand still for it. See `PassIdentity.is_valid`.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ConfigIncomplete(f"{folder}: {', '.join(missing)} missing. docs/wallets.md says how to get these files.")
    certificate, intermediate = (_certificate(folder / name) for name in (CERTIFICATE, INTERMEDIATE))
    key = _key(folder / KEY, password)
    _require_match(certificate, key, folder)
    pass_type, team = _identifiers(certificate, folder)
    _require_usage(certificate, folder)
    _require_issuer(certificate, intermediate, folder)
    return PassIdentity(pass_type, team, certificate, key, intermediate, folder)


def _certificate(file: Path) -> x509.Certificate:
    content = file.read_bytes()
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)  # as Apple hands it out
    except ValueError:
        raise ConfigIncomplete(f"{file} is no certificate, neither PEM nor DER.") from None


def _key(file: Path, password: str | None) -> RSAPrivateKey | EllipticCurvePrivateKey:
    content = file.read_bytes()
    is_encrypted = b"ENCRYPTED" in content
    if is_encrypted and not password:
        raise ConfigIncomplete(f"{file} is encrypted: set ICI_APPLE_KEY_PASSWORD.")
    try:
        key = load_pem_private_key(content, password.encode() if is_encrypted and password else None)
    except (ValueError, TypeError):
        why = " that ICI_APPLE_KEY_PASSWORD opens" if is_encrypted else ""
        raise ConfigIncomplete(f"{file} is no private key in PEM{why}.") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ConfigIncomplete(f"{file}: a key of RSA or of an elliptic curve is needed.")
    return key


def _require_match(certificate: x509.Certificate, key: RSAPrivateKey | EllipticCurvePrivateKey, folder: Path) -> None:
    theirs, ours = (
        one.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for one in (certificate.public_key(), key.public_key())
    )
    if theirs != ours:
        raise ConfigIncomplete(f"{folder}: {KEY} is not the key of {CERTIFICATE}.")


def _identifiers(certificate: x509.Certificate, folder: Path) -> tuple[str, str]:
    """Pass type and team, which a pass must say as its certificate says them."""
    pass_type, team = (
        "".join(str(one.value) for one in certificate.subject.get_attributes_for_oid(oid))
        for oid in (NameOID.USER_ID, NameOID.ORGANIZATIONAL_UNIT_NAME)
    )
    if not pass_type.startswith("pass.") or not team:
        raise ConfigIncomplete(
            f"{folder}: {CERTIFICATE} is of no pass type. One of a Pass Type ID is needed, not of an app."
        )
    said = extension_of(certificate)
    if said != pass_type:
        raise ConfigIncomplete(
            f"{folder}: {CERTIFICATE} names the pass type {pass_type} and, in Apple's field, {said}."
        )
    return pass_type, team


def extension_of(certificate: x509.Certificate) -> str | None:
    """The pass type in Apple's extension of a certificate; None where there is none that can be read."""
    for one in certificate.extensions:
        if one.oid == PASS_TYPE_EXTENSION and isinstance(one.value, x509.UnrecognizedExtension):
            value = one.value.value
            if len(value) > 1 and value[0] == UTF8_STRING and value[1] == len(value) - 2:
                return value[2:].decode(errors="replace")
    return None


def _require_usage(certificate: x509.Certificate, folder: Path) -> None:
    try:
        usages = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        usages = set()
    if not {ExtendedKeyUsageOID.CLIENT_AUTH, PASS_SIGNING} <= usages:
        raise ConfigIncomplete(f"{folder}: {CERTIFICATE} may not sign passes and ask for pushes (extended key usage).")


def _require_issuer(certificate: x509.Certificate, intermediate: x509.Certificate, folder: Path) -> None:
    try:
        certificate.verify_directly_issued_by(intermediate)
    except (ValueError, TypeError, InvalidSignature):
        wanted = certificate.issuer.rfc4514_string()
        raise ConfigIncomplete(
            f"{folder}: {INTERMEDIATE} did not issue {CERTIFICATE}. Take the intermediate that is called {wanted}"
            " (today Apple's WWDR G4)."
        ) from None
    try:
        basic = intermediate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        basic = None
    if basic is None or not basic.ca:
        raise ConfigIncomplete(f"{folder}: {INTERMEDIATE} is not the certificate of an authority.")


def is_trial(certificate: x509.Certificate) -> bool:
    """Whether we made this certificate for trials."""
    return any(one.value == TRIAL for one in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))
