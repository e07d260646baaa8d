"""Canonical JSON (RFC 8785) and hexadecimal, read strictly: one value has one spelling, so every byte counts."""

import json
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value."""
    return rfc8785.dumps(value)


def parsed(data: bytes) -> Any:
    """The value of canonical JSON. Raises ValueError for anything else, even for one space more."""
    value = json.loads(data)  # UnicodeDecodeError and JSONDecodeError are ValueErrors
    if canonical(value) != data:
        raise ValueError("not canonical JSON (RFC 8785)")
    return value


def from_hex(text: str, *, size: int) -> bytes:
    """The bytes that lower-case hexadecimal spells. Raises ValueError for any other spelling or size."""
    found = bytes.fromhex(text)
    if found.hex() != text or len(found) != size:
        raise ValueError("not hexadecimal of the right size")
    return found
