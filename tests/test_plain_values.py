"""What is plain is read without the long way, and comes to what the long way comes to, complaints included."""

import importlib
import math
import pkgutil
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
from hypothesis import given
from hypothesis import strategies as st
from marshmallow.error_store import ErrorStore

import app
import geo
import offers
import wallet
from app.http.plain_values import UNSURE, plain_reader
from app.http.reading import In, plain_shape

for house in (app, geo, wallet, offers):
    for module in pkgutil.walk_packages(house.__path__, f"{house.__name__}."):
        if module.name.endswith("schemas"):
            importlib.import_module(module.name)

TEXTS = [
    "",
    " ",
    "a",
    "été",
    " a ",
    "fr",
    "17",
    "a/b",
    "a\n",
    "\ud800",
    "\u00a0a",
    "\ufeff",
    "\u2800",
    "true",
    "x" * 300,
]
INSTANTS = ["2026-05-18T12:00:00Z", "2026-05-18t12:00:00+02:00", "2026-05-18T12:00:00", "2026-05-18", "20260518T12Z"]
IDS = [
    "0192f5d2-9c4e-7d3a-8b1f-2f3e4d5c6b7a",
    "0192f5d29c4e7d3a8b1f2f3e4d5c6b7a",
    "{0192f5d2-9c4e-7d3a-8b1f-2f3e4d5c6b7a",
]
NUMBERS = [0, -1, 1, 90, 90.5, -180, 180.00001, 10**400, -(10**400), 1e300, math.nan, math.inf, 2**53]
VALUES = [None, True, False, *TEXTS, *INSTANTS, *IDS, *NUMBERS, [], {}, [1], {"a": 1}, ["a"], "enter", "ibeacon"]
ANY = st.recursive(st.sampled_from(VALUES), lambda some: st.lists(some, max_size=2), max_leaves=3)


def every_shape(family: type[In] = In) -> Iterator[type[In]]:
    for shape in family.__subclasses__():
        yield shape
        yield from every_shape(shape)


SHAPES = [shape() for shape in sorted(every_shape(), key=lambda one: (one.__module__, one.__name__))]
FIELDS = [field for shape in SHAPES for field in shape.load_fields.values()]


def test_a_plain_value_is_what_its_field_makes_of_it() -> None:
    plain, fields = [], []
    for field in FIELDS:
        reader = plain_reader(field)
        for value in VALUES if reader is not None else ():
            if (short := reader(value)) is not UNSURE:
                plain.append((short, type(short)))
                long = field.deserialize(value)
                fields.append((long, type(long)))
    assert plain == fields
    assert len(plain) > 1_000


@given(data=st.data(), shape=st.sampled_from(SHAPES))
def test_a_shape_reads_what_marshmallow_reads_and_complains_of_the_same(data: st.DataObject, shape: In) -> None:
    names = [field.data_key or name for name, field in shape.load_fields.items()] + ["unheard_of"]
    sent = data.draw(st.dictionaries(st.sampled_from(names), ANY) | ANY)
    short, long = ErrorStore(), ErrorStore()
    read = shape._deserialize(sent, error_store=short, unknown=ma.RAISE)
    assert repr(read) == repr(ma.Schema._deserialize(shape, sent, error_store=long, unknown=ma.RAISE))
    assert repr(short.errors) == repr(long.errors)


def test_the_values_of_a_report_are_plain() -> None:
    fix = next(shape for shape in SHAPES if type(shape).__name__ == "SightedFixIn")
    sent: dict[str, Any] = {"id": "1", "at": INSTANTS[0], "lat": 48, "lon": 2.3, "accuracy_m": 12, "mock": False}
    read = [reader(sent[name]) for name, field in fix.load_fields.items() if (reader := plain_reader(field))]
    assert (len(read), UNSURE in read) == (6, False)


PLAIN_SHAPES = [(shape, reader) for shape in SHAPES if (reader := plain_shape(shape)) is not None]


@given(data=st.data(), at=st.sampled_from(range(len(PLAIN_SHAPES))))
def test_a_shape_that_is_plain_to_its_last_value_is_what_marshmallow_loads(data: st.DataObject, at: int) -> None:
    shape, reader = PLAIN_SHAPES[at]
    names = [field.data_key or name for name, field in shape.load_fields.items()] + ["unheard_of"]
    sent = data.draw(st.dictionaries(st.sampled_from(names), ANY) | ANY)
    read = reader(sent)
    if read is not UNSURE:
        assert repr(read) == repr(shape.load(sent))


def test_many_shapes_can_be_plain_and_those_with_steps_of_their_own_are_not() -> None:
    class Judged(In):
        age = ma.fields.Integer(strict=True)

        @ma.validates_schema
        def judge(self, data: Any, **_: Any) -> None:
            raise ma.ValidationError("never")

    assert plain_shape(Judged()) is None
    assert len(PLAIN_SHAPES) > 50
