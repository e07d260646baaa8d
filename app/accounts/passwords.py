"""Passwords: argon2id with the second choice of RFC 9106 section 4, which asks for 64 MiB of memory."""

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

PARAMETERS = RFC_9106_LOW_MEMORY
HASHER = PasswordHasher.from_parameters(PARAMETERS)


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt and parameters inside."""
    return HASHER.hash(password)


def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether this is the password. Without a hash (nobody of that name) it takes as long, and never is."""
    decoy = _decoy()
    try:
        HASHER.verify(password_hash or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def _decoy() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))
