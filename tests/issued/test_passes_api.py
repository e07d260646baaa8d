"""A member's passes over HTTP."""

import uuid
from unittest import mock

import pytest

from app import clock
from app.sql import db
from tests.coupons.factories import claim
from tests.factories import made, make_brand, make_member, make_store
from tests.issued.factories import issue, says
from tests.planning.factories import make_offer
from tests.points.factories import Purse
from tests.wallet.factories import make_card
from wallet.issued import wallets


@pytest.fixture
def card(member, brand):
    return make_card(member, brand)


def test_my_card_comes_into_my_wallets_and_asking_again_gives_the_same_pass(speaker, card):
    first = speaker.post(f"/v1/cards/{card.id}/pass")
    again = speaker.post(f"/v1/cards/{card.id}/pass")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert first.get_json()["kind"] == "card"
    assert first.get_json()["target_id"] == str(card.id)


def test_a_wallet_without_an_account_is_said_to_be_not_available(speaker, card):
    adds = {"one": lambda *_: {"url": "https://example.org/add"}, "other": lambda *_: None}
    with mock.patch.dict(wallets.WALLETS, adds, clear=True):
        said = speaker.post(f"/v1/cards/{card.id}/pass").get_json()["wallets"]
    assert said == [
        {"wallet": "one", "state": "available", "url": "https://example.org/add"},
        {"wallet": "other", "state": "not_available", "url": None},
    ]


def test_a_blocked_card_says_so_and_somebody_elses_is_unknown(speaker, member, brand):
    blocked = make_card(member, brand, status="blocked")
    assert speaker.post(f"/v1/cards/{blocked.id}/pass").get_json()["code"] == "card_blocked"
    theirs = make_card(make_member(), brand)
    assert speaker.post(f"/v1/cards/{theirs.id}/pass").get_json()["code"] == "card_unknown"
    closed = make_card(member, make_brand(), status="closed")
    assert speaker.post(f"/v1/cards/{closed.id}/pass").get_json()["code"] == "card_unknown"


def test_my_passes_are_listed_page_by_page_and_one_that_ended_is_not(speaker, member):
    passes = [issue(make_card(member, make_brand()), now=clock.now()) for _ in range(3)]
    issue(make_card(make_member(), make_brand()), now=clock.now())
    first = speaker.get("/v1/passes?limit=2").get_json()
    rest = speaker.get(first["next"]).get_json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [str(one.id) for one in reversed(passes)]
    assert speaker.delete(f"/v1/passes/{passes[0].id}").status_code == 204
    assert speaker.delete(f"/v1/passes/{passes[0].id}").status_code == 204
    assert len(speaker.get("/v1/passes").get_json()["items"]) == 2
    assert says(passes[0]).is_void


def test_a_pass_that_is_not_mine_does_not_exist(speaker):
    theirs = issue(make_card(make_member(), make_brand()))
    for pass_id in (theirs.id, uuid.uuid4()):
        assert speaker.delete(f"/v1/passes/{pass_id}").get_json()["code"] == "issued_pass_unknown"
        assert speaker.get(f"/v1/passes/{pass_id}/why").get_json()["code"] == "issued_pass_unknown"


def test_a_coupon_comes_into_my_wallets_as_a_pass_of_its_own(speaker, member, brand):
    make_store(brand)
    coupon = claim(member, make_offer(brand, now=clock.now()), now=clock.now())
    first = speaker.post(f"/v1/coupons/{coupon.code.lower()}/pass")
    again = speaker.post(f"/v1/coupons/{coupon.code}/pass")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert first.get_json()["kind"] == "coupon"
    why = speaker.get(f"/v1/passes/{first.get_json()['id']}/why").get_json()
    assert why["items"] == []
    assert why["summary"].startswith("The card alone")


def test_what_opens_a_pass_or_spends_a_coupon_is_in_no_stored_answer(speaker, member, brand, card):
    make_store(brand)
    coupon = claim(member, make_offer(brand, now=clock.now()), now=clock.now())
    for path in (f"cards/{card.id}/pass", f"coupons/{coupon.code}/pass", f"coupons/{coupon.code}/voucher"):
        assert speaker.post(f"/v1/{path}", key="the same").status_code in (200, 201)
    with made():
        assert db.fetch("SELECT 1 FROM idempotency_key WHERE principal_id = $1", [member.id]) == []


def test_why_speaks_the_language_that_is_asked_for(speaker, card):
    held = issue(card, now=clock.now())
    english = speaker.get(f"/v1/passes/{held.id}/why").get_json()
    french = speaker.get(f"/v1/passes/{held.id}/why", headers={"Accept-Language": "fr"}).get_json()
    assert english["summary"].startswith("Your card shows itself nowhere")
    assert french["summary"].startswith("Votre carte ne s'affiche nulle part")
    assert not english["may_notify"]


def test_what_a_pass_says_is_what_the_app_says():
    purse = Purse()
    held = issue(make_card(purse.member, purse.brand))
    purse.earn(70)
    purse.hold(20)
    assert [one.amount for one in says(held).balances] == [purse.balance().available]
