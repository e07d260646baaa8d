"""Answers on the wire: marshmallow's, with a short way through the values that need no work, and shapes that are made
from other descriptions.

marshmallow asks each value of each thing through five calls; a long answer is mostly that. What a field does is looked
up once per schema, and only a value that its field changes goes the whole way.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, cached_property
from typing import Any, NamedTuple
from uuid import UUID

import marshmallow as ma

from app.http.fields import Instant
from app.http.reading import In

PLAIN: list[tuple[type[Any], type[Any], Callable[[Any], Any] | None]] = [
    (ma.fields.UUID, UUID, str),
    (ma.fields.String, str, None),
    (ma.fields.Integer, int, None),
    (ma.fields.Boolean, bool, None),
]
"""Kinds of field, the type of value that needs no more than a look, and what is made of it if it is not itself."""


class Step(NamedTuple):
    """How one field is answered: its name, its name on the thing and in the answer, and the type that is plain."""

    name: str
    field: ma.fields.Field[Any]
    attribute: str
    key: str
    plain: type[Any] | None
    make: Callable[[Any], Any] | None


class Out(ma.Schema):
    """What we answer: open. Clients must accept new fields."""

    class Meta:
        unknown = ma.INCLUDE

    @cached_property
    def _steps(self) -> list[Step]:
        return [_step(name, field) for name, field in self.dump_fields.items()]

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        """As marshmallow does, value by value; it goes marshmallow's own way for whatever is not plain."""
        if many and obj is not None:
            return [self._serialize(one) for one in obj]
        answer: dict[str, Any] = self.dict_class()
        is_dict = type(obj) is dict
        for name, field, attribute, key, plain, make in self._steps:
            if plain is not None:
                value = obj.get(attribute, ma.missing) if is_dict else getattr(obj, attribute, ma.missing)
                if value is None or type(value) is plain:
                    answer[key] = value if make is None or value is None else make(value)
                    continue
            value = field.serialize(name, obj, accessor=self.get_attribute)
            if value is not ma.missing:
                answer[key] = value
        return answer


def _step(name: str, field: ma.fields.Field[Any]) -> Step:
    attribute = field.attribute or name
    plain, make = None, None
    if type(field).serialize is ma.fields.Field.serialize and "." not in attribute:
        for kind, plain_type, made in PLAIN:
            if isinstance(field, kind) and type(field)._serialize is kind._serialize:
                plain, make = plain_type, made
                break
    if getattr(field, "as_string", False):
        plain = None
    return Step(name, field, attribute, field.data_key or name, plain, make)


class BilingualOut(Out):
    """A text in both languages."""

    fr = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class KeptInstant(Instant):
    """An instant that is kept as text; answered in UTC."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        return super()._serialize(at, attr, obj, **kwargs)


@cache
def mirror_shape(sent: type[In], *, without: tuple[str, ...] = ()) -> type[Out]:
    """The shape in which what was sent is told again: all of it, and what was left out as it counts.

    A field is always there if it had to be sent or has a default.
    """
    fields = {name: _mirrored(field) for name, field in sent().fields.items() if name not in without}
    if fields.keys() == BilingualOut().fields.keys():
        return BilingualOut
    return _shape(f"{sent.__name__.removesuffix('In')}Content", fields, sent.__doc__)


def _shape(name: str, fields: Mapping[str, Any], told: str | None) -> type[Out]:
    made = Out.from_dict(dict(fields), name=f"{name}Out")
    made.__doc__ = told
    return made  # type: ignore[return-value]


def _mirrored(field: ma.fields.Field[Any]) -> Any:
    is_told = field.required or field.load_default is not ma.missing
    always: dict[str, Any] = {"required": is_told, "allow_none": field.allow_none}
    match field:
        case ma.fields.Nested():
            return ma.fields.Nested(mirror_shape(type(field.schema)), **always)
        case ma.fields.List():
            return ma.fields.List(_mirrored(field.inner), **always)
        case Instant():
            return KeptInstant(**always)
        case ma.fields.UUID() | ma.fields.Integer() | ma.fields.Boolean():
            return type(field)(**always)
    words = [rule for rule in field.validators if isinstance(rule, ma.validate.OneOf)]
    return ma.fields.String(validate=words, **always)


def describe_object(node: Mapping[str, Any], *, whole: Mapping[str, Any], name: str) -> type[Out]:
    """The shape of an object of a JSON Schema, without its conditions; `whole` is the schema with its definitions."""
    fields = {
        key: _described(part, whole, f"{name}{key.title().replace('_', '')}", required=key in node.get("required", ()))
        for key, part in node["properties"].items()
    }
    return _shape(name, fields, None)


def _described(node: Mapping[str, Any], whole: Mapping[str, Any], name: str, **always: Any) -> Any:
    while "$ref" in node:
        node = whole["$defs"][node["$ref"].rpartition("/")[2]]
    match node.get("type"):
        case "object":
            return ma.fields.Nested(describe_object(node, whole=whole, name=name), **always)
        case "array":
            return ma.fields.List(_described(node["items"], whole, name), **always)
        case "integer":
            return ma.fields.Integer(**always)
        case "boolean":
            return ma.fields.Boolean(**always)
    plain = ma.fields.Integer if isinstance(node.get("const"), int) else ma.fields.String
    return plain(**always)
