"""What we sign: checkpoints of the log and promises to members, with Ed25519 (RFC 8032).

A signature covers the canonical JSON of all that it states, with its `type`, so that none can be taken for another.
"""

from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app import canonical, config

ALGORITHM = "Ed25519"


def checkpoint(*, log_id: str, size: int, root: bytes, signed_at: datetime, kid: str) -> dict[str, Any]:
    """What a checkpoint states."""
    return {
        "type": "checkpoint",
        "alg": ALGORITHM,
        "kid": kid,
        "log_id": log_id,
        "tree_size": size,
        "root": root.hex(),
        "signed_at": instant(signed_at),
    }


def sign_bytes(statement: dict[str, Any]) -> bytes:
    """Our signature under a statement."""
    return private_key().sign(canonical.write_json(statement))


def is_signed(statement: dict[str, Any], signature: bytes, *, public_key: bytes) -> bool:
    """Whether the owner of this key signed this statement."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, canonical.write_json(statement))
    except InvalidSignature:
        return False
    return True


def private_key() -> Ed25519PrivateKey:
    """The key that signs now: the one that was given, else one made from the secret."""
    settings = config.current()
    return _key(bytes.fromhex(settings.log_key) if settings.log_key else settings.key("log"))


def public_key() -> bytes:
    """The 32 bytes that verify what is signed now."""
    return private_key().public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """The name of a public key: the start of its SHA-256."""
    return sha256(public).hexdigest()[:16]


def instant(at: datetime) -> str:
    """An instant in the one spelling of receipts: UTC, microseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@cache
def _key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
