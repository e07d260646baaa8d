"""Passwords of one time step (RFC 6238) over those of a counter (RFC 4226), with SHA-1 as wallets make them. Pure."""

import hmac
from datetime import datetime

STEP_S = 30
DIGITS = 8


def make_password(key: bytes, *, counter: int, digits: int = DIGITS) -> str:
    """The password of this counter (RFC 4226, section 5.3)."""
    mac = hmac.digest(key, counter.to_bytes(8), "sha1")
    start = mac[-1] & 0xF
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


def is_password(given: str, *, key: bytes, counter: int) -> bool:
    """Whether this is the password of this counter, in constant time."""
    return hmac.compare_digest(make_password(key, counter=counter), given)


def step_of(at: datetime) -> int:
    """The time step of an instant, counted from 1970."""
    return int(at.timestamp()) // STEP_S
