"""A gift card that a sale gives, over HTTP: its code is told to whoever closes the sale, and to nobody else."""

from typing import Any

import pytest
from sqlalchemy import select

from app.http.idempotency import IdempotencyKey
from app.sql import db
from offers.tills.models import TillScanEffect
from tests.factories import console_token, make_console_user
from tests.gift_cards.factories import TEN_EUROS, let_sell
from tests.planning.factories import body
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill
from wallet.gift_cards import queries


@pytest.fixture
def till(anyone: Speaker) -> RecordingTill:
    till = RecordingTill(anyone)
    till.speaks.language = "fr"
    let_sell(till.brand)
    return till


def body_of(till: RecordingTill, **given: Any) -> dict[str, Any]:
    return till.sale(coupons=[till.coupon(benefit=TEN_EUROS, minimum_minor=1_000).code], **given)


def looks(till: RecordingTill, code: str) -> dict[str, Any]:
    found: dict[str, Any] = till.speaks.post("/v1/gift-cards/look-ups", {"code": code}).get_json()
    return found


def kept_answers() -> str:
    with db.system_transaction():
        answers = db.all_of(select(IdempotencyKey.body))
        effects = db.all_of(select(TillScanEffect.answer))
    return str([*answers, *effects])


def test_the_code_is_told_by_the_sale_and_only_its_end_afterwards(till: RecordingTill) -> None:
    answer = till.speaks.post("/v1/sales", body_of(till))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    sale = answer.get_json()
    [card] = sale["gift_cards_given"]
    assert looks(till, card["code"])["balance_minor"] == 1_000
    [shown] = till.speaks.get(f"/v1/sales/{sale['id']}").get_json()["gift_cards_given"]
    slip = till.speaks.get(f"/v1/sales/{sale['id']}/slip").get_json()
    assert shown == slip["gift_cards"][0] == card | {"code": None}
    printed = "\n".join(slip["lines_42"])
    assert "VOTRE CADEAU\nCarte cadeau" in printed
    assert card["code"] not in printed


def test_a_till_that_lost_the_answer_is_told_the_same_code_and_nobody_keeps_it(till: RecordingTill) -> None:
    said, key = body_of(till), {"Idempotency-Key": "once"}
    first = till.speaks.post("/v1/sales", said, headers=key)
    again = till.speaks.post("/v1/sales", said, headers=key)
    other = till.speaks.post("/v1/sales", said)
    [card] = first.get_json()["gift_cards_given"]
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")
    assert other.get_json()["gift_cards_given"] == [card]
    assert card["code"] not in kept_answers()


def test_a_return_takes_it_back_and_tells_no_code(till: RecordingTill) -> None:
    sale = till.speaks.post("/v1/sales", body_of(till)).get_json()
    path = f"/v1/sales/{sale['id']}/returns"
    back = till.speaks.post(path, {"reference": "1", "lines": [{"position": 1, "quantity": 2}]}).get_json()
    [card] = sale["gift_cards_given"]
    assert back["gift_cards_given"] == []
    assert back["returns"][0]["gift_cards_taken_back"] == [{"ending": card["ending"], "amount_minor": 1_000}]
    assert looks(till, card["code"])["state"] == "cancelled"


def test_a_scan_that_sells_tells_it_also_when_it_is_sent_again(till: RecordingTill) -> None:
    scan = till.scan("sale", sale=body_of(till))
    first, again = (till.says(scan)[1]["sale"]["gift_cards_given"] for _ in range(2))
    assert first == again
    assert looks(till, first[0]["code"])["balance_minor"] == 1_000
    assert first[0]["code"] not in kept_answers()


def test_a_sale_of_a_till_without_a_network_gives_it_when_it_is_judged(till: RecordingTill) -> None:
    scan = till.late("sale", sale=body_of(till, charged_minor=1_000))
    first, again = (till.brings(scan)[0]["answer"]["sale"]["gift_cards_given"] for _ in range(2))
    assert first == again
    assert looks(till, first[0]["code"])["balance_minor"] == 1_000
    with db.system_transaction():
        assert len(db.all_of(queries.cards_of(till.brand.id))) == 1


def test_what_a_line_is_called_tells_no_code(till: RecordingTill) -> None:
    said = body_of(till)
    said["lines"][0]["label"] = '"gift_cards_given":[{"id":"1"}]'
    assert till.speaks.post("/v1/sales", said).status_code == 201


def test_a_merchandiser_drafts_it_within_the_brands_bounds(till: RecordingTill) -> None:
    speaks = till.anyone.with_token(console_token(make_console_user(till.brand)))
    drafted = speaks.post("/v1/offers", body(benefit=TEN_EUROS))
    assert (drafted.status_code, drafted.get_json()["draft"]["benefit"]) == (201, TEN_EUROS)
    refused = speaks.post("/v1/offers", body(benefit=TEN_EUROS | {"amount_minor": 15_001}))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "gift_card_amount_outside")
