"""Where a pass is brought up to date, and what a reader by radio is told (Apple, objects `Pass` and `Pass.NFC`)."""

import base64
import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.kinds import PASS
from wallet.doctor.reach.findings import RadioAilment, ServiceAilment

ADDRESS, TOKEN = "webServiceURL", "authenticationToken"
SHORTEST_TOKEN = 16
FEW_SIGNS = 5
"""A token drawn by lot has more different characters than that."""
LOCAL = (".local", ".localhost", ".internal", ".lan", ".test", ".invalid", ".home.arpa")
LONGEST_MESSAGE = 64
COMPRESSED = 59
"""Bytes of a compressed point of P-256 as SubjectPublicKeyInfo; uncompressed it has 91."""


def check_service(content: Mapping[str, Any], *, symptoms: Symptoms) -> None:
    """Note an address or a token with which a pass would never change again, or for anybody."""
    address, token = content.get(ADDRESS), content.get(TOKEN)
    if not address and not token:
        symptoms.note(ServiceAilment.SERVICE_NONE, PASS)
    elif not token:
        symptoms.note(ServiceAilment.SERVICE_HALF, f"{PASS}#/{ADDRESS}", key=ADDRESS, other=TOKEN)
    elif not address:
        symptoms.note(ServiceAilment.SERVICE_HALF, f"{PASS}#/{TOKEN}", key=TOKEN, other=ADDRESS)
    if isinstance(address, str) and address:
        _check_address(address, symptoms)
    if isinstance(token, str) and token:
        about = f"{PASS}#/{TOKEN}"
        if len(token) < SHORTEST_TOKEN:
            symptoms.note(ServiceAilment.TOKEN_SHORT, about, length=len(token))
        elif token == content.get("serialNumber") or len(set(token)) <= FEW_SIGNS:
            symptoms.note(ServiceAilment.TOKEN_GUESSABLE, about)


def _check_address(address: str, symptoms: Symptoms) -> None:
    about = f"{PASS}#/{ADDRESS}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https") or address != address.strip() or " " in address:
        symptoms.note(ServiceAilment.SERVICE_ADDRESS, about)
        return
    if _is_local(host):
        symptoms.note(ServiceAilment.SERVICE_LOCAL, about, host=host)
    elif parts.scheme == "http":
        symptoms.note(ServiceAilment.SERVICE_PLAIN, about)
    if "?" in address or "#" in address or parts.username is not None:
        symptoms.note(ServiceAilment.SERVICE_TAIL, about)
    if parts.path.endswith("/"):
        symptoms.note(ServiceAilment.SERVICE_SLASH, about)
    if parts.path.rstrip("/").endswith("/v1"):
        symptoms.note(ServiceAilment.SERVICE_VERSION, about)


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(LOCAL)


def check_radio(content: Mapping[str, Any], *, symptoms: Symptoms) -> None:
    """Note what a reader by radio could not use."""
    nfc = content.get("nfc")
    if not isinstance(nfc, dict):
        return
    message, key = nfc.get("message"), nfc.get("encryptionPublicKey")
    if not isinstance(message, str) or not 0 < len(message.encode()) <= LONGEST_MESSAGE:
        symptoms.note(RadioAilment.NFC_MESSAGE, f"{PASS}#/nfc/message")
    try:
        written = base64.b64decode(key if isinstance(key, str) else "", validate=True)
        public = load_der_public_key(written)
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        symptoms.note(RadioAilment.NFC_KEY, f"{PASS}#/nfc/encryptionPublicKey")
    elif len(written) != COMPRESSED:
        symptoms.note(RadioAilment.NFC_KEY_LONG, f"{PASS}#/nfc/encryptionPublicKey")
    symptoms.note(RadioAilment.NFC_CERTIFICATE, f"{PASS}#/nfc")
