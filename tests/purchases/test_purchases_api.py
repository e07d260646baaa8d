"""Purchases over HTTP: tills send them, members read them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories import console_token, make_brand, make_console_user, make_store, make_terminal, member_token
from tests.purchases.factories import MILK, Shop, line, purchases_of, take_back
from tests.racing import at_once
from tests.rights.factories import reads_of
from tests.speaking import Speaker
from tests.wallet.factories import make_card, revoke


class Counter(Shop):
    """A shop with a till, a console, and a member with a card and a phone."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__()
        self.card = make_card(self.member, self.brand)
        self.till = anyone.with_token(make_terminal(self.store)[1])
        self.admin = anyone.with_token(console_token(make_console_user(self.brand, "admin")))
        self.phone = anyone.with_token(member_token(self.member))
        self.now = datetime.now(UTC).replace(microsecond=0)

    def purchase(self, *lines: dict[str, Any], **given: Any) -> dict[str, Any]:
        """The JSON of a purchase: milk for 2.50 less 0.50 unless lines are given."""
        milk = {"gtin": MILK, "label": "Lait", "quantity": 2, "gross_minor": 250, "promotion_minor": 50}
        fields = {
            "card": self.card.code,
            "terminal": "7",
            "receipt": uuid.uuid4().hex,
            "currency": "EUR",
            "bought_at": self.now.isoformat(),
            "lines": list(lines) or [milk],
        }
        return fields | given


@pytest.fixture
def shop(anyone: Speaker) -> Counter:
    return Counter(anyone)


def test_a_till_sends_a_purchase_and_the_member_reads_it(shop: Counter) -> None:
    made = shop.till.post("/v1/purchases", shop.purchase())
    assert (made.status_code, made.json["net_minor"]) == (201, 200)
    said = shop.phone.get(f"/v1/purchases/{made.json['id']}").json
    assert (said["store"], said["brand"]["code"], said["net_minor"]) == (shop.store.name, shop.brand.code, 200)
    assert [(one["gtin"], one["promotion_minor"]) for one in said["lines"]] == [(MILK, 50)]


def test_the_same_receipt_under_another_key_answers_what_is_known(shop: Counter) -> None:
    wish = shop.purchase()
    first, again = (shop.till.post("/v1/purchases", wish) for _ in range(2))
    assert (again.status_code, again.json) == (200, first.json)


def test_a_lost_answer_is_given_again_byte_for_byte(shop: Counter) -> None:
    wish = shop.purchase()
    first, again = (shop.till.post("/v1/purchases", wish, key="k") for _ in range(2))
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")


def test_the_same_receipt_from_eight_requests_at_once_is_one_purchase(shop: Counter) -> None:
    wish = shop.purchase()
    answers = at_once(8, lambda _: shop.till.post("/v1/purchases", wish))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]


def test_a_receipt_that_says_something_else_now_is_refused(shop: Counter) -> None:
    wish = shop.purchase()
    shop.till.post("/v1/purchases", wish)
    refused = shop.till.post("/v1/purchases", wish | {"currency": "CHF"})
    assert (refused.status_code, refused.json["code"]) == (409, "receipt_reused")


def test_a_purchase_is_answered_in_utc(shop: Counter) -> None:
    said = shop.till.post("/v1/purchases", shop.purchase(bought_at="2026-05-18T11:00:00.5+02:00")).json
    assert said["bought_at"] == "2026-05-18T09:00:00.500000Z"


def test_an_instant_may_be_written_small(shop: Counter) -> None:
    said = shop.till.post("/v1/purchases", shop.purchase(bought_at="2026-05-18t09:00:00z"))
    assert (said.status_code, said.json["bought_at"]) == (201, "2026-05-18T09:00:00Z")


def test_an_amount_may_be_written_with_a_point(shop: Counter) -> None:
    wish = shop.purchase()
    wish["lines"] = [line | {"gross_minor": float(line["gross_minor"])} for line in wish["lines"]]
    assert shop.till.post("/v1/purchases", wish).status_code == 201


def test_a_till_is_not_sent_where_only_the_member_may_read(shop: Counter) -> None:
    assert "Location" not in shop.till.post("/v1/purchases", shop.purchase()).headers


def test_what_a_card_bought_before_it_was_lost_is_still_taken(shop: Counter) -> None:
    revoke(shop.card.code, shop.brand)  # since noon in May
    early = shop.purchase(bought_at="2026-05-18T09:00:00+00:00")
    assert shop.till.post("/v1/purchases", early).status_code == 201
    assert shop.till.post("/v1/purchases", shop.purchase()).json["code"] == "pass_unknown"


