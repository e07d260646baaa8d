"""A scan that a till records under a name of its own: once, answered in one envelope, refused by closed reasons."""

import uuid
from datetime import UTC, datetime

import pytest

from tests.authenticity.factories import shows_google
from tests.factories import make_brand, make_member, make_store, make_terminal
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill
from tests.wallet.factories import make_card


def test_without_a_name_a_scan_is_a_look_up_as_ever(till: RecordingTill) -> None:
    status, said = till.says({"code": till.card.code})
    assert (status, said["card_id"]) == (201, str(till.card.id))
    assert "result" not in said


def test_a_recorded_scan_names_the_member_and_says_that_all_is_well(till: RecordingTill) -> None:
    status, said = till.says(till.scan())
    assert (status, said["result"], said["reason"], said["replayed"]) == (201, "ok", None, False)
    assert said["card_id"] == str(till.card.id)
    assert till.speaks.get(said["coupons_url"]).status_code == 200


def test_a_coupon_is_redeemed_and_the_answer_says_what_to_give(till: RecordingTill) -> None:
    coupon = till.percent(10)
    status, said = till.says(till.scan("redeem", coupon.code))
    assert (status, said["result"], said["redemption"]["offer"]["title"]) == (201, "ok", "Free coffee")


def test_a_second_redemption_is_an_answer_that_says_when_where_and_at_which_till(till: RecordingTill) -> None:
    coupon = till.percent(10)
    till.says(till.scan("redeem", coupon.code))
    status, said = till.says(till.scan("redeem", coupon.code))
    assert (status, said["result"], said["reason"]) == (200, "refused", "already_redeemed")
    assert (said["first_use"]["store"], said["first_use"]["terminal"]) == ("Rivoli", "Caisse 1")
    assert said["attention"]


def test_a_card_with_one_usable_coupon_is_enough_to_redeem_it(till: RecordingTill) -> None:
    coupon = till.percent(10)
    _, said = till.says(till.scan("redeem"))
    assert said["redemption"]["coupon_code"] == coupon.code


def test_of_two_offers_a_till_that_can_ask_is_asked_which(till: RecordingTill) -> None:
    first, _ = till.percent(10), till.percent(20)
    status, said = till.says(till.scan("redeem", supports=["needs_input"]))
    assert (status, said["result"], said["reason"]) == (200, "needs_input", "ambiguous")
    assert till.says(till.scan("redeem"))[1]["result"] == "refused"
    _, said = till.says(till.scan("redeem", offer_id=str(first.offer_id)))
    assert said["redemption"]["coupon_code"] == first.code


def test_points_are_burnt_and_the_balance_is_told(till: RecordingTill) -> None:
    _, said = till.says(till.scan("burn", points=till.burning(150)))
    assert said["balance_after"] == [{"currency_id": str(till.currency.id), "points": 50}]
    status, said = till.says(till.scan("burn", points=till.burning(51)))
    assert (status, said["reason"]) == (200, "insufficient_points")
    assert till.available == 50


def test_points_are_earned_by_an_amount(till: RecordingTill) -> None:
    bought = {"amount_minor": 1000, "currency": "EUR", "terminal": "1", "receipt": "17"}
    _, said = till.says(till.scan("earn", purchase=bought))
    assert (said["result"], said["balance_after"][0]["points"]) == ("ok", 210)


def test_a_sale_is_recorded_with_its_own_body(till: RecordingTill) -> None:
    coupon = till.percent(10)
    status, said = till.says(till.scan("sale", sale=till.sale(coupons=[coupon.code], charged_minor=900)))
    assert (status, said["result"], said["sale"]["payable_minor"]) == (201, "ok", 900)
    assert till.speaks.get(f"/v1/sales/{said['sale']['id']}").get_json() == said["sale"]


def test_another_total_asks_and_sells_nothing(till: RecordingTill) -> None:
    body = till.scan("sale", sale=till.sale(charged_minor=1), supports=["needs_input"])
    status, said = till.says(body)
    assert (status, said["result"], said["reason"]) == (200, "needs_input", "needs_amount")
    assert till.available == 200


@pytest.mark.parametrize(
    ("code", "reason"), [("7QK3-AAAA-AAAA-AAAA", "unknown"), ("4006381333931", "unknown"), ("https://a.fr", "unknown")]
)
def test_what_is_no_pass_is_refused_in_one_way(till: RecordingTill, code: str, reason: str) -> None:
    status, said = till.says(till.scan(code=code))
    assert (status, said["result"], said["reason"]) == (200, "refused", reason)


def test_a_lost_answer_is_given_again_byte_for_byte_by_its_key(till: RecordingTill) -> None:
    scan = till.scan("redeem", till.percent(10).code)
    first = till.speaks.post("/v1/scans", scan, key=scan["scan_id"])
    second = till.speaks.post("/v1/scans", scan, key=scan["scan_id"])
    assert (second.headers["Idempotency-Replayed"], second.get_data()) == ("true", first.get_data())


