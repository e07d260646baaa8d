"""marshmallow in our words: where it keeps English sentences, a field of ours keeps complaints with their bounds."""

from collections.abc import Iterator
from typing import Any, TypeVar

import marshmallow as ma

from app import complaints
from app.complaints import Complaint

Rule = TypeVar("Rule")

MESSAGES: dict[type, dict[str, Complaint]] = {
    ma.fields.Field: {
        "required": complaints.MISSING,
        "null": complaints.NULL,
        "validator_failed": complaints.INVALID,
    },
    ma.fields.String: {"invalid": complaints.NOT_TEXT, "invalid_utf8": complaints.NOT_TEXT},
    ma.fields.UUID: {"invalid_uuid": complaints.NOT_AN_ID},
    ma.fields.Number: {"invalid": complaints.NOT_A_NUMBER, "too_large": complaints.NOT_A_NUMBER},
    ma.fields.Integer: {"invalid": complaints.NOT_AN_INTEGER, "too_large": complaints.NOT_AN_INTEGER},
    ma.fields.Float: {"special": complaints.NOT_A_NUMBER},
    ma.fields.Boolean: {"invalid": complaints.NOT_A_BOOLEAN},
    ma.fields.DateTime: dict.fromkeys(("invalid", "invalid_awareness", "format"), complaints.NOT_AN_INSTANT),
    ma.fields.Date: dict.fromkeys(("invalid", "invalid_awareness", "format"), complaints.NOT_A_DATE),
    ma.fields.List: {"invalid": complaints.NOT_A_LIST},
    ma.fields.Mapping: {"invalid": complaints.NOT_AN_OBJECT},
    ma.fields.Nested: {"type": complaints.NOT_AN_OBJECT},
}
"""What each kind of field complains of, by marshmallow's own names; a kind of field also has those of its parents."""


class Explanation:
    """Stands where a rule of marshmallow's keeps its sentence: what it is made into is a complaint."""

    def __init__(self, rule: Any) -> None:
        self.rule = rule

    def format(self, *, input: Any, **_: Any) -> list[Complaint]:
        """What is wrong with `input`, as `ValidationError` takes it."""
        return [explain_rule(self.rule, input)]


def word_field(field: ma.fields.Field[Any]) -> None:
    """Give a field, its rules, and the fields inside it our complaints in place of marshmallow's sentences."""
    words: dict[str, Complaint] = {}
    for kind in reversed(type(field).__mro__):
        words |= MESSAGES.get(kind, {})
    if isinstance(field, ma.fields.Enum):
        words["unknown"] = complaints.NOT_ONE_OF.with_facts(allowed=[one.value for one in field.enum])
    said: dict[str, Any] = field.error_messages
    field.error_messages = {
        key: [words[key]] if isinstance(message, str) and key in words else message for key, message in said.items()
    }
    for rule in field.validators:
        word_rule(rule)
    for inner in inner_fields(field):
        word_field(inner)


def word_rule(rule: Rule) -> Rule:
    """The rule, with our complaint in place of its sentence; those that are ours have it already."""
    if isinstance(rule, ma.validate.Range | ma.validate.Length | ma.validate.OneOf | ma.validate.Equal):
        rule.error = Explanation(rule)  # type: ignore[assignment]
    return rule


def inner_fields(field: ma.fields.Field[Any]) -> Iterator[ma.fields.Field[Any]]:
    """The fields of what a list or an object holds."""
    for name in ("inner", "key_field", "value_field"):
        inner = getattr(field, name, None)
        if inner is not None:
            yield inner


def explain_rule(rule: Any, value: Any) -> Complaint:
    """What this rule has against this value."""
    match rule:
        case ma.validate.Range():
            lower, upper = "min" if rule.min_inclusive else "above", "max" if rule.max_inclusive else "below"
            bounds = {lower: rule.min, upper: rule.max}
            return complaints.out_of_range(**{name: bound for name, bound in bounds.items() if bound is not None})
        case ma.validate.Length():
            least, most = (rule.min, rule.max) if rule.equal is None else (rule.equal, rule.equal)
            short, long = (
                (complaints.TOO_SHORT, complaints.TOO_LONG)
                if isinstance(value, str)
                else (complaints.TOO_FEW, complaints.TOO_MANY)
            )
            return (
                short.with_facts(min=least) if least is not None and len(value) < least else long.with_facts(max=most)
            )
        case ma.validate.OneOf():
            return complaints.NOT_ONE_OF.with_facts(allowed=list(rule.choices))
        case ma.validate.Equal():
            return complaints.NOT_ONE_OF.with_facts(allowed=[rule.comparable])
    return complaints.INVALID