def test_a_machine_of_the_brand_names_the_store(shop: Counter) -> None:
    wish = shop.purchase(store_id=str(shop.store.id))
    assert shop.admin.post("/v1/purchases", wish).status_code == 201


PLACES: dict[str, dict[str, Any]] = {
    "another brand's": {"store_id": "theirs"},
    "one that does not exist": {"store_id": str(uuid.UUID(int=7))},
    "none": {},
    "one at a distance": {"channel": "web", "store_id": "mine"},
}


@pytest.mark.parametrize("which", PLACES)
def test_a_store_that_cannot_be_is_refused(shop: Counter, which: str) -> None:
    stores = {"theirs": make_store(make_brand()).id, "mine": shop.store.id}
    given = {name: str(stores.get(value, value)) for name, value in PLACES[which].items()}
    refused = shop.admin.post("/v1/purchases", shop.purchase(**given))
    assert (refused.status_code, refused.json["code"]) == (404, "purchase_place_unknown")


def test_a_till_sells_in_its_own_store_only(shop: Counter) -> None:
    other = make_store(shop.brand)
    refused = shop.till.post("/v1/purchases", shop.purchase(store_id=str(other.id)))
    assert refused.json["code"] == "purchase_place_unknown"


UNSOUND: dict[str, tuple[dict[str, Any], str]] = {
    "a wrong digit": ({"gtin": MILK[:-1] + "5"}, "gtin_wrong"),
    "too much off": ({"promotion_minor": 251}, "line_unsound"),
    "no digits": ({"gtin": "milk"}, "malformed"),
    "nothing bought": ({"quantity": 0}, "malformed"),
    "a price below zero": ({"gross_minor": -1}, "malformed"),
    "money with decimals": ({"gross_minor": 2.5}, "malformed"),
}


@pytest.mark.parametrize("what", UNSOUND)
def test_a_line_that_cannot_be_is_refused(shop: Counter, what: str) -> None:
    given, code = UNSOUND[what]
    refused = shop.till.post("/v1/purchases", shop.purchase({"gross_minor": 250} | given))
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert purchases_of(shop.member) == []


def test_a_purchase_of_tomorrow_is_refused(shop: Counter) -> None:
    tomorrow = (shop.now + timedelta(days=1)).isoformat()
    assert shop.till.post("/v1/purchases", shop.purchase(bought_at=tomorrow)).json["code"] == "purchase_in_future"


def test_a_purchase_of_years_ago_is_refused(shop: Counter) -> None:
    refused = shop.till.post("/v1/purchases", shop.purchase(bought_at="2020-01-01T10:00:00Z"))
    assert refused.json["code"] == "purchase_too_old"


def test_purchases_are_listed_the_newest_first_in_pages(shop: Counter) -> None:
    for days in (3, 1, 2):
        shop.buy(bought_at=shop.now - timedelta(days=days), now=shop.now)
    first = shop.phone.get("/v1/purchases?limit=2").json
    rest = shop.phone.get(first["next"]).json
    days_ago = [(shop.now - datetime.fromisoformat(one["bought_at"])).days for one in first["items"] + rest["items"]]
    assert (days_ago, rest["next"]) == ([1, 2, 3], None)


def test_a_member_sees_what_came_back(shop: Counter) -> None:
    bought = shop.buy(line(1000, quantity=3), now=shop.now)
    take_back(bought, {1: 1}, now=shop.now)
    said = shop.phone.get(f"/v1/purchases/{bought.id}").json
    assert said["lines"][0]["returned_quantity"] == 1
    assert [(one["amount_minor"], one["lines"][0]["quantity"]) for one in said["returns"]] == [(333, 1)]


def test_whoever_reads_for_the_brand_leaves_a_trace(shop: Counter) -> None:
    bought = shop.buy()
    assert shop.admin.get(f"/v1/console/purchases/{bought.id}").json["net_minor"] == 1000
    assert reads_of(shop.member.id) == [("admin", ("purchase",))]


def test_the_portability_file_has_each_article_and_what_was_taken_off(shop: Counter) -> None:
    shop.buy(line(250, promotion_minor=50))
    (basket,) = shop.phone.get("/v1/me/portability").json["purchases"]
    assert (basket["brand"], basket["store"], basket["total_minor"]) == (shop.brand.code, shop.store.name, 200)
    assert basket["lines"][0]["promotions"] == [{"gtin": MILK, "amount_minor": 50, "currency": "EUR"}]


def test_the_access_export_has_purchases_lines_and_returns(shop: Counter) -> None:
    take_back(shop.buy(line(quantity=2)), {1: 1})
    data = {one["table"]: one["rows"] for one in shop.phone.get("/v1/me/export").json["data"]}
    assert [len(data[name]) for name in ("purchase", "purchase_line", "purchase_return", "return_line")] == [1] * 4
