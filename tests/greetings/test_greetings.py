"""A scan answers in one trip with what staff need to know of whoever stands there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.sql import db
from offers.greetings import greetings
from tests.consent.factories import say_no
from tests.factories import make_store, make_terminal, member_token, save
from tests.gestures.factories import allot
from tests.planning.audience_factories import permit
from tests.planning.factories import stores_and_areas
from tests.programmes.factories import make_reward, order
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill
from tests.tracing import sent_statements
from wallet.programmes.models import MemberTier
from wallet.scanning import scans

ONE_MORE = 1
MONEY = {"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"}


def told(till: RecordingTill, code: str | None = None) -> dict[str, Any]:
    answer = till.speaks.post("/v1/scans", {"code": code or till.card.code})
    assert answer.status_code == 201, answer.get_json()
    member: dict[str, Any] = answer.get_json()["member"]
    return member


def test_a_balance_is_told_with_its_worth(till: RecordingTill) -> None:
    [balance] = told(till)["balances"]
    assert (balance["available"], balance["worth_minor"], balance["expiring"]) == (200, 1_000, None)
    assert balance["text"] == f"{balance['name']}: 200, worth €10.00."


def test_who_has_no_points_has_none_in_each_currency(anyone: Speaker) -> None:
    [balance] = told(RecordingTill(anyone))["balances"]
    assert (balance["available"], balance["worth_minor"]) == (0, 0)


def test_points_that_expire_soon_are_told(anyone: Speaker) -> None:
    till, now = RecordingTill(anyone), datetime.now(UTC)
    till.purse.earn(30, now=now - timedelta(days=1), lasts=f"{20}D")
    [balance] = told(till)["balances"]
    assert balance["expiring"]["points"] == 30
    assert "30" in balance["expiring"]["text"]


def test_only_coupons_that_work_here_are_told(till: RecordingTill) -> None:
    here = till.percent(10)
    till.percent(20, targets=stores_and_areas(make_store(till.brand)))
    [coupon] = told(till)["coupons"]
    assert (coupon["code"], coupon["offer_id"]) == (here.code, str(here.offer_id))


def test_a_used_coupon_is_told_no_more(till: RecordingTill) -> None:
    till.says(till.scan("redeem", till.percent(10).code))
    assert told(till)["coupons"] == []


def test_rewards_within_reach_are_told_dearest_first(till: RecordingTill) -> None:
    for price in (50, 200, 201):
        make_reward(till.brand, till.currency, price=price)
    assert [one["price"] for one in told(till)["rewards"]] == [200, 50]


def test_an_order_to_hand_over_is_told_with_its_code(till: RecordingTill) -> None:
    waits = order(till.member, make_reward(till.brand, till.currency), now=datetime.now(UTC))
    assert [one["state"] for one in told(till)["orders"]] == ["ordered"]
    till.speaks.post(f"/v1/console/reward-orders/{waits.id}/readiness")
    [ready] = told(till)["orders"]
    assert (ready["code"], ready["text"]) == (waits.code, f"To hand over: A tin of tea (order {waits.code}).")


def test_a_tier_is_told(till: RecordingTill) -> None:
    now = datetime.now(UTC)
    save(MemberTier(member_id=till.member.id, brand_id=till.brand.id, tier="gold", since=now, changed_at=now))
    assert told(till)["tier"] == {"code": "gold", "name": "gold", "text": "Tier: gold."}


@pytest.fixture
def celebrated(till: RecordingTill, anyone: Speaker) -> RecordingTill:
    now = datetime.now(UTC)
    permit(till.member, till.brand, "birthday_treat", changed_at=now)
    phone = anyone.with_token(member_token(till.member))
    assert phone.put("/v1/me/birthday", {"day": now.day, "month": now.month}).status_code == 200
    return till


def test_a_birthday_waits_where_the_store_can_give(celebrated: RecordingTill) -> None:
    assert told(celebrated)["gesture"] is None
    allot(celebrated.brand, celebrated.store, currency=celebrated.currency, now=datetime.now(UTC))
    assert told(celebrated)["gesture"]["kind"] == "birthday"


def test_a_birthday_is_told_only_with_its_permission(celebrated: RecordingTill) -> None:
    allot(celebrated.brand, celebrated.store, currency=celebrated.currency, now=datetime.now(UTC))
    say_no(celebrated.member, celebrated.brand, touchpoint="email", purpose="birthday_treat", now=datetime.now(UTC))
    assert told(celebrated)["gesture"] is None


def test_sentences_are_in_the_language_of_the_till(till: RecordingTill) -> None:
    till.speaks.language = "fr"
    assert "soit 10,00" in told(till)["balances"][0]["text"]


def test_an_answer_is_written_as_it_is_documented(celebrated: RecordingTill) -> None:
    """It is written by itself, without a look at its shape: tills wait for it."""
    till, now = celebrated, datetime.now(UTC)
    till.percent(10)
    till.purse.earn(30, now=now - timedelta(days=1), lasts="20D")
    order(till.member, make_reward(till.brand, till.currency), now=now)
    make_reward(till.brand, till.currency, price=10)
    save(MemberTier(member_id=till.member.id, brand_id=till.brand.id, tier="gold", since=now, changed_at=now))
    allot(till.brand, till.store, currency=till.currency, now=now)
    said = till.speaks.post("/v1/scans", {"code": till.card.code}).get_json()
    again = till.speaks.get(f"/v1/scans/{said['id']}").get_json()
    assert said == again
    assert all(said["member"].values())


def test_another_brands_till_is_told_nothing(till: RecordingTill, anyone: Speaker) -> None:
    other = RecordingTill(anyone)
    assert other.speaks.post("/v1/scans", {"code": till.card.code}).status_code == 404


def test_a_recorded_look_tells_the_same(till: RecordingTill) -> None:
    status, body = till.says(till.scan("identify"))
    assert (status, body["member"]["balances"][0]["available"]) == (201, 200)
    assert "member" not in till.says(till.scan("redeem", till.percent(10).code))[1]


def test_all_of_it_costs_one_statement_more(till: RecordingTill) -> None:
    till.percent(10)
    told(till)
    with db.transaction():
        staff = db.Staff("terminal", till.brand.id, till.store.id)
        db.become(brand_id=till.brand.id, principal_id=till.terminal.id, staff=staff)
        now = datetime.now(UTC)
        where: dict[str, Any] = {"brand_id": till.brand.id, "store_id": till.store.id}
        reading = scans.read_pass(code=till.card.code, **where, terminal_id=till.terminal.id, now=now)
        with sent_statements() as sent:
            greetings.greet_member(reading, language="fr", now=now)
    assert len(sent) == ONE_MORE


def test_the_member_can_read_that_it_was_told(till: RecordingTill, anyone: Speaker) -> None:
    told(till)
    [read] = anyone.with_token(member_token(till.member)).get("/v1/me/reads").get_json()["items"]
    assert {one["code"] for one in read["data"]} == {"account", "scan", "coupon"}


def test_a_terminal_asks_who_it_is(till: RecordingTill) -> None:
    answer = till.speaks.get("/v1/terminal")
    said = answer.get_json()
    assert (answer.status_code, said["id"], said["profile"]) == (200, str(till.terminal.id), "till")
    assert (said["brand"]["code"], said["store"]["id"]) == (till.brand.code, str(till.store.id))
    assert said["time_zone"] == till.store.time_zone
    assert [(one["id"], one["worth_points"], one["worth_minor"]) for one in said["currencies"]] == [
        (str(till.currency.id), 100, 500)
    ]
    assert "qr" in said["symbologies"]
    assert abs(datetime.fromisoformat(said["server_at"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_terminal_lists_what_waits_in_its_store(till: RecordingTill, anyone: Speaker) -> None:
    reward = make_reward(till.brand, till.currency)
    first, second = (order(till.member, reward, now=datetime.now(UTC)) for _ in range(2))
    elsewhere = anyone.with_token(make_terminal(make_store(till.brand))[1])
    elsewhere.post(f"/v1/console/reward-orders/{second.id}/readiness")
    path = "/v1/terminal/reward-orders"
    [here] = till.speaks.get(path).get_json()["items"]
    assert (here["code"], here["title"], here["state"]) == (first.code, "A tin of tea", "ordered")
    assert [one["code"] for one in elsewhere.get(path).get_json()["items"]] == [second.code, first.code]
    typed = f" {second.code[:3].lower()}-{second.code[3:]}"
    [found] = till.speaks.get(path, query_string={"code": typed}).get_json()["items"]
    assert found["id"] == str(second.id)
    assert till.speaks.post(f"/v1/console/reward-orders/{found['id']}/handover").get_json()["state"] == "handed_over"
    assert till.speaks.get(path, query_string={"code": second.code}).get_json()["items"] == []


def test_a_cagnotte_is_told_in_euros_and_buys_nothing_below_its_threshold(anyone: Speaker) -> None:
    till, now = RecordingTill(anyone, points=200, counts=MONEY | {"usable_from": 500}), datetime.now(UTC)
    till.purse.earn(150, now=now - timedelta(days=1), lasts="20D")
    make_reward(till.brand, till.currency, price=300)
    till.speaks.language = "fr"
    found = told(till)
    [balance] = found["balances"]
    assert (balance["text"], found["rewards"]) == ("Cagnotte : 3,50\xa0€.", [])
    assert balance["expiring"]["text"].startswith("Cagnotte : 1,50\xa0€ sont perdus s'ils ne servent pas avant le ")
    till.purse.earn(150, now=now)
    [reward] = told(till)["rewards"]
    assert reward["text"] == "À portée : Une boîte de thé, pour 3,00\xa0€ (Cagnotte)."


def test_a_till_is_told_which_currency_is_money(anyone: Speaker) -> None:
    till = RecordingTill(anyone, counts=MONEY | {"usable_from": 500})
    [currency] = till.speaks.get("/v1/terminal").get_json()["currencies"]
    assert (currency["kind"], currency["usable_from"], currency["worth_minor"]) == ("money", 500, 1)
