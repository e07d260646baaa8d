"""Values that need no more than a look, read without marshmallow's long way: what the field would read, or `UNSURE`.

A report of fifty positions has three hundred values, and nearly all are plain: a number within its bounds, a text that
matches, an instant. What is unsure here is read by the field itself, which says what is meant or what is wrong with it.
"""

import math
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import marshmallow as ma

from app import clock
from app.characters import trim_ends
from app.http.fields import CategoryPath, Instant, LineField, Pattern, Prose

UNSURE: Any = object()

Reader = Callable[[Any], Any]
LINES = (LineField, Prose, CategoryPath)


def plain_reader(field: ma.fields.Field[Any]) -> Reader | None:
    """The reader of a field's plain values; None for a kind of field, or for rules, of which nothing is known here."""
    rules = [plain_test(rule) for rule in field.validators]
    if field.pre_load or field.post_load or None in rules:
        return None
    tests: list[Callable[[Any], bool]] = [rule for rule in rules if rule is not None]
    kind = type(field)
    if kind is ma.fields.Float and not tests:
        return _read_number(-math.inf, math.inf, is_whole=False)
    if kind in (ma.fields.Float, ma.fields.Integer):
        if not all(isinstance(rule, ma.validate.Range) for rule in field.validators):
            return None
        least, most = _bounds(field)
        return _read_number(least, most, is_whole=kind is ma.fields.Integer)
    if kind is ma.fields.String:
        return lambda value: value if type(value) is str and all(test(value) for test in tests) else UNSURE
    if kind in LINES:
        return _read_line(tests)
    if kind is ma.fields.Enum and isinstance(field, ma.fields.Enum) and field.by_value and not tests:
        named = {member.value: member for member in field.enum if type(member.value) is str}
        return lambda value: named.get(value, UNSURE) if type(value) is str else UNSURE
    return None if tests else READERS.get(kind)


def plain_test(rule: Any) -> Callable[[Any], bool] | None:
    """Whether a value keeps this rule, as a function; None for a rule that is not known here."""
    if type(rule) is Pattern:
        return lambda value: rule.regex.fullmatch(value) is not None
    if type(rule) is ma.validate.Length:
        least, most = (rule.min or 0, rule.max) if rule.equal is None else (rule.equal, rule.equal)
        return lambda value: least <= len(value) and (most is None or len(value) <= most)
    if type(rule) is ma.validate.OneOf:
        return lambda value: value in rule.choices
    if type(rule) is ma.validate.Range and rule.min_inclusive and rule.max_inclusive:
        lower, upper = _range_of(rule)
        return lambda value: lower <= value <= upper
    return None


def _range_of(rule: ma.validate.Range) -> tuple[Any, Any]:
    return -math.inf if rule.min is None else rule.min, math.inf if rule.max is None else rule.max


def _bounds(field: ma.fields.Field[Any]) -> tuple[Any, Any]:
    """Between what all the ranges of a field leave."""
    ranges = [_range_of(rule) for rule in field.validators if isinstance(rule, ma.validate.Range)]
    return max((least for least, _ in ranges), default=-math.inf), min((most for _, most in ranges), default=math.inf)


def _read_number(least: Any, most: Any, *, is_whole: bool) -> Reader:
    if is_whole:
        return lambda value: value if type(value) is int and least <= value <= most else UNSURE
    # One that is no number keeps to no bounds; a whole one may be too large for a float.
    finite = 1e300
    least, most = max(least, -finite), min(most, finite)
    return lambda value: float(value) if type(value) in (float, int) and least <= value <= most else UNSURE


def _read_line(tests: list[Callable[[Any], bool]]) -> Reader:
    def read(value: Any) -> Any:
        # What is printable holds no control sign and no half of a surrogate pair.
        is_plain = type(value) is str and value.isprintable() and trim_ends(value) == value
        return value if is_plain and all(test(value) for test in tests) else UNSURE

    return read


def _read_truth(value: Any) -> Any:
    return value if value is True or value is False else UNSURE


def _read_id(value: Any) -> Any:
    try:
        return uuid.UUID(value) if type(value) is str else UNSURE
    except ValueError:
        return UNSURE


def _read_instant(value: Any) -> Any:
    try:
        found = datetime.fromisoformat(value.upper()) if type(value) is str else None
        return UNSURE if found is None or found.tzinfo is None else clock.in_utc(found)
    except ValueError:
        return UNSURE


READERS: dict[type, Reader] = {ma.fields.Boolean: _read_truth, ma.fields.UUID: _read_id, Instant: _read_instant}
