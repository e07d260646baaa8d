"""What becomes of an offer near a member, and that the explanation says so."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.consent.models import Level
from app.sql import db
from offers.planning import lifecycle
from tests.consent.factories import say_no
from tests.deciding.factories import Asker, Town, make_shop, offer_at, set_hours, shown
from tests.factories import make_brand, make_store, make_terminal
from tests.planning.factories import publish
from tests.racing import at_once
from tests.speaking import Speaker


@pytest.fixture
def town(anyone: Speaker) -> Town:
    return Town(anyone)


def local(days: int) -> datetime:
    return (clock.now() + timedelta(days=days)).replace(tzinfo=None)


def test_an_offer_near_an_open_store_is_shown(town: Town) -> None:
    assert shown(town.ask()) == [str(town.offer.id)]


def test_an_answer_says_why_and_which_permission_allowed_it(town: Town) -> None:
    one = town.ask().get_json()["offers"][0]
    assert one["reason"]["code"] == "near_and_live"
    assert town.explained(town.ask())["permission_event_ids"] == [one["permission_event_id"]]


def test_a_reason_is_said_in_the_language_of_the_reader(town: Town) -> None:
    town.phone.language = "fr"
    assert town.ask().get_json()["offers"][0]["reason"]["text"].startswith("À ")


def test_a_closed_store_hides_the_offer_and_says_so(town: Town) -> None:
    set_hours(town.store, open_now=False)
    answer = town.ask()
    assert shown(answer) == []
    assert town.outcomes(answer) == {str(town.offer.id): "store_closed"}


def test_the_next_nearest_open_store_is_shown_instead(town: Town) -> None:
    further = make_shop(town.brand, north=4)
    set_hours(town.store, open_now=False)
    set_hours(further, open_now=True)
    assert town.ask().get_json()["offers"][0]["store"]["id"] == str(further.id)


def test_an_offer_that_has_not_started_is_explained(anyone: Speaker) -> None:
    town = Town(anyone, starts_local=local(2))
    assert town.outcomes(town.ask()) == {str(town.offer.id): "not_started"}


def test_a_window_is_read_on_the_wall_clock_of_the_store(anyone: Speaker) -> None:
    """Paris is at most two hours ahead of UTC: a window that starts in three UTC hours has not started there."""
    asker, brand = Asker(anyone), make_brand()
    make_shop(brand, time_zone="Europe/Paris")
    make_shop(brand, north=2, time_zone="Pacific/Kiritimati")
    offer_at(brand, starts_local=(clock.now() + timedelta(hours=3)).replace(tzinfo=None, second=0, microsecond=0))
    asker.allows(brand)
    answer = asker.ask()
    assert [one["store"]["time_zone"] for one in answer.get_json()["offers"]] in ([], ["Pacific/Kiritimati"])


def test_a_used_offer_is_not_shown_again(town: Town) -> None:
    coupon = town.phone.post(f"/v1/offers/{town.offer.id}/coupons").get_json()
    _, key = make_terminal(town.store)
    redeemed = town.phone.with_token(key).post(f"/v1/coupons/{coupon['code']}/redemptions", {})
    assert redeemed.status_code == 201, redeemed.get_json()
    assert town.outcomes(town.ask()) == {str(town.offer.id): "already_used"}


def test_a_claimed_coupon_is_named_beside_its_offer(town: Town) -> None:
    code = town.phone.post(f"/v1/offers/{town.offer.id}/coupons").get_json()["code"]
    one = town.ask().get_json()["offers"][0]
    assert (one["coupon_code"], one["reason"]["code"]) == (code, "coupon_held")


def test_a_sold_out_offer_is_hidden_from_who_holds_none(anyone: Speaker) -> None:
    town, late = Town(anyone, total_limit=1), Asker(anyone)
    late.allows(town.brand)
    town.phone.post(f"/v1/offers/{town.offer.id}/coupons")
    assert late.outcomes(late.ask()) == {str(town.offer.id): "sold_out"}
    assert shown(town.ask()) == [str(town.offer.id)]


def test_a_paused_offer_is_not_even_considered(town: Town) -> None:
    with db.system_transaction():
        lifecycle.pause_offer(
            brand_id=town.brand.id,
            offer_id=town.offer.id,
            by=town.offer.created_by,
            now=clock.now(),
        )
    assert town.outcomes(town.ask()) == {}


def test_a_brand_that_was_not_allowed_shows_nothing(town: Town) -> None:
    other = make_brand()
    make_shop(other)
    offer_at(other)
    assert shown(town.ask()) == [str(town.offer.id)]


def test_after_a_withdrawal_there_is_nothing_more(town: Town) -> None:
    say_no(town.member, town.brand, now=clock.now())
    assert (town.ask().status_code, town.ask().get_json()["code"]) == (403, "permission_withdrawn")


def test_a_store_out_of_reach_is_not_considered(town: Town) -> None:
    far = make_store(town.brand, lat=49.9)
    publish(far, now=clock.now())
    assert town.ask(lat=49.5).get_json()["offers"] == []


def test_a_decision_holds_neither_position_nor_distance(town: Town) -> None:
    answer = town.ask(lat=48.857123)
    with db.system_transaction():
        row = db.execute(
            text("SELECT (to_jsonb(decision) - 'decided_at')::text FROM decision WHERE id = :id"),
            {"id": answer.get_json()["decision_id"]},
        ).scalar_one()
    kept = town.decision(answer)
    assert "48.85" not in row
    assert (kept.considered, kept.shown, kept.context) == ([town.offer.number, 1, town.store.number, 1], 1, {})


def test_a_one_shot_permission_answers_exactly_once(anyone: Speaker) -> None:
    town = Town(anyone)
    say_no(town.member, town.brand, now=clock.now())
    town.allows(town.brand, level=Level.ONE_SHOT)
    statuses = at_once(24, lambda _: town.ask().status_code)
    assert sorted(statuses) == [200] + [403] * 23
