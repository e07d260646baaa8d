"""Certificates of our own, shaped as Apple's are: passes signed by them hold every check, and no phone trusts them.

A root, an intermediate with the name and the path length of Apple's G4, a certificate of a pass type, and one for a
stand-in of the push service on this machine.
"""

import ipaddress
import os
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wallet.apple.certificates import (
    CERTIFICATE,
    INTERMEDIATE,
    KEY,
    PASS_SIGNING,
    PASS_TYPE_EXTENSION,
    TRIAL,
    UTF8_STRING,
)

ROOT, SERVER, SERVER_KEY = "root.pem", "push-server.pem", "push-server-key.pem"
PASS_TYPE, TEAM = "pass.example.ici.trial", "1C1TR1AL00"
WWDR = "Apple Worldwide Developer Relations Certification Authority"
LONG, A_YEAR = timedelta(days=3650), timedelta(days=365)
BITS = 2048

Extensions = list[tuple[x509.ExtensionType, bool]]


def make_test_pki(folder: Path, *, now: datetime, pass_type: str = PASS_TYPE, team: str = TEAM) -> None:
    """Make the folder with all files in it, whole or not at all; one that is there stays as it is.

    Whoever makes it at the same time, as several processes that start do, finds one of them.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in _files(now=now, pass_type=pass_type, team=team).items():
            file = building / name
            file.touch(mode=0o600)
            file.write_bytes(content)
        os.chmod(building, 0o700)
        try:
            building.rename(folder)
        except OSError:
            if not (folder / CERTIFICATE).is_file():
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _files(*, now: datetime, pass_type: str, team: str) -> dict[str, bytes]:
    root_key, between_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    key = rsa.generate_private_key(65537, BITS)  # as Apple asks for; the others are made in no time
    root_name, between_name = _name("Ici Trial Root CA"), _name(WWDR, unit="G4")
    root = _certificate(root_name, root_key, root_name, root_key, now, LONG, _authority(None))
    between = _certificate(between_name, between_key, root_name, root_key, now, LONG, _authority(0))
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, pass_type),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pass Type ID: {pass_type}"[:64]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, team),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, TRIAL),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        ]
    )
    leaf = _certificate(subject, key, between_name, between_key, now, A_YEAR, _of_pass_type(pass_type))
    server = _certificate(_name("localhost"), server_key, root_name, root_key, now, A_YEAR, _of_server())
    files = {ROOT: root, INTERMEDIATE: between, CERTIFICATE: leaf, SERVER: server}
    keys: dict[str, RSAPrivateKey | EllipticCurvePrivateKey] = {KEY: key, SERVER_KEY: server_key}
    return {name: one.public_bytes(Encoding.PEM) for name, one in files.items()} | {
        name: one.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for name, one in keys.items()
    }


def _name(common: str, *, unit: str | None = None) -> x509.Name:
    parts = {NameOID.COMMON_NAME: common, NameOID.ORGANIZATIONAL_UNIT_NAME: unit, NameOID.ORGANIZATION_NAME: TRIAL}
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items() if value])


def _authority(path_length: int | None) -> Extensions:
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return [(x509.BasicConstraints(ca=True, path_length=path_length), True), (usage, True)]


def _of_pass_type(pass_type: str) -> Extensions:
    said = pass_type.encode()
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(True, False, False, False, False, False, False, False, False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, PASS_SIGNING]), False),
        (x509.UnrecognizedExtension(PASS_TYPE_EXTENSION, bytes((UTF8_STRING, len(said))) + said), False),
    ]


def _of_server() -> Extensions:
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName(names), False),
    ]


def _certificate(
    subject: x509.Name,
    key: RSAPrivateKey | EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: EllipticCurvePrivateKey,
    now: datetime,
    lasts: timedelta,
    extensions: Extensions,
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    )
    for extension, is_critical in extensions:
        made = made.add_extension(extension, is_critical)
    return made.sign(issuer_key, SHA256())
