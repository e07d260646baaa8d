"""Opening hours beside the reference implementation of the grammar, which is asked by node (`tests/oracle`).

It is never more open than the reference; and as open, but where it is more careful: school holidays that differ by
zone, and the nights of a clock change, on which the reference counts 24 hours back.
"""

import json
import os
import random
import shutil
import subprocess
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geo.places.imports.readers import read_rows
from geo.places.opening_hours import Interval, open_intervals, read_hours
from tests.places.factories import MONACO, PARIS_SUPERMARKETS, real_file, somewhere
from tests.sizes import chosen

ORACLE = Path(__file__).parents[1] / "oracle"
YEAR = 2026
FIRST_DAY = datetime(YEAR, 1, 1, tzinfo=UTC)

CLOCK_CHANGES = {date(2026, 3, day) for day in (28, 29, 30)} | {date(2026, 10, day) for day in (24, 25, 26)}
NOTABLE = [date(2026, 12, day) for day in (20, 24, 25, 26, 31)] + [date(2026, 5, day) for day in (1, 8, 22, 27)]
NOTABLE += [date(2026, 4, 3), date(2026, 4, 5), date(2026, 4, 6), date(2026, 7, 14), date(2026, 8, 15), *CLOCK_CHANGES]

TEXTS = """
Mo-Fr 07:00-19:00; Sa, Su 09:00-16:00
Mo-Fr,Su 08:00-12:00, Sa, Su 14:00-18:00
Mo-Sa 09:00-19:00; PH Su off
Mo-Sa 09:00-19:00; PH Mo-Sa 10:00-13:00
Mo-Fr 08:00-18:00; PH Sa 08:00-12:00
07:00-14:00,15:30-19:00; PH Su closed
Mo-Su,PH 10:00-12:00
PH,Su 10:00-12:00
Mo-Sa 09:00-19:00; Su,PH off
PH off; Mo-Sa 09:00-19:00
PH Mo off; Mo-Fr 08:00-10:00
Mo-Sa 09:00-19:00; PH -1 day 09:00-17:00; PH off
Mo-Fr 08:00-20:00; SH off
Mo-Fr 09:00-18:00; SH We 09:00-12:00
Mo-Su 08:00-19:00 || "sur rendez-vous"
Mo-Fr 08:00-12:00 || Sa 10:00-12:00 || unknown
Mo-Fr 10:00-20:00 unknown || 12:00-14:00
Mo-Fr 09:00-19:00 || Sa 10:00-12:00 unknown, Sa, Su 11:00-14:00
Mo-Sa 10:00-05:00; Su 11:00-05:00
Mo-Su 18:00-03:00; We off
Tu-Sa 22:00-06:00; PH off
Mo-Sa 10:00-01:00; PH 12:00-16:00
Fr,Sa 22:00-05:00
Mo-Sa 09:00-26:00
10:00-22:00; Sa 20:00-02:00+
Mo-Fr 10:00-12:00,14:00-18:00+
Mo-Fr 07:00+,12:00-16:00; Sa 07:00-10:00+
Fr 17:30+
Mo-Fr 09:00-19:00 "sur rendez-vous"
Mo-Fr 09:00-19:00 open "cour"; Sa 10:00-12:00 unknown
Mo-Fr 10:00-12:00 open, 14:00-16:00 unknown
Mo-Su 10:00-18:00; Dec 25,26 off; Dec 24,31 10:00-14:00
Mo-Sa 09:00-19:00; Dec 24-26,31 off
Apr-Sep Mo-Fr 09:00-19:00; Oct-Mar Mo-Fr 10:00-17:00
Jun 15-Jul 31: 20:45-24:00; Aug: 20:30-23:30; Sep 01-15: 20:00-23:00
Mo-Sa 10:00-19:00; Dec,May-Aug: Su 10:00-19:00; Jul,Aug: Mo-Sa 10:00-20:00
Mo-Fr 09:00-20:00; Jul 14-Aug 20 off; PH off
Dec 24-Jan 2 off; Mo-Fr 09:00-19:00
2026 Jul 14 10:00-12:00
2025-2027 Dec 24 09:00-12:00
2026 Dec 20-2027 Jan 5 10:00-12:00
Mo-Su 08:00-20:00; easter -2 days off
week 1-53/2 Mo-Fr 10:00-12:00; week 2-52/2 Mo-Fr 14:00-16:00
Mo[1] 10:00-12:00
Sa[-1] 10:00-12:00
Su[1,3] 10:00-12:00
Fr[-1] +1 day 10:00-12:00
24/7; Mo off
Mo-Su 00:00-24:00; PH off
08:00-13:00; 15:00-18:00
Mo-Fr 09:00-12:00; 14:00-18:00
Mo-Sa 08:00-22:00; 08:00-12:30
Mo-Fr 09:00-18:00; We 12:00-14:00 off
Sa-Mo 10:00-12:00
Mo 10:00-10:00
off
24/7 closed "travaux"
02:15-02:45
22:00-02:30
02:30-05:00
""".strip().splitlines()

SUNNY = ["sunrise-sunset", "(sunrise+01:00)-(sunset-00:30)", "09:00-sunset", "dawn-dusk"]
A_MOMENT = timedelta(minutes=4)  # two ways to compute where the sun is


