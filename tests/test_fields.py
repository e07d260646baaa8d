"""Values on the wire: what a line and a text of several lines may hold, how an instant is written."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import complaints
from app.characters import SEEN_BY_NOBODY
from app.consent.errors import AskedTooSoon
from app.factory import Ici
from app.http import reading
from app.http.api import In
from app.http.fields import Instant, LineField, Prose, Values
from app.http.plain_values import UNSURE, plain_reader
from app.http.serialization import KeptInstant
from app.languages import Moment
from geo.recordings.gpx_files import read_time

LINE, PROSE = LineField(longest=5), Prose(longest=5)


@pytest.mark.parametrize("text", ["a", "ab cd", "été", "🛒", "  a  ", "a\n", "\u00a0a\u202f", "\ufeffa"])
def test_a_line_is_taken_without_what_nobody_sees_around_it(text: str) -> None:
    assert LINE.deserialize(text) == text.strip(SEEN_BY_NOBODY)


@pytest.mark.parametrize(
    "text", ["", "   ", "abcdef", "a\nb", "a\tb", "a\0b", "a\x7fb", "\x1fa", "a\x1c", "\ud800", 5, None]
)
def test_what_is_no_short_line_is_refused(text: object) -> None:
    with pytest.raises(ma.ValidationError):
        LINE.deserialize(text)


def test_prose_has_lines() -> None:
    assert PROSE.deserialize("a\n\tb") == "a\n\tb"


@pytest.mark.parametrize("text", ["", "a\0b", "a\x1bb", "\udfff"])
def test_prose_holds_no_other_control_characters(text: str) -> None:
    with pytest.raises(ma.ValidationError):
        PROSE.deserialize(text)


NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
FIRST, LAST = NOON.replace(year=2000, tzinfo=None), NOON.replace(year=2199, tzinfo=None)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "text", ["2026-05-18T12:00:00Z", "2026-05-18t12:00:00z", "2026-05-18T14:00:00+02:00", "2026-05-18T06:30:00-05:30"]
)
def test_an_instant_is_read_in_every_spelling_of_rfc_3339(text: str) -> None:
    assert Instant().deserialize(text) == NOON


@pytest.mark.parametrize("text", ["2026-05-19T09:14:00+21:14", "0387-09-04T03:55:13-23:59"])
def test_an_offset_that_postgresql_does_not_take_is_none_of_what_is_read(text: str) -> None:
    for read in (Instant().deserialize(text), plain_reader(Instant())(text)):  # type: ignore[misc]
        assert (read, read.tzinfo) == (datetime.fromisoformat(text), UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:00-00:01"])
def test_an_instant_that_the_calendar_does_not_hold_in_utc_is_refused(text: str) -> None:
    with pytest.raises(ma.ValidationError):
        Instant().deserialize(text)
    assert plain_reader(Instant())(text) is UNSURE  # type: ignore[misc]
    assert read_time(text) is None


@pytest.mark.parametrize("text", ["2026-05-18T12:00:00", "2026-05-18", "noon", "", 12])
def test_what_is_no_instant_is_refused(text: object) -> None:
    with pytest.raises(ma.ValidationError):
        Instant().deserialize(text)


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=ZONES))
def test_every_instant_is_answered_in_utc(at: datetime) -> None:
    said = Instant().serialize("at", {"at": at})
    assert said.endswith("Z")
    assert datetime.fromisoformat(said) == at


def test_an_instant_that_is_kept_as_text_is_answered_in_utc() -> None:
    assert KeptInstant().serialize("at", {"at": "2026-05-18T14:00:00+02:00"}) == "2026-05-18T12:00:00Z"
    assert KeptInstant().serialize("at", {"at": None}) is None


def test_an_instant_among_the_facts_of_a_refusal_is_answered_in_utc() -> None:
    at = Moment(NOON.astimezone(timezone(timedelta(hours=2))), "Europe/Paris")
    facts = AskedTooSoon(ask_again_at=at).body(language="en", instance="x")["facts"]
    assert facts == {"ask_again_at": "2026-05-18T12:00:00Z"}


class ReadIn(In):
    looked_at: ClassVar[list[object]] = []

    @ma.pre_load
    def note(self, data: object, **_: object) -> object:
        self.looked_at.append(data)
        return data


class ManyIn(In):
    things = ma.fields.List(ma.fields.Nested(ReadIn), validate=ma.validate.Length(max=3))


def test_a_list_is_refused_for_its_length_before_its_items_are_looked_at() -> None:
    ReadIn.looked_at.clear()
    with pytest.raises(ma.ValidationError) as refused:
        ManyIn().load({"things": [{}] * 80_000})
    assert [one.code for one in refused.value.messages["things"]] == ["too_many"]
    assert ReadIn.looked_at == []
    ManyIn().load({"things": [{}] * 3})
    assert len(ReadIn.looked_at) == 3


def test_every_list_that_is_sent_has_an_end(app: Ici) -> None:
    endless = [
        f"{schema.__name__}.{name}"
        for schema in schemas_of(In)
        for name, field in schema().fields.items()
        if isinstance(field, ma.fields.List)
        and not any(isinstance(rule, ma.validate.Length) and (rule.max or rule.equal) for rule in field.validators)
    ]
    assert endless == []


def schemas_of(family: type[ma.Schema]) -> Iterator[type[ma.Schema]]:
    for schema in family.__subclasses__():
        yield schema
        yield from schemas_of(schema)


def test_an_answer_has_at_most_a_hundred_complaints() -> None:
    messages = {"json": {str(number): [complaints.UNKNOWN_FIELD] for number in range(30_000)}}
    assert len(reading.pointers(messages)) == reading.MOST_POINTERS


@pytest.mark.parametrize(("value", "is_taken"), [({"a": [1, {"b": [None]}]}, True), ({"a": [[1]]}, False), ([], False)])
def test_an_object_of_values_has_no_lists_of_lists(value: object, is_taken: bool) -> None:
    if is_taken:
        assert Values().deserialize(value) == value
    else:
        with pytest.raises(ma.ValidationError):
            Values().deserialize(value)
