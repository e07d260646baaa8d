"""Stored hours that deserve a second look."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from geo.places.commands import check_stores
from geo.places.hours.doubts import find_doubts
from tests.factories import make_brand, make_store


def doubts(text: str, country: str = "FR") -> list[str]:
    return [str(found.finding) for found in find_doubts(text, country=country)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mo-Sa", ["hours_unreadable"]),
        ("PH,Su closed", ["hours_holiday_or_day"]),
        ("Mo-Sa 09:00-19:00; PH,Sa 08:00-12:00", ["hours_holiday_or_day"]),
        ("08:00-13:00; 15:00-18:00", ["hours_overridden"]),
        ("Mo-Sa 10:00-05:00; Su 11:00-05:00", ["hours_overridden"]),
        ("Mo-Sa 10:00+", ["hours_never_surely_open"]),
        ('Mo-Sa 10:00-19:00 "sauf août"', ["hours_never_surely_open"]),
        ('Mo-Fr 10:00-19:00; Sa 10:00-12:00 "parfois"', ["hours_commented"]),
    ],
)
def test_a_doubt_has_its_code(text, found):
    assert doubts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "24/7",
        "closed",
        "Mo-Sa 09:00-19:00; PH closed",
        "Mo-Sa 09:00-19:00; PH Su closed",
        '"sur rendez-vous"',
        'Mo-Fr 09:00-19:00 || "sur rendez-vous"',
        'Mo-Fr 09:00-19:00 open "cour"',
        "Mo-Sa 10:00-12:00,18:00+",
        "SH Mo-Fr 10:00-12:00",
    ],
)
def test_plain_hours_raise_none(text):
    assert doubts(text) == []


def test_school_holidays_are_doubtful_where_nobody_knows_them():
    assert doubts("SH Mo-Fr 10:00-12:00", country="DE") == ["hours_school_unknown"]


def test_a_doubt_says_how_to_write_what_was_meant():
    [found] = find_doubts("Mo-Sa 09:00-19:00; PH,Su closed", country="FR")
    assert found.say("fr") == (
        "« PH,Su closed » vaut pour les uns et les autres ; écrivez « PH Su closed » si un jour doit être les deux"
    )


@pytest.fixture
def command(monkeypatch):
    """The command on the database of the tests."""
    monkeypatch.setattr("geo.places.commands.preparation.connect", lambda: None)
    return lambda *words: CliRunner().invoke(check_stores, words)


def test_stores_with_the_same_doubtful_hours_are_named_together(command):
    brand = make_brand()
    for number in range(4):
        make_store(brand, reference=f"R{number}", opening_hours="PH,Su closed")
    make_store(brand, opening_hours="24/7")
    answer = command("--brand", brand.code)
    assert answer.exit_code == 1
    assert f"{brand.code} 4 (R0, R1, R2, …) PH,Su closed — " in answer.stdout
    assert "Stores with hours: 5; to look at: 4." in answer.stderr


def test_a_catalogue_without_doubts_is_said_so(command):
    brand = make_brand()
    make_store(brand, opening_hours="Mo-Sa 09:00-19:00")
    answer = command("--brand", brand.code)
    assert (answer.exit_code, answer.stdout) == (0, "Stores with hours: 1; nothing to look at.\n")


def test_only_what_was_stored_before_a_day_is_looked_at(command):
    brand = make_brand()
    make_store(brand, opening_hours="PH,Su closed", updated_at=datetime(2026, 5, 18, 8, tzinfo=UTC))
    found = [command("--brand", brand.code, "--before", day).exit_code for day in ("2026-05-18", "2026-05-19")]
    assert found == [0, 1]


def test_closed_stores_are_not_looked_at(command):
    brand = make_brand()
    make_store(brand, opening_hours="PH,Su closed", status="closed")
    assert command("--brand", brand.code).exit_code == 0
