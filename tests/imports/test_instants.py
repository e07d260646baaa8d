"""Instants in files, as people and programs write them."""

from datetime import UTC, datetime

import pytest

from app.ops.imports.instants import end_of, read_instant

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-05-18T12:00:00Z", "2026-05-18t12:00:00z", "2026-05-18T14:00+02:00", "2026-05-18 14:00"]
)
def test_an_instant_is_read_in_every_spelling(text: str) -> None:
    assert read_instant(text, "Europe/Paris") == NOON


def test_a_date_is_good_to_its_end() -> None:
    assert end_of("2026-05-18", "Europe/Paris") == datetime(2026, 5, 18, 22, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "noon", "18/05/2026", "1900-01-01", "9999-01-01"])
def test_what_is_no_instant_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_instant(text, "Europe/Paris")
