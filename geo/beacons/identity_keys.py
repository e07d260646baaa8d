"""Identity keys of beacons: sealed by a key of ours that the database does not hold, and agreed on with a beacon.

Whoever has an identity key can be that beacon anywhere, for ever; so it comes in and is never told again. The keys of
ours outlast a change of the secret: the radios on the walls cannot be told of it.
"""

import hmac
import secrets
import uuid
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import config
from geo.beacons import ephemeral

NONCE_BYTES = 12


def seal_key(beacon_id: uuid.UUID, key: bytes) -> bytes:
    """An identity key as the database keeps it; it opens for this beacon only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, key, beacon_id.bytes)


def open_key(beacon_id: uuid.UUID, sealed: bytes) -> bytes:
    """The identity key of a beacon. Raises `InvalidTag` for one that was sealed by another secret, or for another."""
    return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], beacon_id.bytes)


def hash_key(key: bytes) -> bytes:
    """What tells that a key is there already, to nobody but us."""
    return hmac.digest(config.current().lasting_key("beacons/same-key"), key, sha256)


def our_public_key() -> bytes:
    """What a beacon is given to agree on its identity key with us, 32 bytes (X25519)."""
    return ephemeral.public_bytes(_private_key())


def agree_key(beacon_public_key: bytes) -> bytes:
    """The identity key that the beacon with this public key works out. Raises `ValueError` for a key that is none."""
    return ephemeral.agree_identity_key(_private_key(), beacon_public_key=beacon_public_key)


def _private_key() -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(config.current().lasting_key("beacons/agreement"))


def _cipher() -> AESGCM:
    return AESGCM(config.current().lasting_key("beacons/identity-keys"))
