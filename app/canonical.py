"""Canonical JSON (RFC 8785) and hexadecimal, read strictly: one value has one spelling, so every byte counts."""

import json
from typing import Any

import orjson
import rfc8785

EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON reads exactly."""


def write_json(value: Any) -> bytes:
    """The one spelling of a JSON value. Raises ValueError for what has none, and for what is nested too deep.

    Where nothing needs the finer rules, a serialiser that is much faster gives the same bytes.
    """
    try:
        return _written(value)
    except RecursionError:
        raise ValueError("nested too deep") from None


def read_json(data: bytes) -> Any:
    """The value of canonical JSON. Raises ValueError for anything else, even for one space more."""
    try:
        value = json.loads(data)  # UnicodeDecodeError and JSONDecodeError are ValueErrors
    except RecursionError:
        raise ValueError("nested too deep") from None
    if write_json(value) != data:
        raise ValueError("not canonical JSON (RFC 8785)")
    return value


def read_hex(text: str, *, size: int) -> bytes:
    """The bytes that lower-case hexadecimal spells. Raises ValueError for any other spelling or size."""
    found = bytes.fromhex(text)
    if found.hex() != text or len(found) != size:
        raise ValueError("not hexadecimal of the right size")
    return found


def _written(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if _is_simple(value) else rfc8785.dumps(value)
    except orjson.JSONEncodeError:  # half a sign, or too deep for it: the slower one knows what to say
        return rfc8785.dumps(value)


def _is_simple(value: Any) -> bool:
    """Whether there are only texts, small whole numbers, yes, no and null, under ASCII names: all have one spelling."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-EXACT <= value <= EXACT)
    if kind is dict:
        return all(type(name) is str and name.isascii() for name in value) and all(map(_is_simple, value.values()))
    return kind is list and all(map(_is_simple, value))
