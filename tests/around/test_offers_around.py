"""Strangers are shown offers that are announced to everybody and hold now, and no others."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from app import clock
from offers.planning.audiences.for_whom import read_for_whom
from offers.planning.models import Audience
from tests.around.factories import Stranger, change
from tests.deciding.factories import Asker
from tests.planning.factories import on_the_clock, pause, stores_and_areas
from tests.speaking import Speaker


@pytest.fixture
def stranger(anyone: Speaker) -> Stranger:
    return Stranger(anyone)


def test_an_offer_for_everybody_is_shown_once_and_named_at_each_store(stranger: Stranger) -> None:
    for north in (1, 2):
        stranger.shop(north=north)
    offer = stranger.offer()
    told = stranger.told()
    assert [one["id"] for one in told["offers"]] == [str(offer.id)]
    assert [one["offer_ids"] for one in told["stores"]] == [[str(offer.id)]] * 2


def test_an_offer_holds_at_its_own_stores_only(stranger: Stranger) -> None:
    _, there = (stranger.shop(str(north), north=north) for north in (1, 2))
    offer = stranger.offer(targets=stores_and_areas(there))
    assert [bool(one["offer_ids"]) for one in stranger.stores()] == [False, True]
    assert stranger.names(offer_id=str(offer.id)) == ["2"]


def test_the_words_are_in_the_language_of_the_reader(stranger: Stranger) -> None:
    stranger.shop()
    stranger.offer()
    english = stranger.told()["offers"][0]["title"]
    stranger.anyone.language = "fr"
    assert (english, stranger.told()["offers"][0]["title"]) == ("Free coffee", "Café offert")


@pytest.mark.parametrize(
    "given",
    [
        {"audience": Audience.MEMBERS},
        {"for_whom": read_for_whom({"lapsed_days": 60})},
        {"given_only": True},
        {"starts_local": on_the_clock("2090-01-01")},
    ],
    ids=["members", "some", "given", "later"],
)
def test_what_is_not_for_everybody_now_is_not_shown(stranger: Stranger, given: dict[str, Any]) -> None:
    stranger.shop()
    stranger.offer(**given)
    assert stranger.offered() == []


@pytest.mark.parametrize("column", ["sold_out_until", "spent_until"])
def test_what_is_sold_out_or_spent_is_not_shown(stranger: Stranger, column: str) -> None:
    stranger.shop()
    offer = stranger.offer()
    change(f"UPDATE live_offer SET {column} = 'infinity' WHERE offer_id = :id", id=offer.id)
    assert stranger.offered() == []
    change(f"UPDATE live_offer SET {column} = now() - interval '1 hour' WHERE offer_id = :id", id=offer.id)
    assert stranger.offered() == [str(offer.id)]


def test_an_offer_that_does_not_fire_now_is_not_shown(stranger: Stranger) -> None:
    stranger.shop()
    offer = stranger.offer()
    ahead = f"{{[{clock.now() + timedelta(hours=1)},{clock.now() + timedelta(hours=2)})}}"
    change("UPDATE offer_place SET firings = :ahead", ahead=ahead)
    assert (stranger.offered(), stranger.stores(offer_id=str(offer.id))) == ([], [])


def test_a_paused_offer_is_not_shown(stranger: Stranger) -> None:
    stranger.shop()
    pause(stranger.offer(), stranger.brand, now=clock.now())
    assert stranger.offered() == []


def test_an_offer_that_is_not_for_everybody_is_unknown_to_strangers(stranger: Stranger) -> None:
    stranger.shop()
    for offer_id in (stranger.offer(audience=Audience.MEMBERS).id, stranger.brand.id):
        answer = stranger.ask(offer_id=str(offer_id))
        assert (answer.status_code, answer.get_json()["code"]) == (404, "offer_unknown")


def test_the_best_offers_come_first(stranger: Stranger) -> None:
    stranger.shop()
    low, high = stranger.offer(priority=20), stranger.offer(priority=80)
    assert stranger.offered() == [str(high.id), str(low.id)]


def test_what_a_stranger_is_shown_a_member_who_is_near_is_shown_too(stranger: Stranger, anyone: Speaker) -> None:
    stranger.shop()
    asker = Asker(anyone)
    asker.allows(stranger.brand)
    columns = (None, "sold_out_until", "spent_until")
    for audience, column in product(Audience, columns):
        offer = stranger.offer(audience=audience)
        if column is not None:
            change(f"UPDATE live_offer SET {column} = 'infinity' WHERE offer_id = :id", id=offer.id)
    outcomes = asker.outcomes(asker.ask(brand=stranger.brand.code))
    assert {outcomes[offer_id] for offer_id in stranger.offered()} == {"shown"}
