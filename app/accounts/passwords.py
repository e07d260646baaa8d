"""Passwords: argon2id with the second choice of RFC 9106 section 4, which asks for 64 MiB of memory.

Every hash is made behind a costly door, by threads of their own that give way to whatever else runs on the machine.
"""

import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from app.ops import costly_doors
from app.ops.costly_doors import Door

T = TypeVar("T")

PARAMETERS = RFC_9106_LOW_MEMORY
HASHER = PasswordHasher.from_parameters(PARAMETERS)


WAIT_S = 1.5
"""How long one waits for a place: a hash takes a tenth of a second of a machine that has nothing else to do."""
NICENESS = 5
"""A third of what other work gets, where both want the processor: hashes come late, and come."""


def _give_way() -> None:
    # On Linux this is the thread alone, and the threads that argon2 starts from it.
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_hashing = ThreadPoolExecutor(
    costly_doors.PASSWORDS.at_once + costly_doors.KNOWN_PASSWORDS.at_once, "hash", initializer=_give_way
)


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt and parameters inside. Raises `CostlyDoorBusy`."""
    return _behind_door(costly_doors.KNOWN_PASSWORDS, lambda: HASHER.hash(password))


def password_matches(
    password: str, password_hash: str | None, *, asker: str | None = None, is_known: bool = False
) -> bool:
    """Whether this is the password. Without a hash (nobody of that name) it takes as long, and never is.

    `asker` (a network, a device) has one password checked at a time; strangers are not in the way of whoever is known.
    Raises `CostlyDoorBusy`.
    """
    door = costly_doors.KNOWN_PASSWORDS if is_known else costly_doors.PASSWORDS
    return _behind_door(door, lambda: _verify(password, password_hash), asker)


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def _verify(password: str, password_hash: str | None) -> bool:
    decoy = _decoy()
    try:
        HASHER.verify(password_hash or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _behind_door(door: Door, work: Callable[[], T], asker: str | None = None) -> T:
    with costly_doors.keep_place(door=door, wait_s=WAIT_S, whose=asker):
        return _hashing.submit(work).result()


@lru_cache(maxsize=1)
def _decoy() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))
