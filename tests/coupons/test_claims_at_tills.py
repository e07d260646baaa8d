"""Staff claim an offer for the member whose pass was scanned; what applies by itself cannot be claimed by anybody."""

import uuid
from typing import Any

import pytest

from app.sql import db
from offers.coupons.models import Coupon
from offers.planning.models import AppliesBy, Audience
from tests.coupons.factories import Shop
from tests.factories import PARIS, console_token, make_console_user
from tests.planning.factories import body, make_offer, publish
from tests.speaking import Speaker
from tests.wallet.factories import make_card


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def scan_of(shop: Shop) -> str:
    card = make_card(shop.member, shop.brand)
    return str(shop.till.post("/v1/scans", {"code": card.code}).json["id"])


def claims(shop: Shop, scan_id: str, offer_id: Any = None, **options: Any) -> Any:
    return shop.till.post(f"/v1/scans/{scan_id}/coupons", {"offer_id": str(offer_id or shop.offer.id)}, **options)


def test_staff_claim_for_the_member_and_the_coupon_says_where(shop: Shop) -> None:
    answer = claims(shop, scan_of(shop))
    assert answer.status_code == 201, answer.json
    with db.system_transaction():
        coupon = db.get(Coupon, (shop.member.id, uuid.UUID(answer.json["id"])))
    assert coupon is not None
    assert (coupon.claimed_at_terminal_id, coupon.cashier_id) == (shop.terminal.id, None)
    assert shop.phone.get("/v1/coupons").json["items"][0]["code"] == answer.json["code"]


def test_the_limit_is_the_members_own(shop: Shop) -> None:
    scan_id = scan_of(shop)
    assert [claims(shop, scan_id).status_code for _ in range(2)] == [201, 409]
    assert claims(shop, scan_id).json["code"] == "member_limit_reached"


def test_the_same_claim_sent_twice_is_one(shop: Shop) -> None:
    scan_id, key = scan_of(shop), {"Idempotency-Key": uuid.uuid4().hex}
    first, again = (claims(shop, scan_id, headers=key) for _ in range(2))
    assert (first.json["id"], again.headers["Idempotency-Replayed"]) == (again.json["id"], "true")


def test_only_a_scan_of_this_store_and_an_offer_of_this_brand(anyone: Speaker, shop: Shop) -> None:
    other = Shop(anyone)
    assert claims(shop, scan_of(other)).json["code"] == "scan_unknown"
    assert claims(shop, scan_of(shop), other.offer.id).json["code"] == "offer_unknown"


def test_what_applies_by_itself_is_claimed_by_nobody(shop: Shop) -> None:
    offer = make_offer(shop.brand, applies=AppliesBy.AUTOMATIC)
    answers = [claims(shop, scan_of(shop), offer.id), shop.phone.post(f"/v1/offers/{offer.id}/coupons")]
    assert [one.json["code"] for one in answers] == ["offer_applies_by_itself"] * 2


def test_a_quote_and_a_sale_say_what_applies_by_itself(shop: Shop) -> None:
    make_offer(shop.brand, applies=AppliesBy.AUTOMATIC)
    card = make_card(shop.member, shop.brand)
    line = {"position": 1, "quantity": 1, "gross_minor": 1_000}
    sale = {"code": card.code, "terminal": "1", "receipt": "1", "currency": "EUR", "lines": [line]}
    quote, sold = shop.till.post("/v1/sales/quotes", sale), shop.till.post("/v1/sales", sale | {"charged_minor": 900})
    assert [one.json["steps"][0]["reason"]["code"] for one in (quote, sold)] == ["for_everybody"] * 2
    assert [one.json["steps"][0]["coupon_code"] is None for one in (quote, sold)] == [True, False]


def test_its_card_says_so_in_both_languages(anyone: Speaker, shop: Shop) -> None:
    offer = make_offer(shop.brand, applies=AppliesBy.AUTOMATIC, audience=Audience.EVERYBODY, prior_price_minor=500)
    publish(shop.store)
    here = {"lat": PARIS[1], "lon": PARIS[0], "accuracy_m": 10, "brand": shop.brand.code}
    said = {}
    for language in ("fr", "en"):
        answer = anyone.post("/v1/around", here, headers={"Accept-Language": language})
        [said[language]] = [one["by_itself"] for one in answer.json["offers"] if one["id"] == str(offer.id)]
    assert said == {
        "fr": "S'applique d'elle-même en caisse : montrez votre carte.",
        "en": "Applies by itself at the till: show your card.",
    }


@pytest.mark.parametrize("wish", ["given_only", "transferable"])
def test_it_is_neither_given_only_nor_handed_on(anyone: Speaker, shop: Shop, wish: str) -> None:
    desk = anyone.with_token(console_token(make_console_user(shop.brand)))
    answer = desk.post("/v1/offers", body(applies="automatic") | {wish: True})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"/{wish}")
    assert desk.post("/v1/offers", body(applies="automatic")).json["draft"]["applies"] == "automatic"
