"""What phones tell of themselves, as the database keeps it: the id of a phone as a keyed hash, since it opens the list
of its passes; its push token sealed, since it must be sent to Apple again."""

import hmac
import secrets
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import config

NONCE_BYTES = 12
LONGEST_ID = 128
"""Characters of the id of a phone; Apple's have 32."""
LONGEST_TOKEN = 400
"""Characters of a push token; Apple's have 64 and may grow, says Apple."""


def hash_device(device_id: str) -> bytes:
    """What the id of a phone is kept and looked for as. It outlasts a change of the secret: the phone keeps its id."""
    return hmac.digest(config.current().lasting_key("apple/device"), device_id.encode(), sha256)


def hash_push_token(token: str) -> bytes:
    """What tells that two push tokens are one."""
    return hmac.digest(config.current().lasting_key("apple/same-token"), token.encode(), sha256)


def seal_push_token(token: str, device_hash: bytes) -> bytes:
    """A push token as the database keeps it; it opens for this phone only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, token.encode(), device_hash)


def open_push_token(sealed: bytes, device_hash: bytes) -> str | None:
    """The push token of a phone; None for one that was sealed by another secret."""
    try:
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], device_hash).decode()
    except InvalidTag:
        return None


def _cipher() -> AESGCM:
    return AESGCM(config.current().lasting_key("apple/push-token"))
