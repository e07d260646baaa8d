"""Gestures over HTTP: the till gives, the member reads a kindness, the auditor a record."""

from datetime import UTC, datetime, timedelta

import pytest

from app.http.access import Role
from tests.factories import (
    console_token,
    made,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
)
from tests.gestures.factories import all_the_time, allot, appoint, give_gesture, scan_code
from tests.points.factories import make_currency
from tests.speaking import Speaker
from tests.wallet.factories import make_card


class Side:
    """A store whose staff may give, and a member whose card was scanned there and who was given something."""

    def __init__(self, anyone: Speaker) -> None:
        now = datetime.now(UTC)
        with made():
            brand, member = make_brand(), make_member()
            self.store = make_store(brand)
            terminal, key = make_terminal(self.store)
            self.till, self.phone = anyone.with_token(key), anyone.with_token(member_token(member))
            users = {role: make_console_user(brand, role) for role in (Role.ADMIN, Role.AUDITOR)}
            self.console = {role: anyone.with_token(console_token(user)) for role, user in users.items()}
        self.currency = make_currency(brand, lasts="1Y")
        self.card = make_card(member, brand, now=now)
        self.budget = allot(brand, self.store, currency=self.currency, now=now, days=all_the_time(now))
        self.giver, self.badge = appoint(brand, self.store, now=now)
        self.scan = scan_code(terminal, self.card.code, now=now)
        give_gesture(terminal, self.scan, self.badge, now=now, points=20)


@pytest.fixture
def side(anyone) -> Side:
    return Side(anyone)


def budget(side: Side, **given: object) -> dict[str, object]:
    """The JSON of a budget that holds for some years, away from the one of the world."""
    fields = {
        "store_id": str(side.store.id),
        "starts_on": "2090-01-01",
        "ends_on": "2090-12-31",
        "currency_id": str(side.currency.id),
        "amounts": {"points": 1000, "coupons": 5},
    }
    return fields | given


def wish(side: Side, **given: object) -> dict[str, object]:
    fields = {"scan_id": str(side.scan.id), "badge": side.badge, "words": "Merci d'avoir attendu"}
    return fields | (given or {"points": 15})


def test_a_gesture_is_a_kindness_with_its_reason(side):
    side.till.post("/v1/gestures", wish(side))
    [latest, _] = side.phone.get("/v1/gestures").get_json()["items"]
    assert (latest["points"], latest["words"], latest["giver"]) == (15, "Merci d'avoir attendu", "Claire")


def test_the_same_gesture_sent_twice_is_one(side):
    first = side.till.post("/v1/gestures", wish(side), key="once")
    again = side.till.post("/v1/gestures", wish(side), key="once")
    assert (first.data, again.headers["Idempotency-Replayed"]) == (again.data, "true")
    assert len(side.phone.get("/v1/gestures").get_json()["items"]) == 2


def test_the_movement_of_points_says_that_it_was_a_kindness(side):
    side.till.post("/v1/gestures", wish(side))
    movements = side.phone.get(f"/v1/points/{side.currency.id}/movements").get_json()["items"]
    assert side.store.name in movements[0]["why"]


def test_the_record_names_the_card_and_the_giver(side):
    records = side.console[Role.AUDITOR].get("/v1/gesture-records").get_json()["items"]
    assert [(one["card_id"], one["giver_id"]) for one in records] == [(str(side.card.id), str(side.giver.id))]


def test_a_member_sees_that_an_auditor_looked(side):
    side.console[Role.AUDITOR].get("/v1/gesture-records")
    reads = side.phone.get("/v1/me/reads").get_json()["items"]
    assert reads[0]["role"] == "auditor"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"points": 10, "offer_id": "01890000-0000-7000-8000-000000000000"}, 422),
        ({"points": 0}, 422),
        ({"points": 10, "words": "x"}, 422),
        ({"points": 10, "badge": "nothing"}, 422),
    ],
    ids=["no present", "two presents", "no points", "no reason", "no badge"],
)
def test_a_gesture_that_makes_no_sense_is_refused(side, given, status):
    body = {"scan_id": str(side.scan.id), "badge": side.badge, "words": "Merci"} | given
    assert side.till.post("/v1/gestures", body).status_code == status


def test_a_badge_is_shown_once(side):
    admin = side.console[Role.ADMIN]
    made = admin.post("/v1/gesture-givers", {"store_id": str(side.store.id), "name": "Karim"}).get_json()
    assert made["badge"] not in admin.get("/v1/gesture-givers").get_data(as_text=True)


def test_a_budget_never_becomes_smaller_than_what_was_given(side):
    path = f"/v1/gesture-budgets/{side.budget.id}"
    answer = side.console[Role.ADMIN].put(path, {"points": 0, "coupons": 5}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "gesture_budget_given")


def test_a_budget_can_be_raised(side):
    path = f"/v1/gesture-budgets/{side.budget.id}"
    raised = side.console[Role.ADMIN].put(path, {"points": 2000, "coupons": 5}, headers={"If-Match": '"1"'}).get_json()
    assert raised["points_left"] == 2000 - 20


def test_nothing_is_given_out_of_a_budget_that_was_ended(side):
    path = f"/v1/gesture-budgets/{side.budget.id}/end"
    first, second = (side.console[Role.ADMIN].post(path).get_json() for _ in range(2))
    assert (first["points"], first["points_left"], first["coupons_left"]) == (20, 0, 0)
    assert second["revision"] == first["revision"]
    wish = {"scan_id": str(side.scan.id), "badge": side.badge, "words": "Merci", "points": 1}
    assert side.till.post("/v1/gestures", wish).get_json()["code"] == "gesture_budget_spent"


def test_another_brand_ends_no_budget(side, anyone):
    admin = anyone.with_token(console_token(make_console_user(make_brand(), "admin")))
    answer = admin.post(f"/v1/gesture-budgets/{side.budget.id}/end")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "gesture_budget_unknown")


@pytest.mark.parametrize(
    "given",
    [{"ends_on": "2089-12-31"}, {"currency_id": None}],
    ids=["it ends before it starts", "points of no currency"],
)
def test_a_budget_that_makes_no_sense_is_refused(side, given):
    assert side.console[Role.ADMIN].post("/v1/gesture-budgets", budget(side, **given)).status_code == 422


def test_a_budget_for_other_days_is_allotted(side):
    assert side.console[Role.ADMIN].post("/v1/gesture-budgets", budget(side)).status_code == 201


def test_a_second_budget_for_the_same_days_is_refused(side):
    today = datetime.now(UTC).date()
    days = {"starts_on": str(today), "ends_on": str(today + timedelta(days=1))}
    answer = side.console[Role.ADMIN].post("/v1/gesture-budgets", budget(side, **days))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "gesture_budget_overlaps")