@dataclass(frozen=True)
class Spot:
    """A place as we know it, and as the reference is told of it."""

    country: str
    zone: str
    lon: float
    lat: float
    state: str

    def address(self) -> dict[str, Any]:
        parts = {"country_code": self.country.lower(), "state": self.state}
        return {"lat": str(self.lat), "lon": str(self.lon), "address": parts}


PARIS = Spot("FR", "Europe/Paris", 2.3376, 48.8606, "Île-de-France")
STRASBOURG = Spot("FR", "Europe/Paris", 7.7507, 48.5846, "Bas-Rhin")


@pytest.fixture(scope="module", autouse=True)
def _oracle() -> None:
    if not (ORACLE / "node_modules").is_dir() or shutil.which("node") is None:
        assert os.environ.get("ICI_ORACLE") != "required", "tests/oracle is not installed: make setup-clients"
        pytest.skip("the reference implementation is not installed: make setup-clients")


def ask(spot: Spot, questions: list[tuple[str, list[datetime]]]) -> list[list[str | None]]:
    """What the reference says of each text at each instant."""
    told = [
        {"text": text, "place": spot.address(), "instants": [at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in instants]}
        for text, instants in questions
    ]
    answer = subprocess.run(
        ["node", str(ORACLE / "open_hours.mjs")],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"TZ": spot.zone},
    )
    return [
        states or [None] * len(instants)
        for states, (_, instants) in zip(json.loads(answer.stdout), questions, strict=True)
    ]


def year(text: str, spot: Spot) -> list[Interval]:
    around = somewhere(text, zone=spot.zone, country=spot.country, lon=spot.lon, lat=spot.lat)
    return open_intervals(text, around=around, start=FIRST_DAY - timedelta(days=1), days=367) or []


def holds(intervals: list[Interval], at: datetime) -> bool:
    before = bisect_right(intervals, (at, datetime.max.replace(tzinfo=UTC)))
    return before > 0 and at < intervals[before - 1][1]


def instants(zone: str, seed: int) -> list[datetime]:
    """Instants of a year at random, a third of them on days on which mistakes are made."""
    choice, count = random.Random(seed), 2 * chosen().laws
    anywhere = [FIRST_DAY + timedelta(minutes=choice.randrange(365 * 1440)) for _ in range(count)]
    midnights = [datetime.combine(choice.choice(NOTABLE), time(), ZoneInfo(zone)) for _ in range(count // 2)]
    return anywhere + [at.astimezone(UTC) + timedelta(minutes=choice.randrange(1440)) for at in midnights]


def moved_back(at: datetime, spot: Spot) -> bool:
    """Whether 24 hours before an instant lie two days on the calendar before: in the night after spring's change."""
    zone = ZoneInfo(spot.zone)
    return (at.astimezone(zone).date() - (at - timedelta(days=1)).astimezone(zone).date()).days > 1


def compare(texts: Sequence[str], spot: Spot) -> None:
    """Both, at the same instants: what was typed, when it was not put in order, and what is stored."""
    seed = 1 if chosen().laws < 100 else random.randrange(10**6)
    moments = instants(spot.zone, seed)
    read = {text: read_hours(text) for text in texts}
    stored = {hours.text for hours in read.values()}
    typed = {text for text, hours in read.items() if not (hours.repaired or hours.rearranged)}
    forms = sorted(stored | typed)
    wrong = []
    for text, states in zip(forms, ask(spot, [(text, moments) for text in forms]), strict=True):
        ours = year(text, spot)
        careful = "SH" in text
        for at, state in zip(moments, states, strict=True):
            is_open, day = holds(ours, at), at.astimezone(ZoneInfo(spot.zone)).date()
            locked = is_open and state not in ("open", None) and not moved_back(at, spot)
            hidden = not is_open and state == "open" and not careful and day not in CLOCK_CHANGES
            if locked or hidden:
                wrong.append((text, at.isoformat(), is_open, state))
    assert wrong == [], f"seed {seed}"


@pytest.mark.parametrize("spot", [PARIS, STRASBOURG], ids=["paris", "strasbourg"])
def test_hours_are_those_of_the_reference(spot):
    compare([text for text in TEXTS if spot is PARIS or "SH" not in text], spot)


@pytest.mark.parametrize("name", [PARIS_SUPERMARKETS, MONACO])
def test_real_hours_are_those_of_the_reference(name):
    compare(sorted({str(row.opening_hours) for row in read_rows(real_file(name)) if row.opening_hours}), PARIS)


@pytest.mark.parametrize("text", SUNNY)
def test_the_sun_rises_and_sets_with_the_reference(text):
    days = [interval for interval in year(text, PARIS) if interval[0] > FIRST_DAY][:: 400 // chosen().laws + 1]
    inside = [at for begins, ends in days for at in (begins + A_MOMENT, ends - A_MOMENT)]
    outside = [at for begins, ends in days for at in (begins - A_MOMENT, ends + A_MOMENT)]
    [states] = ask(PARIS, [(text, inside + outside)])
    assert set(states[: len(inside)]) <= {"open", None}
    assert set(states[len(inside) :]) <= {"closed", None}
