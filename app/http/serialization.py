"""Answers on the wire: marshmallow's, with a short way through the values that need no work.

marshmallow asks each value of each thing through five calls; a long answer is mostly that. What a field does is looked
up once per schema, and only a value that its field changes goes the whole way.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import marshmallow as ma

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
                value = obj.get(attribute) if is_dict else getattr(obj, attribute, None)
                if type(value) is plain:
                    answer[key] = value if make is None else make(value)
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
