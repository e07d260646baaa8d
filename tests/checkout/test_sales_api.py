"""Sales over HTTP: quoted, opened, closed, returned; every refusal in words; a lost answer has no second effect."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from app.http.access import Role
from offers.coupons.models import Coupon
from tests.checkout.factories import Counter, exchange_body, return_body, sale_body
from tests.factories import console_token, make_console_user, make_store, make_terminal, member_token
from tests.speaking import Speaker

LINE = {"position": 1, "quantity": 1, "gross_minor": 1}


class Shop(Counter):
    """A counter whose till speaks."""

    def __init__(self, anyone: Speaker, **given: Any) -> None:
        super().__init__(**given)
        self.other, key = make_terminal(make_store(self.brand, name="Bastille"))
        self.elsewhere = anyone.with_token(key)
        self.terminal, key = make_terminal(self.store)
        self.speaks = anyone.with_token(key)

    def sale(self, **given: Any) -> dict[str, Any]:
        return sale_body(self.card, **given)

    def coupon(self, **offer: Any) -> Coupon:
        """Claimed just now: this till lives today."""
        return super().coupon(**({"now": datetime.now(UTC)} | offer))

    def pays_with(self, points: int) -> dict[str, Any]:
        return {"currency_id": str(self.currency.id), "points": points}


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone, earns=True, points=200)


def test_a_till_quotes_a_sale_with_every_step(shop: Shop) -> None:
    coupon = shop.percent(10)
    body = shop.sale(coupons=[coupon.code], points=shop.pays_with(100))
    said = shop.speaks.post("/v1/sales/quotes", body).get_json()
    steps = [(step["kind"], step["title"], step["amount_minor"], step["lines"]) for step in said["steps"]]
    assert steps == [
        ("percent", "Free coffee", 100, [{"position": 1, "amount_minor": 100}]),
        ("payment", None, 500, [{"position": 1, "amount_minor": 500}]),
    ]
    assert (said["net_minor"], said["tax_minor"], said["payable_minor"], said["points_spent"]) == (400, 21, 400, 100)
    assert [earned["points"] for earned in said["earns"]] == [4]


def test_a_quote_says_in_words_what_was_left_out(shop: Shop) -> None:
    used, small = shop.percent(10), shop.percent(20, minimum_minor=5_000)
    shop.speaks.post("/v1/sales", shop.sale(coupons=[used.code]))
    said = shop.speaks.post("/v1/sales/quotes", shop.sale(coupons=[used.code, small.code])).get_json()
    reasons = {left["reason"]: left["text"] for left in said["left_out"]}
    assert reasons["minimum_not_reached"] == "The minimum is not reached: €10.00 of €50.00."
    assert reasons["coupon_already_redeemed"].startswith("Already used ")
    assert reasons["coupon_already_redeemed"].endswith(" at Rivoli.")


def test_a_refusal_is_said_in_french_too(shop: Shop) -> None:
    coupon = shop.percent(10)
    shop.speaks.post("/v1/sales/holds", shop.sale(coupons=[coupon.code]))
    shop.speaks.language = "fr"
    said = shop.speaks.post("/v1/sales", shop.sale(coupons=[coupon.code]))
    assert (said.status_code, said.get_json()["code"]) == (409, "coupon_kept")
    assert said.get_json()["title"].startswith("Ce bon est réservé jusqu'au ")


def test_a_sale_is_opened_closed_returned_and_read(shop: Shop) -> None:
    body = shop.sale(coupons=[shop.percent(10).code])
    opened = shop.speaks.post("/v1/sales/holds", body | {"hold_s": 60}).get_json()
    assert (opened["state"], opened["purchase_id"]) == ("open", None)
    closed = shop.speaks.post("/v1/sales", body | {"charged_minor": 900}).get_json()
    assert (closed["id"], closed["state"]) == (opened["id"], "closed")
    back = shop.elsewhere.post(f"/v1/sales/{closed['id']}/returns", return_body(reference="17")).get_json()
    assert back["state"] == "partially_returned"
    assert [(one["reference"], one["kind"], one["refund_minor"]) for one in back["returns"]] == [("17", "return", 450)]
    assert shop.speaks.get(f"/v1/sales/{closed['id']}").get_json() == back


def test_a_receipt_that_is_brought_back_to_another_store_is_found(shop: Shop) -> None:
    sale = shop.speaks.post("/v1/sales", shop.sale(receipt="000317")).get_json()
    asked = {"terminal": "1", "receipt": "000317"}
    assert shop.speaks.get("/v1/sales", query_string=asked).get_json()["id"] == sale["id"]
    there = asked | {"store_id": str(shop.store.id)}
    assert shop.elsewhere.get("/v1/sales", query_string=there).get_json()["id"] == sale["id"]
    assert shop.elsewhere.get("/v1/sales", query_string=asked).get_json()["code"] == "sale_unknown"


def test_a_receipt_of_another_brand_is_not_found(shop: Shop, anyone: Speaker) -> None:
    shop.speaks.post("/v1/sales", shop.sale(receipt="000317"))
    asked = {"terminal": "1", "receipt": "000317", "store_id": str(shop.store.id)}
    assert Shop(anyone).speaks.get("/v1/sales", query_string=asked).status_code == 404


def test_an_auditor_reads_a_sale(shop: Shop, anyone: Speaker) -> None:
    sale = shop.speaks.post("/v1/sales", shop.sale()).get_json()
    auditor = anyone.with_token(console_token(make_console_user(shop.brand, Role.AUDITOR)))
    assert auditor.get(f"/v1/sales/{sale['id']}").get_json()["id"] == sale["id"]


def test_a_lost_answer_is_given_again(shop: Shop) -> None:
    body, key = shop.sale(points=shop.pays_with(100)), uuid.uuid4().hex
    first, second = shop.speaks.post("/v1/sales", body, key=key), shop.speaks.post("/v1/sales", body, key=key)
    assert (second.headers["Idempotency-Replayed"], second.get_data()) == ("true", first.get_data())
    assert shop.available == 105


def test_a_till_that_has_forgotten_its_key_sells_once_all_the_same(shop: Shop) -> None:
    body = shop.sale(points=shop.pays_with(100))
    first, second = (shop.speaks.post("/v1/sales", body).get_json() for _ in range(2))
    assert first == second
    assert shop.available == 105


def test_sales_and_returns_of_an_offline_queue_may_come_in_any_order_and_twice(shop: Shop) -> None:
    bodies = [shop.sale(receipt=f"R{number}") for number in range(4)]
    for body in (bodies[2], bodies[0], bodies[2], bodies[3], bodies[1], bodies[0]):
        assert shop.speaks.post("/v1/sales", body).status_code == 201
    first = shop.speaks.post("/v1/sales", bodies[0]).get_json()
    for _ in range(2):
        shop.speaks.post(f"/v1/sales/{first['id']}/returns", return_body(reference="A"))
    again = shop.speaks.post("/v1/sales", bodies[0]).get_json()
    assert (again["state"], len(again["returns"]), shop.available) == ("partially_returned", 1, 235)


def test_other_content_under_the_same_receipt_is_refused(shop: Shop) -> None:
    shop.speaks.post("/v1/sales", shop.sale(receipt="R1"))
    said = shop.speaks.post("/v1/sales", shop.sale(receipt="R1", points=shop.pays_with(1)))
    assert (said.status_code, said.get_json()["code"]) == (409, "sale_changed")


def test_a_total_that_differs_is_refused_with_both_amounts(shop: Shop) -> None:
    said = shop.speaks.post("/v1/sales", shop.sale(charged_minor=999)).get_json()
    assert (said["code"], said["title"]) == ("total_differs", "The total is €10.00, not €9.99.")
    assert said["facts"] == {"payable_minor": 1_000, "charged_minor": 999}


def test_points_that_are_missing_are_refused_with_how_many(shop: Shop) -> None:
    lines = [{"position": 1, "quantity": 1, "gross_minor": 5_000}]
    said = shop.speaks.post("/v1/sales", shop.sale(lines=lines, points=shop.pays_with(300))).get_json()
    assert said["facts"] == {"required": 300, "available": 200, "missing": 100}


def test_a_code_that_is_no_coupon_points_at_itself(shop: Shop) -> None:
    said = shop.speaks.post("/v1/sales", shop.sale(coupons=[shop.percent(10).code, shop.card.code])).get_json()
    assert (said["code"], said["errors"][0]["pointer"]) == ("coupon_unknown", "/coupons/1")


def test_a_sale_is_cancelled_in_its_own_store_only(shop: Shop) -> None:
    sale = shop.speaks.post("/v1/sales", shop.sale()).get_json()
    refused = shop.elsewhere.post(f"/v1/sales/{sale['id']}/cancellation")
    assert refused.get_json()["title"] == "This sale is of the store Rivoli."
    said = shop.speaks.post(f"/v1/sales/{sale['id']}/cancellation").get_json()
    assert (said["state"], said["returns"][0]["refund_minor"]) == ("cancelled", 1_000)
    refused = shop.speaks.post(f"/v1/sales/{sale['id']}/returns", return_body())
    assert refused.get_json()["title"].startswith("This sale was cancelled ")


def test_a_reopened_sale_says_what_that_does_not_undo(shop: Shop) -> None:
    sale = shop.speaks.post("/v1/sales", shop.sale()).get_json()
    said = shop.speaks.post(f"/v1/sales/{sale['id']}/reopening").get_json()
    assert said["state"] == "open"
    assert [stays["code"] for stays in said["returns"][0]["not_undone"]] == ["receipt_stays"]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [LINE | {"quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [LINE | {"gross_minor": -20_000_000_000}]}, "/lines/0/gross_minor"),
        (
            {"lines": [{"position": 1, "quantity": 1, "gross_minor": 1, "promotion_minor": 2}]},
            "/lines/0/promotion_minor",
        ),
        ({"lines": [LINE, LINE]}, "/lines"),
        ({"lines": [LINE | {"category": "\ud800"}]}, "/lines/0/category"),
        ({"currency": "eur"}, "/currency"),
    ],
    ids=[
        "no line",
        "no unit",
        "more than money goes",
        "more off than there is",
        "a position twice",
        "half a character",
        "no currency",
    ],
)
def test_a_sale_that_cannot_be_so_points_at_what_is_wrong(shop: Shop, given: dict[str, Any], pointer: str) -> None:
    said = shop.speaks.post("/v1/sales", shop.sale(**given))
    assert (said.status_code, said.get_json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_member_reads_why_points_moved(shop: Shop, anyone: Speaker) -> None:
    sale = shop.speaks.post("/v1/sales", shop.sale(points=shop.pays_with(100))).get_json()
    shop.speaks.post(f"/v1/sales/{sale['id']}/cancellation")
    phone = anyone.with_token(member_token(shop.member))
    moved = phone.get(f"/v1/points/{shop.currency.id}/movements").get_json()["items"]
    said = {move["kind"]: move["why"] for move in moved}
    assert said["spent"] == "Purchase at Rivoli."
    assert said["refunded"] == "Articles came back."


def test_the_worth_of_points_is_given_whole_or_not_at_all(shop: Shop, anyone: Speaker) -> None:
    admin = anyone.with_token(console_token(make_console_user(shop.brand, Role.ADMIN)))
    wish = {"code": "stars", "name_fr": "Étoiles", "name_en": "Stars", "worth_points": 10}
    assert admin.post("/v1/points-currencies", wish).status_code == 422
    made = admin.post("/v1/points-currencies", wish | {"worth_minor": 7}).get_json()
    assert (made["worth_points"], made["worth_minor"]) == (10, 7)


def test_points_that_pay_are_a_payment_and_no_promotion(shop: Shop, anyone: Speaker) -> None:
    coupon = shop.percent(10)
    sale = shop.speaks.post("/v1/sales", shop.sale(coupons=[coupon.code], points=shop.pays_with(100))).get_json()
    phone = anyone.with_token(member_token(shop.member))
    bought = phone.get(f"/v1/purchases/{sale['purchase_id']}").get_json()
    portable = phone.get("/v1/me/portability").get_json()["purchases"][0]
    exported = {one["table"]: one["rows"] for one in phone.get("/v1/me/export").get_json()["data"]}
    parts = ("promotion_minor", "points_minor", "net_minor")
    told = (sale, sale["lines"][0], bought, bought["lines"][0], exported["purchase"][0], exported["purchase_line"][0])
    assert [[one[part] for part in parts] for one in told] == [[100, 500, 400]] * 6
    assert (portable["total_minor"], portable["payments"]) == (
        900,
        [{"kind": "money", "amount_minor": 400}, {"kind": "points", "amount_minor": 500}],
    )
    assert [one["amount_minor"] for one in portable["lines"][0]["promotions"]] == [100]


GROCERIES = [
    {"position": 1, "gross_minor": 160, "quantity_thousandths": 456, "unit": "kg", "unit_price_minor": 350},
    {"position": 2, "quantity": 6, "gross_minor": -90, "deposit": True},
]


def test_a_grocers_receipt_is_sold_read_again_and_brought_back_by_weight(shop: Shop) -> None:
    tenders = [{"kind": "titre_restaurant", "amount_minor": 50}, {"kind": "card", "amount_minor": 20}]
    sold = shop.speaks.post("/v1/sales", shop.sale(lines=GROCERIES, tenders=tenders))
    assert sold.status_code == 201, sold.get_json()
    sale = sold.get_json()
    assert (sale["payable_minor"], sale["deposit_minor"], sale["lines"][0]["unit"]) == (70, -90, "kg")
    assert sale["tenders"] == [one | {"reference": None, "card": None} for one in tenders]
    lines = [{"position": 1, "quantity_thousandths": 200}]
    back = shop.speaks.post(f"/v1/sales/{sale['id']}/returns", {"reference": "r", "lines": lines}).get_json()
    [returned] = back["returns"]
    assert (returned["refund_minor"], back["state"]) == (70, "partially_returned")
    assert returned["lines"] == [{"position": 1, "quantity": 1, "quantity_thousandths": 200}]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (
            {"lines": [{name: said for name, said in GROCERIES[0].items() if name != "unit_price_minor"}]},
            "unit_without_price",
        ),
        ({"lines": [GROCERIES[0] | {"gross_minor": 162}]}, "measured_price_differs"),
        ({"lines": [GROCERIES[1]]}, "basket_without_articles"),
        ({"lines": [LINE, GROCERIES[1] | {"deposit": False}]}, "line_below_zero"),
        ({"tenders": [{"kind": "card", "amount_minor": 1}]}, "tenders_differ"),
        ({"tenders": [{"kind": "card", "amount_minor": -1}]}, "malformed"),
    ],
)
def test_what_a_grocer_cannot_sell_has_a_code_of_its_own(shop: Shop, given: dict[str, Any], code: str) -> None:
    said = shop.speaks.post("/v1/sales", shop.sale(**given))
    assert said.get_json()["code"] == code
    assert 400 <= said.status_code < 500


def test_a_till_exchanges_in_one_call_and_a_lost_answer_is_given_again(shop: Shop) -> None:
    sold = shop.speaks.post("/v1/sales", shop.sale()).get_json()
    line = {"position": 1, "quantity": 1, "gross_minor": 700}
    body = exchange_body(shop.card, lines=[line], tenders=[{"kind": "card", "amount_minor": 200}])
    path = f"/v1/sales/{sold['id']}/exchanges"
    first = shop.elsewhere.post(path, body)
    assert first.status_code == 201, first.get_json()
    done = first.get_json()
    assert [done[name] for name in ("credit_minor", "refund_minor", "paid_minor")] == [500, 0, 200]
    assert (done["returned"]["refund_minor"], done["sale"]["payable_minor"]) == (500, 700)
    assert shop.elsewhere.post(path, body).get_json() == done
    assert shop.speaks.get(f"/v1/sales/{sold['id']}").get_json()["returns"] == [done["returned"]]
    assert shop.available == 212


def test_an_exchange_with_a_wrong_credit_note_says_both_amounts(shop: Shop) -> None:
    sold = shop.speaks.post("/v1/sales", shop.sale()).get_json()
    body = exchange_body(shop.card, tenders=[{"kind": "credit_note", "amount_minor": 1}])
    said = shop.speaks.post(f"/v1/sales/{sold['id']}/exchanges", body).get_json()
    assert (said["code"], said["facts"]) == ("credit_note_differs", {"credit_minor": 500, "said_minor": 1})
    assert shop.speaks.get(f"/v1/sales/{sold['id']}").get_json()["state"] == "closed"
