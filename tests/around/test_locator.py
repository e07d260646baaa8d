"""The stores of a brand by distance, for anybody."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from tests.around.factories import LAT, LON, Stranger, opening
from tests.factories import make_brand
from tests.speaking import Speaker
from tests.tracing import sent_statements


@pytest.fixture
def stranger(anyone: Speaker) -> Stranger:
    return Stranger(anyone)


def locate(stranger: Stranger, **given: Any) -> dict[str, Any]:
    answer = stranger.anyone.post(f"/v1/brands/{stranger.brand.code}/stores", {"lat": LAT, "lon": LON} | given)
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [one["store"]["name"] for one in found["stores"]]


def test_the_nearest_stores_of_the_brand_come_first(stranger: Stranger) -> None:
    stranger.shop("far", north=9)
    stranger.shop("near", north=1)
    found = locate(stranger)
    assert [(one["store"]["name"], one["distance_m"]) for one in found["stores"]] == [("near", 111), ("far", 1001)]


def test_another_brands_stores_are_not_there(stranger: Stranger) -> None:
    stranger.shop()
    stranger.brand = make_brand()
    assert locate(stranger) == {"stores": [], "more": False}


def test_it_says_that_there_are_more(stranger: Stranger) -> None:
    stranger.shop("one")
    stranger.shop("two", north=2)
    assert (locate(stranger, limit=1)["more"], locate(stranger, limit=2)["more"]) == (True, False)


def test_an_unknown_brand_is_not_found(anyone: Speaker) -> None:
    answer = anyone.post("/v1/brands/nobody/stores", {"lat": LAT, "lon": LON})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "brand_unknown")


def test_the_position_is_asked_for_in_the_body(stranger: Stranger) -> None:
    answer = stranger.anyone.post(f"/v1/brands/{stranger.brand.code}/stores?lat=48.8&lon=2.3", {})
    assert answer.status_code == 422


def test_of_stores_that_are_open_only_those_are_shown_and_the_others_say_when_they_open(stranger: Stranger) -> None:
    now = clock.now()
    an_hour = timedelta(hours=1)
    opening(stranger.shop("open", north=2), (now - an_hour, now + an_hour))
    opening(stranger.shop("closed"), (now + an_hour, now + 2 * an_hour))
    closed, opened = locate(stranger)["stores"]
    assert (closed["open"], closed["opens_at"] is not None) == (False, True)
    assert (opened["open"], opened["closes_at"] is not None) == (True, True)
    assert names(locate(stranger, open_now=True)) == ["open"]


def test_where_somebody_looks_is_in_no_statement_that_writes(stranger: Stranger) -> None:
    stranger.shop()
    with sent_statements() as sent:
        locate(stranger)
    written = [one for one in sent if one.lstrip().upper().startswith(("INSERT", "UPDATE"))]
    assert [one for one in written if "quota" not in one] == []
