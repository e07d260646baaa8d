"""Payloads that the app seals with a key of its own: XSalsa20 and Poly1305, libsodium's `crypto_secretbox`.

The key is a passphrase of at most 32 bytes, filled up with zero bytes; what is sealed travels as its nonce of 24 bytes
and the box behind it, in base64 (OwnTracks booklet, "Payload encryption").
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from geo.owntracks import messages


def is_sealed(message: Mapping[str, Any]) -> bool:
    """Whether a message says that it is sealed."""
    return message.get("_type") == "encrypted"


def open_message(message: Mapping[str, Any], passphrase: str | None) -> list[Mapping[str, Any]]:
    """What a sealed message says; nothing where the key is another one, or where we share none with the phone."""
    data = message.get("data")
    if passphrase is None or not isinstance(data, str):
        return []
    try:
        plain = _box(passphrase).decrypt(base64.b64decode(data))
    except (ValueError, CryptoError):  # no base64, too short, or sealed with another key
        return []
    return [one for one in messages.parse_body(plain) if not is_sealed(one)]


def seal_message(message: Mapping[str, Any], passphrase: str) -> dict[str, str]:
    """A message that only this phone can read, with a nonce that no other one has."""
    sealed = _box(passphrase).encrypt(json.dumps(message).encode())
    return {"_type": "encrypted", "data": base64.b64encode(sealed).decode()}


def _box(passphrase: str) -> SecretBox:
    return SecretBox(passphrase.encode()[: SecretBox.KEY_SIZE].ljust(SecretBox.KEY_SIZE, b"\0"))
