"""What an offer gives, on the wire: the fields of every kind, as the kinds declare_field them.

Units: percent in whole percent, `_bp` in hundredths of one, money in minor units with its ISO 4217 currency, points as
integers.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar

import marshmallow as ma

from app import complaints
from app.http.api import In, Out
from app.http.fields import LIST_CODE, LineField, Pattern
from app.http.serialization import BilingualOut
from offers.benefits.errors import NOT_TOGETHER
from offers.benefits.kinds import Benefit, fields_of
from offers.benefits.registry import KINDS, collect_fields, read_benefit
from offers.benefits.wire import (
    BilingualField,
    ChoiceField,
    CurrencyField,
    ProductListField,
    StepsField,
    WholeField,
    WireField,
)

MOST_STEPS = 10


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
            return ma.fields.String(
                validate=Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), metadata={"description": "ISO 4217"}
            )
        case BilingualField(longest):
            return ma.fields.Nested(_lines_in(name, longest))
        case ChoiceField(words):
            return ma.fields.String(validate=ma.validate.OneOf(words))
        case ProductListField():
            return ma.fields.String(validate=LIST_CODE, metadata={"description": "The code of a product list"})
        case StepsField(gives, most):
            return ma.fields.List(
                ma.fields.Nested(_step_in(name, gives, most)), validate=ma.validate.Length(1, MOST_STEPS)
            )
    raise TypeError(f"{name}: {declared} has no shape on the wire")


@cache
def _lines_in(name: str, longest: int) -> type[ma.Schema]:
    lines: dict[str, Any] = {text: LineField(required=True, longest=longest) for text in ("fr", "en")}
    return In.from_dict(lines, name=f"{name.title()}In")


@cache
def _step_in(name: str, gives: str, most: int) -> type[ma.Schema]:
    bounds = {"at_least": 100_000_000, gives: most}
    values: dict[str, Any] = {
        value: ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, bound))
        for value, bound in bounds.items()
    }
    return In.from_dict(values, name=f"{_title(name)}In")


@cache
def _step_out(gives: str) -> type[ma.Schema]:
    values: dict[str, Any] = {value: ma.fields.Integer(required=True) for value in ("at_least", gives)}
    return Out.from_dict(values, name=f"{_title(gives)}StepOut")


def _title(name: str) -> str:
    return name.title().replace("_", "")


def _out(declared: WireField, bilingual: Any) -> Any:
    match declared:
        case WholeField():
            return ma.fields.Integer()
        case CurrencyField() | ChoiceField() | ProductListField():
            return ma.fields.String()
        case BilingualField():
            return bilingual
        case StepsField(gives, _):
            return ma.fields.List(ma.fields.Nested(_step_out(gives)))
    raise TypeError(f"{declared} has no shape on the wire")


def shapes_of(
    kinds: Mapping[str, type[Benefit]],
    *,
    shape: type[ma.Schema],
    fields: Callable[[Iterable[type[Benefit]]], dict[str, Any]],
    ends: str,
) -> dict[str, type[ma.Schema]]:
    """The shape of each kind by itself, as the document tells them apart. Raises `TypeError` as `fields` does."""
    shapes = {}
    for code, kind in kinds.items():
        values = {"kind": ma.fields.String(), **fields([kind])}
        for value in values.values():
            value.required = True
        shapes[code] = shape.from_dict(values, name=f"{kind.__name__}{ends}")
    return shapes


def _in_words(kinds: Mapping[str, type[Benefit]]) -> dict[str, type[Benefit]]:
    """The kinds of which a person reads something in one language; the others are told as they are kept."""
    return {
        code: kind
        for code, kind in kinds.items()
        if any(isinstance(declared, BilingualField) for declared in fields_of(kind).values())
    }


class BenefitIn(In):
    """A benefit of one kind, with all the values of that kind and no others."""

    kinds: ClassVar = shapes_of(KINDS, shape=In, fields=fields_in, ends="In")

    class Meta(In.Meta):
        include = fields_in(KINDS.values())

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(KINDS)))

    @ma.validates_schema
    def exactly_its_fields(self, data: dict[str, Any], **_: Any) -> None:
        wanted = fields_of(KINDS[data["kind"]])
        wrong = {name: [complaints.MISSING] for name in wanted if name not in data}
        wrong |= {name: [complaints.NOT_OF_THIS_KIND] for name in data if name not in ("kind", *wanted)}
        fault = None if wrong else read_benefit(data).fault
        if wrong or fault is not None:
            raise ma.ValidationError(wrong or {str(fault): [NOT_TOGETHER]})


class BenefitOut(Out):
    """What the offer gives; which fields there are depends on `kind`."""

    kinds: ClassVar = shapes_of(KINDS, shape=Out, fields=fields_out, ends="Out")

    class Meta(Out.Meta):
        include = fields_out(KINDS.values())

    kind = ma.fields.String(required=True)


class BenefitCardOut(Out):
    """What the offer gives, as a member reads it: the name of a free item in the reader's language."""

    kinds: ClassVar = BenefitOut.kinds | shapes_of(_in_words(KINDS), shape=Out, fields=fields_told, ends="CardOut")

    class Meta(Out.Meta):
        include = fields_told(KINDS.values())

    kind = ma.fields.String(required=True)
