"""What an offer gives, on the wire: the fields of every kind, as the kinds declare_field them.

Units: percent in whole percent, money in minor units with its ISO 4217 currency, points as integers.
"""

from collections.abc import Iterable
from typing import Any

import marshmallow as ma

from app.http.api import In, Out
from app.http.fields import LineField, Pattern
from offers.benefits.kinds import Benefit, fields_of
from offers.benefits.registry import KINDS, collect_fields
from offers.benefits.wire import BilingualField, CurrencyField, WholeField, WireField

MISSING = "Missing data for required field."
FOREIGN = "Not for this kind."


class BilingualOut(Out):
    fr = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


def fields_in(kinds: Iterable[type[Benefit]]) -> dict[str, Any]:
    """The values of these kinds as they are sent to us. Raises `TypeError` for one that has no shape on the wire."""
    return {name: _in(name, declared) for name, declared in collect_fields(kinds).items()}


def fields_out(kinds: Iterable[type[Benefit]]) -> dict[str, Any]:
    """The values of these kinds as they are kept, in both languages. Raises `TypeError` for one without a shape."""
    return {name: _out(declared, ma.fields.Nested(BilingualOut)) for name, declared in collect_fields(kinds).items()}


def fields_told(kinds: Iterable[type[Benefit]]) -> dict[str, Any]:
    """The values of these kinds as a person reads them, in one language. Raises `TypeError` for one without a shape."""
    return {name: _out(declared, ma.fields.String()) for name, declared in collect_fields(kinds).items()}


def _in(name: str, declared: WireField) -> Any:
    match declared:
        case WholeField(least, most):
            return ma.fields.Integer(strict=True, validate=ma.validate.Range(least, most))
        case CurrencyField():
            return ma.fields.String(validate=Pattern(r"^[A-Z]{3}$"), metadata={"description": "ISO 4217"})
        case BilingualField(longest):
            lines: dict[str, Any] = {text: LineField(required=True, longest=longest) for text in ("fr", "en")}
            return ma.fields.Nested(In.from_dict(lines, name=f"{name.title()}In"))
    raise TypeError(f"{name}: {declared} has no shape on the wire")


def _out(declared: WireField, bilingual: Any) -> Any:
    match declared:
        case WholeField():
            return ma.fields.Integer()
        case CurrencyField():
            return ma.fields.String()
        case BilingualField():
            return bilingual
    raise TypeError(f"{declared} has no shape on the wire")


class BenefitIn(In):
    """A benefit of one kind, with all the values of that kind and no others."""

    class Meta(In.Meta):
        include = fields_in(KINDS.values())

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(KINDS)))

    @ma.validates_schema
    def exactly_its_fields(self, data: dict[str, Any], **_: Any) -> None:
        wanted = fields_of(KINDS[data["kind"]])
        wrong = {name: [MISSING] for name in wanted if name not in data}
        wrong |= {name: [FOREIGN] for name in data if name not in ("kind", *wanted)}
        if wrong:
            raise ma.ValidationError(wrong)


class BenefitOut(Out):
    """What the offer gives; which fields there are depends on `kind`."""

    class Meta(Out.Meta):
        include = fields_out(KINDS.values())

    kind = ma.fields.String(required=True)


class BenefitCardOut(Out):
    """What the offer gives, as a member reads it: the name of a free item in the reader's language."""

    class Meta(Out.Meta):
        include = fields_told(KINDS.values())

    kind = ma.fields.String(required=True)
