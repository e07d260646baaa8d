"""Gift cards over HTTP: what tills do, what the brand sees."""

from typing import Any

import pytest

from tests.factories import console_token, make_console_user
from tests.gift_cards.factories import RULE, let_sell
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill


@pytest.fixture
def till(anyone: Speaker) -> RecordingTill:
    till = RecordingTill(anyone)
    let_sell(till.brand)
    return till


def sells(till: RecordingTill, amount: int = 2_500, reference: str = "R1") -> dict[str, Any]:
    answer = till.speaks.post("/v1/gift-cards", {"amount_minor": amount, "reference": reference})
    assert answer.status_code == 201, answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    sold: dict[str, Any] = answer.get_json()
    return sold


def test_a_till_sells_a_card_takes_it_and_gives_back(till: RecordingTill) -> None:
    sold = sells(till)
    assert sells(till)["code"] == sold["code"]
    tenders = [
        {"kind": "gift_card", "amount_minor": 600, "code": sold["code"].lower()},
        {"kind": "cash", "amount_minor": 400},
    ]
    quoted = till.speaks.post("/v1/sales/quotes", till.sale(tenders=tenders)).get_json()
    assert quoted["gift_cards"][0]["available_minor"] == 2_500
    sale = till.speaks.post("/v1/sales", till.sale(tenders=tenders)).get_json()
    assert sale["tenders"][0] == {
        "kind": "gift_card",
        "amount_minor": 600,
        "reference": None,
        "card": f"…{sold['code'][-4:]}",
    }
    path = f"/v1/sales/{sale['id']}/returns"
    back = till.speaks.post(path, {"reference": "1", "lines": [{"position": 1, "quantity": 1}]}).get_json()
    assert back["returns"][0]["gift_cards"] == [{"ending": sold["code"][-4:], "amount_minor": 500}]
    told = till.speaks.post("/v1/gift-cards/look-ups", {"code": sold["code"]}).get_json()
    assert (told["balance_minor"], "code" in told) == (2_400, False)


@pytest.mark.parametrize(
    ("tender", "status", "code"),
    [
        ({"kind": "gift_card", "amount_minor": 1_000, "code": "7QK3-2M4P"}, 422, "code_mistyped"),
        ({"kind": "gift_card", "amount_minor": 1_000, "code": "7QK3-M2TD-X0AH"}, 422, "code_mistyped"),
        ({"kind": "card", "amount_minor": 1_000, "code": "7QK3-2M4P"}, 422, "malformed"),
    ],
)
def test_a_code_that_is_none_is_refused(till: RecordingTill, tender: dict[str, Any], status: int, code: str) -> None:
    for path in ("/v1/sales", "/v1/sales/quotes"):
        answer = till.speaks.post(path, till.sale(tenders=[tender]))
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_a_gift_card_of_somebody_else_is_only_said(till: RecordingTill) -> None:
    tenders = [{"kind": "gift_card", "amount_minor": 1_000, "reference": "ILL-889"}]
    sale = till.speaks.post("/v1/sales", till.sale(tenders=tenders)).get_json()
    assert (sale["tenders"][0]["reference"], sale["tenders"][0]["card"]) == ("ILL-889", None)


def test_an_administrator_says_which_cards_are_sold_and_blocks_one(till: RecordingTill) -> None:
    shown = till.admin.get("/v1/console/gift-card-policy")
    answer = till.admin.put(
        "/v1/console/gift-card-policy",
        {"least_minor": 500, "most_minor": 5_000, "valid_months": None},
        headers={"If-Match": shown.headers["ETag"]},
    )
    assert (answer.status_code, answer.get_json()["least_minor"]) == (200, 500)
    wrong = {"least_minor": 500, "most_minor": 499, "valid_months": None}
    assert till.admin.put("/v1/console/gift-card-policy", wrong, headers={"If-Match": "*"}).status_code == 422
    sold = sells(till)
    assert till.admin.post(f"/v1/gift-cards/{sold['id']}/blocking", {"blocked": True}).get_json()["state"] == "blocked"
    refused = till.speaks.post(
        "/v1/sales", till.sale(tenders=[{"kind": "gift_card", "amount_minor": 1_000, "code": sold["code"]}])
    )
    assert (refused.status_code, refused.get_json()["code"]) == (409, "gift_card_blocked")
    [listed] = till.admin.get("/v1/gift-cards").get_json()["items"]
    assert (listed["ending"], listed["balance_minor"]) == (sold["code"][-4:], 2_500)


def test_a_till_takes_back_a_card_that_it_sold_by_mistake(till: RecordingTill) -> None:
    sold = sells(till)
    answer = till.speaks.post(f"/v1/gift-cards/{sold['id']}/cancellation")
    assert (answer.get_json()["state"], answer.get_json()["balance_minor"]) == ("cancelled", 0)


def test_others_have_no_hand_in_it(till: RecordingTill, anyone: Speaker) -> None:
    sold = sells(till)
    stranger = RecordingTill(anyone)
    assert anyone.post("/v1/gift-cards", {"amount_minor": 100, "reference": "1"}).status_code == 401
    assert stranger.speaks.post("/v1/gift-cards", {"amount_minor": 100, "reference": "1"}).status_code == 409
    assert stranger.speaks.post("/v1/gift-cards/look-ups", {"code": sold["code"]}).status_code == 404
    assert stranger.speaks.post(f"/v1/gift-cards/{sold['id']}/cancellation").status_code == 404
    assert stranger.admin.post(f"/v1/gift-cards/{sold['id']}/blocking", {"blocked": True}).status_code == 404
    assert stranger.admin.get("/v1/gift-cards").get_json()["items"] == []
    merchandiser = anyone.with_token(console_token(make_console_user(till.brand)))
    assert merchandiser.put("/v1/console/gift-card-policy", RULE, headers={"If-Match": "*"}).status_code == 403
    assert merchandiser.get("/v1/gift-cards").status_code == 403


def test_a_late_sale_takes_what_is_on_the_card_and_the_rest_is_a_loss(till: RecordingTill) -> None:
    sold = sells(till, 400)
    tenders = [{"kind": "gift_card", "amount_minor": 1_000, "code": sold["code"]}]
    [one] = till.brings(till.late("sale", sale=till.sale(tenders=tenders, charged_minor=1_000)))
    assert (one["answer"]["result"], one["answer"]["reason"]) == ("accepted_with_conflict", "insufficient_points")
    assert till.speaks.post("/v1/gift-cards/look-ups", {"code": sold["code"]}).get_json()["balance_minor"] == 0
    assert till.conflicts()[0]["loss_minor"] == 600
