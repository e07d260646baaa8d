"""Whether a message is Google's and for us: ECv2SigningOnly, in two steps of ECDSA over P-256 with SHA-256.

A root key of Google signs a key that lives for days, and that one signs the message. What is signed is a row of parts,
each behind its length in bytes (four, the lowest first): the sender, for a message also whose it is, the protocol, the
text. Sender, recipient and protocol are ours to say, never the message's: else a genuine message to another issuer, or
one of another protocol, would do. Source: Google Wallet, "Use callbacks"; Google Pay, "Payment data cryptography".
"""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

SENDER = "GooglePayPasses"
PROTOCOL = "ECv2SigningOnly"


class RootKey(NamedTuple):
    """A key of Google's own, and until when it signs; None for one that does not say."""

    key: ec.EllipticCurvePublicKey
    good_until: datetime | None


class CopyEvent(StrEnum):
    """What happened to a copy."""

    SAVE = "save"
    DELETE = "del"


class CallbackMessage(NamedTuple):
    """What Google says, once it is proven."""

    class_id: str
    object_id: str
    event: CopyEvent
    good_until: datetime
    nonce: str


class MessageForged(Exception):
    """It is not Google's, not for us, too old or no message. The reason is for logs: a code, nothing that was sent."""


def prove_message(said: Any, *, issuers: Collection[str], roots: Sequence[RootKey], now: datetime) -> CallbackMessage:
    """What a callback says, if it is genuine, for one of these issuers and still good. Raises `MessageForged`."""
    try:
        signed_key, signed_message = said["intermediateSigningKey"]["signedKey"], said["signedMessage"]
        key_signatures, signature = said["intermediateSigningKey"]["signatures"], said["signature"]
        if said["protocolVersion"] != PROTOCOL or not isinstance(key_signatures, list):
            raise MessageForged("protocol")
        key = _intermediate_key(signed_key, key_signatures, roots, now=now)
        message = json.loads(signed_message)
        issuer = str(message["classId"]).partition(".")[0]
        if issuer not in issuers or str(message["objectId"]).partition(".")[0] != issuer:
            raise MessageForged("issuer")
        if not _is_signed(key, signature, SENDER, issuer, PROTOCOL, signed_message):
            raise MessageForged("signature")
        good_until = _instant(message["expTimeMillis"])
        if good_until <= now:
            raise MessageForged("expired")
        return CallbackMessage(
            message["classId"],
            message["objectId"],
            CopyEvent(message["eventType"]),
            good_until,
            str(message["nonce"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise MessageForged("malformed") from None


def read_roots(document: Any) -> list[RootKey]:
    """The keys of this protocol in Google's list of them. Raises `ValueError` for what is no such list."""
    try:
        return [
            RootKey(_read_key(each["keyValue"]), _instant(each["keyExpiration"]) if "keyExpiration" in each else None)
            for each in document["keys"]
            if each["protocolVersion"] == PROTOCOL
        ]
    except (KeyError, TypeError, AttributeError):
        raise ValueError("no list of keys") from None


def signed_bytes(*parts: str) -> bytes:
    """What is signed: each part behind the number of its bytes."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "little") + part for part in encoded)


def _intermediate_key(
    signed_key: str, signatures: Sequence[str], roots: Sequence[RootKey], *, now: datetime
) -> ec.EllipticCurvePublicKey:
    standing = [root.key for root in roots if root.good_until is None or root.good_until > now]
    if not any(
        _is_signed(key, signature, SENDER, PROTOCOL, signed_key) for key in standing for signature in signatures[:5]
    ):
        raise MessageForged("intermediate_key")
    said = json.loads(signed_key)
    if _instant(said["keyExpiration"]) <= now:
        raise MessageForged("intermediate_key_expired")
    return _read_key(said["keyValue"])


def _is_signed(key: ec.EllipticCurvePublicKey, signature: str, *parts: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), signed_bytes(*parts), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _read_key(text: str) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError("no key of P-256")
    return key


def _instant(millis: Any) -> datetime:
    return datetime.fromtimestamp(int(millis) / 1000, UTC)
