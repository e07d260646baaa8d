"""The console sets what offers may cost, changes it, and sees how long it lasts."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.sql import db
from offers.planning.spending.forecasts import Standing, forecast_end
from offers.planning.spending.periods import FOR_EVER, BudgetPeriod, end_of_period, first_day
from tests.factories import NOON
from tests.planning.factories import Desk, make_draft, match
from tests.speaking import Speaker


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


def body(**given: Any) -> dict[str, Any]:
    return {"period": "month", "amount_minor": 50_000} | given


def test_a_budget_is_set_changed_and_lifted(desk: Desk) -> None:
    person = desk.merchandiser
    made = person.post("/v1/money-budgets", json=body())
    assert (made.status_code, made.json["left_minor"], made.json["spent_at"]) == (201, 50_000, None)
    path = f"/v1/money-budgets/{made.json['id']}"
    changed = person.put(path, json={"amount_minor": 20}, headers=match(made))
    assert (changed.status_code, changed.json["amount_minor"], changed.json["left_minor"]) == (200, 20, 20)
    stale = person.put(path, json={"amount_minor": 30}, headers=match(made))
    assert stale.status_code == 412
    lifted = person.post(f"{path}/lift", headers=match(changed))
    assert lifted.json["ended_at"] is not None
    again = person.post(f"{path}/lift", headers=match(lifted))
    assert again.json["code"] == "money_budget_ended"


def test_of_each_kind_one_stands(desk: Desk) -> None:
    person = desk.merchandiser
    first = person.post("/v1/money-budgets", json=body())
    twice = person.post("/v1/money-budgets", json=body(amount_minor=1))
    assert (twice.status_code, twice.json["code"], twice.json["facts"]) == (
        409,
        "money_budget_stands",
        {"budget_id": first.json["id"]},
    )
    assert person.post("/v1/money-budgets", json=body(period="week")).status_code == 201


def test_what_is_another_brands_has_no_budget_here(anyone: Speaker, desk: Desk) -> None:
    person, other = desk.merchandiser, Desk(anyone)
    strange = [
        person.post("/v1/money-budgets", json=body(offer_id=str(make_draft(other.brand).id))),
        person.post("/v1/money-budgets", json=body(store_id=str(other.store.id))),
    ]
    assert [one.json["code"] for one in strange] == ["offer_unknown", "store_unknown"]
    mine = person.post("/v1/money-budgets", json=body())
    theirs = other.merchandiser
    path = f"/v1/money-budgets/{mine.json['id']}"
    refused = theirs.put(path, json={"amount_minor": 1}, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json["code"]) == (404, "money_budget_unknown")
    assert theirs.get("/v1/money-budgets").json["items"] == []


def test_one_store_or_each_but_not_both(desk: Desk) -> None:
    wrong = body(store_id=str(desk.store.id), each_store=True)
    refused = desk.merchandiser.post("/v1/money-budgets", json=wrong)
    assert [one["code"] for one in refused.json["errors"]] == ["one_store_or_each"]


def test_the_budgets_that_hold_for_an_offer_are_listed(desk: Desk) -> None:
    person, offer, other = desk.merchandiser, make_draft(desk.brand), make_draft(desk.brand)
    for scope in ({}, {"offer_id": str(offer.id)}, {"offer_id": str(other.id)}):
        person.post("/v1/money-budgets", json=body(**scope))
    found = person.get(f"/v1/money-budgets?offer_id={offer.id}").json["items"]
    assert {one["offer_id"] for one in found} == {None, str(offer.id)}


def test_an_approver_reads_and_does_not_set(desk: Desk) -> None:
    person = desk.approver
    assert person.post("/v1/money-budgets", json=body()).status_code == 403
    assert person.get("/v1/money-budgets").status_code == 200


ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "Indian/Reunion", "Pacific/Apia", "Asia/Beirut"])
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=ZoneInfo("UTC")))  # noqa: DTZ001


@given(INSTANTS, ZONES, st.sampled_from(list(BudgetPeriod)))
def test_an_instant_is_in_the_period_that_it_begins_and_ends_in(at: datetime, zone: str, period: BudgetPeriod) -> None:
    since = first_day(period, clock.day_of(at, zone))
    until = end_of_period(period, since, time_zone=zone)
    if period is BudgetPeriod.LIFE:
        assert (since, until) == (FOR_EVER, None)
    else:
        assert until is not None
        assert clock.start_of(since, zone) <= at < until
        assert first_day(period, clock.day_of(until, zone)) == clock.day_of(until, zone) > since


@pytest.mark.usefixtures("app")
def test_the_database_counts_periods_the_same_way() -> None:
    """The statement of a sale asks it."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 800, 3)]
    asked = text("SELECT date_trunc(:period, day)::date FROM unnest(CAST(:days AS timestamp[])) AS day")
    with db.system_transaction():
        for period in set(BudgetPeriod) - {BudgetPeriod.LIFE}:
            found = db.execute(asked, {"period": str(period), "days": days}).scalars().all()
            assert list(found) == [first_day(period, day) for day in days]


TEN_DAYS = timedelta(days=10)


@pytest.mark.parametrize(
    ("spent", "until", "expected"),
    [
        (0, None, None),
        (1_000, None, timedelta(0)),
        (500, None, TEN_DAYS),
        (500, TEN_DAYS + timedelta(hours=1), TEN_DAYS),
        (500, TEN_DAYS, None),
        (750, None, TEN_DAYS / 3),
    ],
    ids=["nothing tells", "it is over", "half is gone", "it ends before", "it lasts", "faster"],
)
def test_the_end_is_told_from_the_pace(spent: int, until: timedelta | None, expected: timedelta | None) -> None:
    standing = Standing(1_000, 1_000 - spent, 0, uses=9, groups=1)
    ends = forecast_end(standing, since=NOON - TEN_DAYS, until=until and NOON + until, now=NOON)
    assert ends == (None if expected is None else NOON + expected)


def test_from_two_uses_or_a_few_minutes_no_pace_is_told() -> None:
    few, many = (Standing(1_000, 500, 0, uses=uses, groups=1) for uses in (2, 20))
    assert forecast_end(few, since=NOON - TEN_DAYS, until=None, now=NOON) is None
    assert forecast_end(many, since=NOON - timedelta(minutes=9), until=None, now=NOON) is None
