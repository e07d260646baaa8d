"""A member's own facts: what the phone needs, nothing of where it is, nothing of what was bought."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from app import clock
from app.consent.models import Level, Scope, ScopeKind
from app.sql import db
from offers.bundles import own_scores
from offers.planning.audiences.for_whom import ForWhom
from tests.consent.factories import give, say_no
from tests.coupons.factories import claim
from tests.deciding.dismissing import dismiss
from tests.deciding.factories import Shopper, Town, make_shop, offer_at
from tests.factories import make_brand
from tests.learning.factories import forbid
from tests.speaking import Speaker
from tests.tracing import traced
from tests.wallet.factories import make_card

MOST_STATEMENTS = 9
"""BEGIN, who asks, permissions, who they are, offers for some, coupons, what is hidden, tastes, COMMIT."""


def read(town: Town) -> dict[str, Any]:
    answer = town.phone.get("/v1/bundle-facts")
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def refused(town: Town) -> str:
    answer = town.phone.get("/v1/bundle-facts")
    assert answer.status_code == 403
    return str(answer.get_json()["code"])


def test_they_say_for_which_brands_a_phone_may_match(anyone: Speaker) -> None:
    town = Town(anyone)
    other = make_brand()
    store = make_shop(other)
    town.allows(other, scope=Scope(ScopeKind.STORE, store.id))
    said = {(gate["brand_id"], gate["scope_kind"], gate["scope_id"]) for gate in read(town)["gates"]}
    here, there = str(town.brand.id), str(other.id)
    assert said == {(here, "brand", here), (there, "store", str(store.id))}


def test_without_the_permission_there_are_none(anyone: Speaker) -> None:
    town = Town(anyone)
    say_no(town.member, town.brand, now=clock.now())
    assert refused(town) == "permission_withdrawn"


def test_a_member_who_was_never_asked_is_told_so(anyone: Speaker) -> None:
    town = Town(anyone)
    with db.system_transaction():
        db.execute(text("DELETE FROM permission_state WHERE member_id = :id"), {"id": town.member.id})
    assert refused(town) == "permission_not_given"


def test_a_yes_for_one_answer_is_none_for_matching(anyone: Speaker) -> None:
    """Nobody would see it used on a phone."""
    town = Town(anyone)
    say_no(town.member, town.brand, now=clock.now())
    give(town.member, town.brand, level=Level.ONE_SHOT, now=clock.now())
    assert refused(town) == "permission_level_insufficient"


def test_a_no_to_a_store_is_said_as_such(anyone: Speaker) -> None:
    town = Town(anyone)
    say_no(town.member, town.brand, scope=Scope(ScopeKind.STORE, town.store.id), now=clock.now())
    assert read(town)["closed"] == [str(town.store.id)]


def test_coupons_and_what_is_hidden_are_told(anyone: Speaker) -> None:
    town = Town(anyone)
    other = offer_at(town.brand)
    dismiss(town.member, other, now=clock.now())
    coupon = claim(town.member, town.offer, now=clock.now())
    facts = read(town)
    assert facts["dismissed"] == [str(other.id)]
    waiting = [{"code": coupon.code, "expires_at": int(coupon.expires_at.timestamp())}]
    assert facts["held"] == [{"offer_id": str(town.offer.id), "used": 0, "coupons": waiting}]


def test_of_whom_an_offer_is_for_only_the_answer_leaves(anyone: Speaker) -> None:
    town = Town(anyone, for_whom=ForWhom(new_member_days=30))
    said = {"offer_id": str(town.offer.id), "version": 1}
    assert read(town)["judged"] == [said | {"outcome": "not_for_you"}]
    make_card(town.member, town.brand, now=clock.now() - timedelta(days=3))
    assert read(town)["judged"] == [said | {"outcome": "shown"}]


def test_they_are_good_for_a_day_at_most_and_no_longer_than_the_permission(anyone: Speaker) -> None:
    town = Town(anyone)
    now = clock.now().timestamp()
    assert 0 < read(town)["good_until"] - now <= 24 * 3600 + 1
    with db.system_transaction():
        soon = "UPDATE permission_state SET expires_at = now() + interval '5 min' WHERE member_id = :id"
        db.execute(text(soon), {"id": town.member.id})
    assert read(town)["good_until"] - now < 400


def test_who_lets_no_brand_look_has_no_scores(anyone: Speaker) -> None:
    assert read(Town(anyone))["scores"] is None


def test_scores_come_with_the_permission_and_go_with_it(anyone: Speaker) -> None:
    shopper = Shopper(anyone)
    shopper.buys_bread()
    shopper.permits_profiling()
    found = read(shopper)["scores"]
    assert found is not None
    base = {one["number"]: one["base"] for one in found["offers"]}
    assert base[shopper.bread.number] > base[shopper.milk.number]
    text_of = orjson.dumps(found).decode()
    assert "bakery" not in text_of
    forbid(shopper.member, shopper.brand, now=clock.now())
    assert read(shopper)["scores"] is None


def test_of_too_many_offers_there_are_no_scores(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    shopper = Shopper(anyone)
    shopper.permits_profiling()
    monkeypatch.setattr(own_scores, "MOST_SCORED", 1)
    assert read(shopper)["scores"] is None


def test_nothing_of_another_member_is_in_them(anyone: Speaker) -> None:
    one, other = Town(anyone), Town(anyone)
    one.allows(other.brand)
    claim(other.member, other.offer, now=clock.now())
    dismiss(other.member, offer_at(other.brand), now=clock.now())
    facts = read(one)
    assert (facts["held"], facts["dismissed"]) == ([], [])


def test_they_cost_few_statements(anyone: Speaker) -> None:
    town = Town(anyone)
    read(town)
    with traced() as traffic:
        read(town)
    assert traffic.statements <= MOST_STATEMENTS


def test_they_are_never_kept_on_the_way(anyone: Speaker) -> None:
    assert Town(anyone).phone.get("/v1/bundle-facts").headers["Cache-Control"] == "no-store"
