"""Schedules over HTTP: drafted, refused, told in words, and looked at before they fire."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from app.sql import db
from geo.places.models import Store
from offers.planning.schedules import forecast
from offers.planning.schedules.daily_times import read_time
from offers.planning.schedules.recurrence import Schedule
from offers.planning.schedules.store_days import StoreDays
from tests.factories import made, make_area, make_member, make_store, member_token
from tests.planning.factories import Desk, body, match, on_the_clock
from tests.speaking import Speaker

TUESDAYS = {"rule": "FREQ=WEEKLY;BYDAY=TU", "times": [{"starts": "17:00", "ends": "19:00"}]}
ALL = {"but_not": [], "and_on": [], "holidays": "any", "while_open": False}
IN_2027 = {"starts_local": "2027-01-01", "ends_local": "2027-12-31"}


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


def drafted(desk: Desk, **schedule: Any) -> Any:
    return desk.merchandiser.post("/v1/offers", body(schedule=TUESDAYS | schedule))


def firings_of(desk: Desk, offer: str, **asked: Any) -> Any:
    return desk.auditor.get(f"/v1/offers/{offer}/firings", query_string={"store": str(desk.store.id)} | asked)


def test_a_schedule_comes_back_as_it_was_sent(desk: Desk) -> None:
    answer = drafted(desk)
    assert (answer.status_code, answer.json["draft"]["schedule"]) == (201, TUESDAYS | ALL)
    versions = desk.auditor.get(f"/v1/offers/{answer.json['id']}/versions").json["items"]
    assert versions[0]["schedule"] == TUESDAYS | ALL


def test_without_one_an_offer_fires_all_along(desk: Desk) -> None:
    assert desk.merchandiser.post("/v1/offers", body()).json["draft"]["schedule"] is None


def test_times_left_out_are_whole_days(desk: Desk) -> None:
    answer = desk.merchandiser.post("/v1/offers", body(schedule={"rule": "RRULE:freq=monthly;byday=-1su"}))
    assert answer.json["draft"]["schedule"] == ALL | {
        "rule": "FREQ=MONTHLY;BYDAY=-1SU",
        "times": [{"starts": "00:00", "ends": "24:00"}],
    }


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"rule": "FREQ=HOURLY"}, "/schedule/rule", "rule_part_wrong"),
        ({"rule": "FREQ=DAILY;INTERVAL=0"}, "/schedule/rule", "rule_part_wrong"),
        ({"rule": None}, "/schedule/rule", "rule_or_dates"),
        ({"times": [{"starts": "17:00", "ends": "17:00"}]}, "/schedule/times/0/ends", "no_length"),
        ({"times": [{"starts": "25:00", "ends": "17:00"}]}, "/schedule/times/0/starts", "not_a_time_of_day"),
        (
            {"times": [{"starts": "09:00", "ends": "12:00"}, {"starts": "11:00", "ends": "13:00"}]},
            "/schedule/times",
            "times_overlap",
        ),
        ({"times": []}, "/schedule/times", None),
        ({"but_not": ["2027-05-18"], "and_on": ["2027-05-18"]}, "/schedule/and_on/0", "also_excepted"),
        ({"holidays": "sometimes"}, "/schedule/holidays", None),
        ({"times": [{"starts": f"{h:02}:00", "ends": f"{h:02}:30"} for h in range(9)]}, "/schedule/times", None),
    ],
)
def test_what_is_no_schedule_is_refused_where_it_is_wrong(desk: Desk, wrong: Any, pointer: str, code: str) -> None:
    answer = drafted(desk, **wrong)
    [error] = answer.json["errors"]
    assert (answer.status_code, error["pointer"]) == (422, pointer)
    assert code in (None, error["code"])


@pytest.mark.parametrize(
    "never",
    [
        {"rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"},
        {"rule": "FREQ=DAILY;UNTIL=20261231"},
        {"rule": "FREQ=DAILY;INTERVAL=7;BYDAY=TU"},
        {"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"},
        {"rule": "FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=16", "holidays": "only"},
        {"rule": "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=14", "holidays": "never"},
        {"rule": "FREQ=DAILY;COUNT=1", "but_not": ["2027-01-01"]},
        {"rule": "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "times": [{"starts": "02:10", "ends": "02:50"}]},
        {"rule": None, "and_on": ["2028-01-01"]},
    ],
)
def test_what_would_never_fire_in_its_window_is_refused_when_it_is_drafted(desk: Desk, never: Any) -> None:
    answer = desk.merchandiser.post("/v1/offers", body(schedule=TUESDAYS | never, **IN_2027))
    assert (answer.status_code, answer.json["code"]) == (422, "schedule_never_fires")
    assert answer.json["errors"][0]["pointer"].startswith("/schedule")
    assert desk.auditor.get("/v1/offers").json["items"] == []


def test_what_is_never_open_then_is_refused(desk: Desk) -> None:
    with made():
        db.get(Store, desk.store.id).opening_hours = "Mo-Sa 09:00-12:00"
    answer = drafted(desk, while_open=True)
    assert answer.json["code"] == "schedule_never_fires"
    assert drafted(desk, while_open=True, times=[{"starts": "11:00", "ends": "19:00"}]).status_code == 201


@pytest.mark.parametrize("holidays", ["only", "never"])
def test_an_offer_for_stores_to_come_is_drafted_whatever_their_calendar(desk: Desk, holidays: str) -> None:
    nowhere = {"areas": [str(make_area(desk.brand).id)]}
    schedule = TUESDAYS | {"holidays": holidays, "while_open": True}
    assert desk.merchandiser.post("/v1/offers", body(schedule=schedule, targets=nowhere)).status_code == 201


def test_a_change_that_would_never_fire_is_refused(desk: Desk) -> None:
    draft = drafted(desk)
    wrong = body(schedule=TUESDAYS | {"rule": "FREQ=DAILY;UNTIL=20250101"})
    answer = desk.merchandiser.put(f"/v1/offers/{draft.json['id']}", wrong, headers=match(draft))
    assert answer.json["code"] == "schedule_never_fires"


def test_a_draft_whose_days_are_over_is_not_approved(desk: Desk) -> None:
    draft = drafted(desk, rule="FREQ=DAILY;UNTIL=20260105")
    answer = desk.approver.post(f"/v1/offers/{draft.json['id']}/approval", headers=match(draft))
    assert (answer.status_code, answer.json["code"]) == (422, "schedule_never_fires")


@pytest.mark.parametrize(
    ("language", "when"),
    [("fr", "tous les mardis de 17\u00a0h à 19\u00a0h"), ("en", "every Tuesday, 17:00 to 19:00")],
)
def test_a_card_says_when_in_the_readers_language(desk: Desk, language: str, when: str) -> None:
    draft = drafted(desk)
    desk.auditor.language = language
    assert firings_of(desk, draft.json["id"]).json["when"] == when


def test_the_next_five_firings_are_told_on_the_clock_of_the_store(desk: Desk) -> None:
    draft = desk.merchandiser.post("/v1/offers", body(schedule=TUESDAYS, **IN_2027)).json
    answer = firings_of(desk, draft["id"])
    told = answer.json
    assert (answer.status_code, told["version"], told["time_zone"], told["holds_here"]) == (
        200,
        1,
        "Europe/Paris",
        True,
    )
    assert [one["day"] for one in told["items"]] == [f"2027-01-{day:02}" for day in (5, 12, 19, 26)] + ["2027-02-02"]
    assert told["items"][0] == {
        "day": "2027-01-05",
        "starts_at": "2027-01-05T16:00:00Z",
        "ends_at": "2027-01-05T18:00:00Z",
        "starts_local": "2027-01-05T17:00",
        "ends_local": "2027-01-05T19:00",
        "utc_offset": "+01:00",
        "effect": None,
        "text": "Tuesday 5 January 2027, 17:00 – 19:00 (UTC+01:00)",
    }


def test_a_live_version_and_the_draft_after_it_are_told_apart(desk: Desk) -> None:
    draft = desk.merchandiser.post("/v1/offers", body(schedule=TUESDAYS, **IN_2027))
    live = desk.approver.post(f"/v1/offers/{draft.json['id']}/approval", headers=match(draft))
    desk.merchandiser.put(f"/v1/offers/{live.json['id']}", body(**IN_2027), headers=match(live))
    told = {of: firings_of(desk, live.json["id"], of=of).json for of in ("live", "draft")}
    assert (told["live"]["version"], told["draft"]["version"]) == (1, 2)
    assert (told["draft"]["when"], len(told["draft"]["items"])) == (None, 1)
    assert told["draft"]["items"][0]["ends_local"] == "2028-01-01T00:00"


def test_a_store_that_the_offer_is_not_for_is_said(desk: Desk) -> None:
    other = make_store(desk.brand)
    draft = desk.merchandiser.post("/v1/offers", body(schedule=TUESDAYS, targets={"stores": [str(other.id)]})).json
    assert firings_of(desk, draft["id"]).json["holds_here"] is False


def test_firings_are_shown_to_the_console_of_the_brand_only(anyone: Speaker, desk: Desk) -> None:
    draft = drafted(desk).json
    path, query = f"/v1/offers/{draft['id']}/firings", {"store": str(desk.store.id)}
    member, other = anyone.with_token(member_token(make_member())), Desk(anyone)
    assert anyone.get(path, query_string=query).status_code == 401
    assert member.get(path, query_string=query).status_code == 403
    assert other.auditor.get(path, query_string=query).json["code"] == "offer_unknown"
    elsewhere = {"store": str(other.store.id)}
    assert desk.auditor.get(path, query_string=elsewhere).json["code"] == "store_unknown"
    assert desk.auditor.get(path, query_string={"store": str(uuid.uuid4())}).json["code"] == "store_unknown"
    assert desk.auditor.get(path).status_code == 422


# What a change of the clocks does, as it is told.


def told(rule: str, times: str, zone: str, now: str, language: str = "en") -> list[str]:
    schedule = Schedule(rule=rule, times=(read_time(*times.split("-")),))
    at = StoreDays((on_the_clock("2026-01-01"), on_the_clock("2028-01-01")), zone)
    found = forecast.foresee_firings(schedule, at=at, now=datetime.fromisoformat(now).astimezone(UTC))
    return [one.say(language) for one in found]


SPRING, AUTUMN = "Sunday 29 March 2026, ", "Sunday 25 October 2026, "


@pytest.mark.parametrize(
    ("times", "now", "hours", "effect"),
    [
        (
            "17:00-19:00",
            "2026-03-29T00:00",
            SPRING + "17:00 – 19:00 (UTC+02:00)",
            ": the clocks change that day, outside these hours",
        ),
        (
            "01:00-04:00",
            "2026-03-29T00:00",
            SPRING + "01:00 – 04:00 (UTC+01:00)",
            ": the clocks change: 60 minutes less",
        ),
        (
            "02:10-02:50",
            "2026-03-29T00:00",
            SPRING + "02:10 – 02:50 (UTC+02:00)",
            ": the clocks skip these hours: the offer does not fire that time",
        ),
        (
            "22:00-04:00",
            "2026-10-24T12:00",
            "Saturday 24 October 2026, 22:00 – " + AUTUMN + "04:00 (UTC+02:00)",
            ": the clocks change: 60 minutes more",
        ),
        (
            "02:10-02:50",
            "2026-10-25T00:00",
            AUTUMN + "02:10 – 02:50 (UTC+02:00)",
            ": the clocks show this hour twice: the first one counts",
        ),
        ("22:00-24:00", "2026-05-18T00:00", "Monday 18 May 2026, 22:00 – 24:00 (UTC+02:00)", ""),
    ],
)
def test_what_a_change_of_the_clocks_does_is_told(times: str, now: str, hours: str, effect: str) -> None:
    assert told("FREQ=DAILY", times, "Europe/Paris", f"{now}+01:00")[0] == hours + effect


def test_half_an_hour_is_told_too_and_in_french() -> None:
    [first, *_] = told("FREQ=WEEKLY;BYDAY=SU", "00:00-06:00", "Australia/Lord_Howe", "2026-04-04T12:00+00:00", "fr")
    assert first == "dimanche 5 avril 2026, 00:00 – 06:00 (UTC+11:00) : l'heure change : 30 minutes de plus"


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    [first, *_] = told("FREQ=WEEKLY;BYDAY=TU", "17:00-19:00", "Europe/Paris", "2026-11-28T12:00+00:00", "fr")
    assert first == "mardi 1er décembre 2026, 17:00 – 19:00 (UTC+01:00)"


# The command line.


def test_the_command_line_tells_the_next_firings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)
    draft = desk.merchandiser.post("/v1/offers", body(schedule=TUESDAYS, **IN_2027)).json
    asked = ["firings", draft["id"], "--brand", desk.brand.code, "--store"]
    shown = CliRunner().invoke(main, [*asked, desk.store.reference]).output.splitlines()
    assert shown[0] == "Version 1, Rivoli (Europe/Paris): every Tuesday, 17:00 to 19:00"
    assert (shown[1], len(shown)) == ("Tuesday 5 January 2027, 17:00 – 19:00 (UTC+01:00)", 6)
    unknown = CliRunner().invoke(main, [*asked, "nowhere"])
    assert (unknown.exit_code, "No such store" in unknown.output) == (1, True)