def test_a_name_that_is_known_is_answered_before_any_rule(till: RecordingTill) -> None:
    scan = till.scan("redeem", till.percent(10).code)
    _, first = till.says(scan)
    assert till.admin.post(f"/v1/console/cards/{till.card.id}/block").status_code in (200, 404)
    status, second = till.says(scan)
    assert (status, second["replayed"]) == (201, True)
    assert second | {"replayed": False} == first


def test_a_refusal_stays_refused_under_its_name(till: RecordingTill) -> None:
    scan = till.scan("burn", points=till.burning(201))
    till.says(scan)
    till.purse.earn(500)
    status, said = till.says(scan)
    assert (status, said["result"], said["replayed"]) == (200, "refused", True)
    assert till.says(till.scan("burn", points=till.burning(201)))[1]["result"] == "ok"


@pytest.mark.parametrize("change", [{"code": "other"}, {"action": "identify", "points": None}, {"points": 7}])
def test_one_name_for_another_content_is_refused(till: RecordingTill, change: dict[str, object]) -> None:
    scan = till.scan("burn", points=till.burning(10))
    till.says(scan)
    other = make_card(make_member(), till.brand).code
    values = {"code": other, "points": till.burning(7)}
    changed = scan | {name: values.get(name, value) if value else value for name, value in change.items()}
    status, said = till.says({name: value for name, value in changed.items() if value is not None})
    assert (status, said["code"]) == (422, "scan_id_reused")


def test_the_same_name_at_another_till_is_another_scan(till: RecordingTill, anyone: Speaker) -> None:
    scan = till.scan("burn", points=till.burning(10))
    till.says(scan)
    _, key = make_terminal(till.store)
    assert anyone.with_token(key).post("/v1/scans", scan).get_json()["replayed"] is False
    assert till.available == 180


def test_of_sixteen_at_once_one_does_it(till: RecordingTill, crowd: None) -> None:
    scan = till.scan("burn", points=till.burning(150))
    speakers = [Speaker(till.speaks.client.application.test_client(), till.speaks.token) for _ in range(16)]
    answers = at_once(16, lambda n: speakers[n].post("/v1/scans", scan).get_json())
    assert sorted(one["replayed"] for one in answers) == [False] + [True] * 15
    assert {one["result"] for one in answers} == {"ok"}
    assert till.available == 50


def test_a_till_that_lost_the_answer_asks_by_its_own_name(till: RecordingTill, anyone: Speaker) -> None:
    scan = till.scan("redeem", till.percent(10).code)
    _, first = till.says(scan)
    found = till.speaks.get(f"/v1/scans/{scan['scan_id']}")
    assert (found.status_code, found.get_json()) == (200, first | {"replayed": True})
    refused = till.scan(code="7QK3-AAAA-AAAA-AAAA")
    till.says(refused)
    assert till.speaks.get(f"/v1/scans/{refused['scan_id']}").get_json()["reason"] == "unknown"
    assert till.speaks.get(f"/v1/scans/{uuid.uuid4()}").get_json()["code"] == "scan_unknown"
    _, key = make_terminal(make_store(make_brand()))
    assert anyone.with_token(key).get(f"/v1/scans/{scan['scan_id']}").status_code == 404


@pytest.mark.parametrize(
    ("scan", "pointer"),
    [
        ({"action": "sale"}, "/sale"),
        ({"action": "burn"}, "/points"),
        ({"action": "earn"}, "/purchase"),
        ({"action": None}, "/action"),
        ({"action": "identify", "points": True}, "/points"),
        ({"action": "identify", "decided": "offline"}, "/occurred_at"),
        ({"scan_id": None}, "/action"),
    ],
)
def test_an_action_has_its_parts_and_no_others(till: RecordingTill, scan: dict[str, object], pointer: str) -> None:
    body = till.scan() | {name: till.burning(1) if value is True else value for name, value in scan.items()}
    status, said = till.says({name: value for name, value in body.items() if value is not None})
    assert status == 422
    assert pointer in {error["pointer"] for error in said["errors"]}


def test_a_refusal_is_said_in_french_too(till: RecordingTill) -> None:
    till.speaks.language = "fr"
    coupon = till.percent(10)
    till.says(till.scan("redeem", coupon.code))
    _, said = till.says(till.scan("redeem", coupon.code))
    assert said["message"].startswith("Déjà utilisé le ")


def test_a_code_that_changes_burns_once_and_tells_who_it_is_again(till: RecordingTill, crowd: None) -> None:
    code = shows_google(till.card.code, at=datetime.now(UTC))
    scans = [till.scan("burn", code, points=till.burning(10)) for _ in range(8)]
    app = till.speaks.client.application
    speakers = [Speaker(app.test_client(), till.speaks.token) for _ in range(8)]
    answers = at_once(8, lambda n: speakers[n].post("/v1/scans", scans[n]).get_json())
    again = [till.says(scan)[1] for scan in scans]
    assert sorted(one["result"] for one in again) == ["ok"] + ["refused"] * 7
    assert {one["reason"] for one in again} == {None, "already_redeemed"}
    assert till.available == 190
    assert till.says(till.scan(code=code))[1]["result"] == "ok"
    assert sum(one.get("result") == "ok" for one in answers) <= 1
