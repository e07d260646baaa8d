"""Points over HTTP: what members read, what the brand does."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories import console_token, make_console_user, make_member, member_token
from tests.points.factories import Purse, adjustment
from tests.rights.factories import reads_of
from tests.speaking import Speaker
from tests.wallet.factories import make_card

DAY = timedelta(days=1)
WISH = {"code": "miles", "name_fr": "Kilomètres", "name_en": "Miles", "waits": "14D", "lasts": "12M_U"}


class Desk:
    """A purse with a card, its member's phone, and the brand's console."""

    def __init__(self, anyone: Speaker, **rules: Any) -> None:
        self.purse = Purse(rules)
        self.card = make_card(self.purse.member, self.purse.brand)
        self.phone = anyone.with_token(member_token(self.purse.member))
        self.admin = anyone.with_token(console_token(make_console_user(self.purse.brand, "admin")))
        self.auditor = anyone.with_token(console_token(make_console_user(self.purse.brand, "auditor")))
        self.now = datetime.now(UTC)

    @property
    def mine(self) -> str:
        return f"/v1/points/{self.purse.currency.id}"

    @property
    def brands(self) -> str:
        return f"/v1/points-currencies/{self.purse.currency.id}"

    def read(self, path: str = "", **options: Any) -> Any:
        answer = self.phone.get(self.mine + path, **options)
        assert answer.status_code == 200, answer.json
        return answer.json


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


def test_a_member_reads_what_they_have(desk: Desk) -> None:
    desk.purse.earn(100, lasts="5D", now=desk.now)
    desk.purse.earn(30, waits="on_action", now=desk.now)
    desk.purse.spend(20, now=desk.now)
    desk.purse.hold(5, now=desk.now)
    (said,) = desk.phone.get("/v1/points").json["items"]
    assert (said["available"], said["pending"], said["held"], said["owed"]) == (75, 30, 5, 0)
    assert said["lifetime"] == {"earned": 100, "pending_added": 30, "spent": 20, "held": 5}
    assert said["currency"]["brand"] == {"code": desk.purse.brand.code, "name": desk.purse.brand.name}
    assert [expiry["points"] for expiry in said["next_expiries"]] == [75]


def test_a_read_is_right_although_the_job_is_late(desk: Desk) -> None:
    then = desk.now - 30 * DAY
    desk.purse.earn(100, lasts="5D", now=then)
    desk.purse.earn(40, waits="10D", lasts="90D", now=then)
    desk.purse.earn(60, now=then)
    desk.purse.hold(30, now=then)
    said = desk.read()
    assert (said["available"], said["pending"], said["held"]) == (100, 0, 0)
    assert [expiry["points"] for expiry in said["next_expiries"]] == [40]
    assert [(lot["remaining"], lot["status"]) for lot in desk.read("/lots")["items"]] == [
        (60, "active"),
        (40, "active"),
        (0, "expired"),
    ]
    assert desk.purse.balance().available == 130  # reading wrote nothing


def test_three_expiries_are_shown_each_once(desk: Desk) -> None:
    for days in (3, 1, 1, 4, 2):
        desk.purse.earn(10, lasts=f"{days}D_U", now=desk.now)
    assert [expiry["points"] for expiry in desk.read()["next_expiries"]] == [20, 10, 10]


def test_every_lot_is_shown_with_what_became_of_it(desk: Desk) -> None:
    first = desk.purse.earn(10, now=desk.now - 3 * DAY)
    desk.purse.spend(10, now=desk.now - 3 * DAY)
    second = desk.purse.earn(20, waits="on_action", now=desk.now - 2 * DAY)
    desk.purse.cancel(second.id, now=desk.now - 2 * DAY)
    desk.purse.earn(30, waits="9D", now=desk.now - DAY)
    lots = desk.read("/lots")["items"]
    assert [(lot["points"], lot["remaining"], lot["status"]) for lot in lots] == [
        (30, 30, "pending"),
        (20, 0, "cancelled"),
        (10, 0, "used"),
    ]
    assert lots[-1]["id"] == str(first.id)


def test_lots_and_movements_come_in_pages(desk: Desk) -> None:
    for number in range(5):
        desk.purse.earn(number + 1, now=desk.now - number * DAY)
    for kind in ("/lots", "/movements"):
        page = desk.read(kind, query_string={"limit": 3})
        rest = desk.phone.get(page["next"]).json
        assert [one["points"] for one in page["items"] + rest["items"]] == [1, 2, 3, 4, 5]
        assert rest["next"] is None


def test_each_movement_says_what_happened_and_why(desk: Desk) -> None:
    desk.purse.earn(100, lasts="1D", now=desk.now - 3 * DAY)
    desk.purse.settle(desk.now)
    expired = desk.read("/movements")["items"][0]
    assert (expired["what"], expired["why"]) == ("Points expired", "Their time was over.")
    french = Speaker(desk.phone.client, desk.phone.token, "fr").get(f"{desk.mine}/movements").json["items"][0]
    assert (french["what"], french["why"]) == ("Points expirés", "Leur durée de validité est passée.")


def test_what_was_there_at_an_instant_can_be_asked(desk: Desk) -> None:
    desk.purse.earn(100, lasts="4D", now=desk.now - 9 * DAY)
    desk.purse.spend(30, now=desk.now - 8 * DAY)
    asked = [desk.now - timedelta(days=days, hours=1) for days in (9, 8, 5, 4)]
    found = [desk.read("/past", query_string={"at": at.isoformat()})["available"] for at in asked]
    assert found == [0, 100, 70, 0]


def test_points_of_others_are_not_there(desk: Desk, anyone: Speaker) -> None:
    desk.purse.earn(100, now=desk.now)
    other = anyone.with_token(member_token(make_member()))
    for path in ("", "/past", "/lots", "/movements"):
        assert other.get(desk.mine + path).status_code == 404
    assert other.get("/v1/points").json == {"items": []}


def test_an_admin_decides_what_the_brand_counts_in(desk: Desk) -> None:
    made = desk.admin.post("/v1/points-currencies", WISH)
    assert made.status_code == 201
    listed = desk.auditor.get("/v1/points-currencies").json["items"]
    assert {one["code"] for one in listed} == {"miles", desk.purse.currency.code}
    assert desk.admin.post("/v1/points-currencies", WISH).json["code"] == "currency_code_taken"


def test_a_currency_may_be_money_from_some_balance_on(desk: Desk) -> None:
    made = desk.admin.post("/v1/points-currencies", WISH | {"kind": "money", "usable_from": 500}).json
    assert (made["kind"], made["usable_from"], made["worth_points"], made["worth_minor"]) == ("money", 500, 1, 1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"usable_from": 500}, "only_of_money"),
        ({"kind": "stamps", "usable_from": 500}, "only_of_money"),
        ({"kind": "money", "worth_points": 2, "worth_minor": 1}, "not_of_money"),
        ({"kind": "stamps", "worth_points": 2, "worth_minor": 1}, "not_of_stamps"),
    ],
)
def test_what_does_not_fit_the_kind_of_a_currency_is_refused(desk: Desk, wrong: dict[str, Any], code: str) -> None:
    answer = desk.admin.post("/v1/points-currencies", WISH | wrong)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, code)


@pytest.mark.parametrize("wrong", [{"lasts": "forever"}, {"waits": "1M_D"}, {"code": "Ä"}, {"lasts": "immediate"}])
def test_what_is_no_rule_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    answer = desk.admin.post("/v1/points-currencies", WISH | wrong)
    assert (answer.status_code, answer.json["code"]) == (422, "malformed")


def test_an_admin_puts_a_balance_right_in_words_that_the_member_reads(desk: Desk) -> None:
    answer = desk.admin.post(f"{desk.brands}/adjustments", adjustment(desk.card, points=50))
    assert (answer.status_code, answer.json["available"], answer.json["repeated"]) == (201, 50, False)
    (movement,) = desk.read("/movements")["items"]
    assert movement["why"] == "The brand put it right: “Geste commercial”"


def test_the_same_reference_is_one_adjustment(desk: Desk) -> None:
    wish = adjustment(desk.card, points=50)
    desk.admin.post(f"{desk.brands}/adjustments", wish)
    again = desk.admin.post(f"{desk.brands}/adjustments", wish).json
    assert (again["available"], again["repeated"]) == (50, True)
    other = desk.admin.post(f"{desk.brands}/adjustments", wish | {"points": 51})
    assert (other.status_code, other.json["code"]) == (409, "source_reused")


def test_the_same_key_gives_the_same_bytes(desk: Desk) -> None:
    wish, key = adjustment(desk.card), str(uuid.uuid4())
    first, second = (desk.admin.post(f"{desk.brands}/adjustments", wish, key=key) for _ in range(2))
    assert (second.data, second.headers["Idempotency-Replayed"]) == (first.data, "true")


def test_more_than_there_is_cannot_be_taken(desk: Desk) -> None:
    answer = desk.admin.post(f"{desk.brands}/adjustments", adjustment(desk.card, points=-10))
    assert answer.status_code == 409
    assert answer.json["facts"] == {"required": 10, "available": 0, "missing": 10}


def test_an_adjustment_of_nothing_is_malformed(desk: Desk) -> None:
    assert desk.admin.post(f"{desk.brands}/adjustments", adjustment(desk.card, points=0)).status_code == 422


def test_a_card_of_another_brand_is_unknown(desk: Desk, anyone: Speaker) -> None:
    other = Desk(anyone)
    answer = desk.admin.post(f"{desk.brands}/adjustments", adjustment(other.card))
    assert (answer.status_code, answer.json["code"]) == (404, "card_unknown")


def test_whoever_puts_a_balance_right_leaves_a_trace(desk: Desk) -> None:
    desk.admin.post(f"{desk.brands}/adjustments", adjustment(desk.card))
    assert reads_of(desk.purse.member.id) == [("admin", ("account",))]


def test_an_auditor_reads_what_is_owed_by_month(desk: Desk) -> None:
    desk.purse.earn(100, lasts="@2031-01-31T23:00:00+00:00", now=desk.now)  # the end of January in Paris
    desk.purse.earn(40, lasts="@2031-02-01T23:00:00+00:00", now=desk.now)
    desk.purse.earn(7, now=desk.now)
    desk.purse.earn(9, waits="on_action", now=desk.now)
    desk.purse.hold(30, now=desk.now)
    said = desk.auditor.get(f"{desk.brands}/liability").json
    assert said["months"] == [
        {"month": "2031-01", "active": 70, "pending": 0},
        {"month": "2031-02", "active": 40, "pending": 0},
        {"month": None, "active": 7, "pending": 9},
    ]
    assert (said["active"], said["pending"], said["held"], said["owed"]) == (117, 9, 30, 0)


def test_an_auditor_proves_the_ledger(desk: Desk) -> None:
    desk.purse.earn(100, now=desk.now)
    assert desk.auditor.get(f"{desk.brands}/proof").json == {
        "holds": True,
        "ledgers": 1,
        "entries": 1,
        "faults": [],
        "next_after": None,
    }


def test_of_another_brand_nothing_is_proved_or_reported(desk: Desk, anyone: Speaker) -> None:
    other = Desk(anyone)
    for path in ("/proof", "/liability"):
        assert desk.auditor.get(other.brands + path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/points-currencies"), ("GET", "/v1/points"), ("GET", "/v1/points-currencies")]
)
def test_strangers_stay_outside(anyone: Speaker, method: str, path: str) -> None:
    assert anyone.send(method, path, json=WISH if method == "POST" else None).status_code == 401


def test_roles_keep_to_their_doors(desk: Desk) -> None:
    assert desk.phone.get("/v1/points-currencies").status_code == 403
    assert desk.auditor.post("/v1/points-currencies", WISH).status_code == 403
    assert desk.admin.get("/v1/points").status_code == 403
    assert desk.auditor.post(f"{desk.brands}/adjustments", adjustment(desk.card)).status_code == 403


def test_who_never_had_points_reads_that_they_have_none_and_of_what(anyone: Speaker) -> None:
    desk = Desk(anyone)
    (said,) = desk.phone.get("/v1/points").json["items"]
    assert (said["available"], said["currency"]["id"]) == (0, str(desk.purse.currency.id))
    assert desk.read() == said


def test_points_of_a_brand_without_a_card_are_still_not_there(desk: Desk, anyone: Speaker) -> None:
    other = anyone.with_token(member_token(make_member()))
    assert other.get(desk.mine).status_code == 404
