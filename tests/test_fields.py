"""Text on the wire: what a line and a text of several lines may hold."""

import marshmallow as ma
import pytest

from app.characters import SEEN_BY_NOBODY
from app.http.fields import LineField, Prose

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
