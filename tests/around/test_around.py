"""What is around, for anybody: the nearest stores, whether they are open, how long one waits, what happens today."""

from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.languages import Text
from app.sql import db
from geo.availability.models import ServiceKind
from geo.availability.store_events import EventGiven, plan_event
from geo.places.models import Store
from tests.around.factories import HOUR, LAT, LON, Stranger, change, opening, waiting
from tests.factories import make_brand
from tests.planning.factories import publish
from tests.speaking import Speaker


@pytest.fixture
def stranger(anyone: Speaker) -> Stranger:
    return Stranger(anyone)


def move(store: Store, lon: float, lat: float) -> None:
    change("UPDATE store SET location = :point WHERE id = :id", point=f"SRID=4326;POINT({lon} {lat})", id=store.id)
    publish(store)


def test_the_nearest_come_first_with_their_distance(stranger: Stranger) -> None:
    stranger.shop("far", north=9)
    stranger.shop("near", north=1)
    found = stranger.stores()
    assert [one["store"]["name"] for one in found] == ["near", "far"]
    assert [one["distance_m"] for one in found] == [111, 1001]


def test_without_a_brand_all_stores_are_around(stranger: Stranger) -> None:
    at_sea: dict[str, Any] = {"lat": 0.5, "lon": -30.0, "brand": None}
    for name in ("one", "other"):
        stranger.brand = make_brand()
        move(stranger.shop(name), -30, 0.5)
    assert sorted(stranger.names(**at_sea)) == ["one", "other"]


def test_what_lies_beyond_the_radius_is_not_around(stranger: Stranger) -> None:
    stranger.shop(north=20)
    assert (stranger.names(radius_m=2_000), stranger.names(radius_m=3_000)) == ([], ["Rivoli"])


def test_a_circle_has_no_corners(stranger: Stranger) -> None:
    move(stranger.shop(), LON + 0.012, LAT + 0.008)
    assert (stranger.names(radius_m=1_000), stranger.names(radius_m=1_300)) == ([], ["Rivoli"])


def test_more_says_that_there_are_more(stranger: Stranger) -> None:
    for north in range(3):
        stranger.shop(str(north), north=north)
    assert [stranger.told(limit=limit)["more"] for limit in (2, 3)] == [True, False]
    assert stranger.names(limit=2) == ["0", "1"]


def test_a_store_that_was_closed_down_is_not_around(stranger: Stranger) -> None:
    store = stranger.shop()
    change("UPDATE store SET status = 'closed' WHERE id = :id", id=store.id)
    publish(store)
    assert stranger.names() == []


def test_an_unknown_brand_is_refused_and_one_without_stores_is_not(stranger: Stranger) -> None:
    assert stranger.ask(brand="nobody").get_json()["code"] == "brand_unknown"
    assert stranger.told()["stores"] == []


def test_a_coarse_fix_is_told_no_distance(stranger: Stranger) -> None:
    stranger.shop()
    assert [one["distance_m"] for one in stranger.stores(accuracy_m=5_000)] == [None]
    assert stranger.ask(accuracy_m=26_000).get_json()["code"] == "fix_too_coarse"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"lat": 91}, "out_of_range"),
        ({"accuracy_m": 0}, "out_of_range"),
        ({"radius_m": 50_001}, "out_of_range"),
        ({"limit": 51}, "out_of_range"),
        ({"gtin": "3017620422003", "sku": "T1"}, "one_article"),
        ({"sku": "T1", "brand": None}, "brand_needed"),
        ({"category": "tea", "brand": None}, "brand_needed"),
        ({"gtin": "3017620422004"}, "not_an_article_number"),
        ({"in_stock_only": True}, "article_unnamed"),
        ({"radius": 3}, "unknown_field"),
    ],
)
def test_a_question_that_cannot_be_is_refused(stranger: Stranger, given: dict[str, Any], code: str) -> None:
    answer = stranger.ask(**given)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, code)


@pytest.mark.parametrize(("lat", "lon"), [(90, 0), (-90, 180), (0, 180), (0, -180), (0, 0), (48.85, -180)])
def test_poles_and_meridians_are_answered(stranger: Stranger, lat: float, lon: float) -> None:
    assert stranger.told(lat=lat, lon=lon, brand=None, radius_m=50)["stores"] == []


@pytest.mark.parametrize(("there", "here"), [((179.999, 0.0), -179.999), ((-179.999, 0.0), 180), ((180.0, 0.0), -180)])
def test_a_store_beyond_the_180th_meridian_is_near(stranger: Stranger, there: tuple[float, float], here: float) -> None:
    move(stranger.shop(), *there)
    assert stranger.names(lat=0, lon=here) == ["Rivoli"]


def test_hours_that_nobody_told_are_unknown(stranger: Stranger) -> None:
    stranger.shop()
    [store] = stranger.stores()
    assert (store["open"], store["hours_text"]) == (None, "Opening hours unknown.")


def test_a_store_that_never_closes_is_open(stranger: Stranger) -> None:
    stranger.shop(opening_hours="24/7")
    [store] = stranger.stores()
    assert (store["open"], store["closes_at"], store["hours_text"]) == (True, None, "Open.")


def hours_of(stranger: Stranger, language: str) -> dict[str, Any]:
    stranger.anyone.language = language
    [store] = stranger.stores()
    return store


def told_clock(instant: Any) -> str:
    return instant.astimezone(ZoneInfo("Europe/Paris")).strftime("%H:%M")


def test_an_open_store_says_until_when(stranger: Stranger) -> None:
    store = stranger.shop(opening_hours="24/7")
    now = clock.now().replace(microsecond=0)
    opening(store, (now - HOUR, now + 40 * HOUR))
    said = hours_of(stranger, "fr")
    assert (said["open"], said["closes_at"]) == (True, clock.write_instant(now + 40 * HOUR))
    assert said["hours_text"].startswith("Ouvert jusqu'au ")
    opening(store, (now - HOUR, now + timedelta(minutes=10)))
    soon = hours_of(stranger, "en")["hours_text"]
    assert "s soon, at" in soon or soon.startswith("Open until "), "after midnight it is another day's time"


def test_a_closed_store_says_when_it_opens_next(stranger: Stranger) -> None:
    store = stranger.shop(opening_hours="24/7")
    now = clock.now().replace(microsecond=0)
    opening(store, (now - 3 * HOUR, now - HOUR), (now + 60 * HOUR, now + 70 * HOUR), (now + 90 * HOUR, now + 91 * HOUR))
    said = hours_of(stranger, "fr")
    assert (said["open"], said["closes_at"], said["opens_at"]) == (False, None, clock.write_instant(now + 60 * HOUR))
    assert said["hours_text"].startswith("Fermé ; ouvre le ")
    assert said["hours_text"].endswith(f"à {told_clock(now + 60 * HOUR)}.")


def test_a_store_with_no_opening_ahead_says_so(stranger: Stranger) -> None:
    opening(stranger.shop(opening_hours="24/7"))
    assert hours_of(stranger, "fr")["hours_text"] == "Fermé ; aucune ouverture connue ces jours-ci."


def test_hours_that_are_known_no_more_are_unknown_and_not_closed(stranger: Stranger) -> None:
    store = stranger.shop(opening_hours="24/7")
    change("UPDATE place SET open_known_until = now() - interval '1 day' WHERE store_id = :id", id=store.id)
    assert [one["open"] for one in stranger.stores()] == [None]


def test_a_wait_is_told_in_words_and_gone_when_it_expired(stranger: Stranger) -> None:
    store = stranger.shop()
    waiting(store, ServiceKind.BAKERY, 0)
    waiting(store, ServiceKind.TILLS, 8)
    waiting(store, ServiceKind.DELI, 5, ago=timedelta(minutes=31))
    stranger.anyone.language = "fr"
    [found] = stranger.stores()
    assert [wait["text"] for wait in found["service_times"]] == [
        "Boulangerie : pas d'attente.",
        "Caisses : environ 8 minutes d'attente.",
    ]


def tasting(store: Store, *, starts: timedelta, ends: timedelta) -> str:
    local = clock.now().astimezone(ZoneInfo("Europe/Paris")).replace(tzinfo=None, second=0, microsecond=0)
    given = EventGiven(
        store_ids=[store.id],
        title=Text(fr="Dégustation", en="Tasting"),
        text=Text(fr="Trois thés.", en="Three teas."),
        starts_local=local + starts,
        ends_local=local + ends,
    )
    with db.system_transaction():
        return str(plan_event(brand_id=store.brand_id, given=given, by=uuid4(), now=clock.now()).id)


def test_what_happens_today_is_told_and_nothing_else(stranger: Stranger) -> None:
    store = stranger.shop()
    on = tasting(store, starts=-2 * HOUR, ends=HOUR)
    tasting(store, starts=-3 * HOUR, ends=-2 * HOUR)
    tasting(store, starts=26 * HOUR, ends=27 * HOUR)
    cancelled = tasting(store, starts=-HOUR, ends=HOUR)
    change("UPDATE store_event SET cancelled = true WHERE id = :id", id=cancelled)
    [found] = stranger.stores()
    assert [(event["id"], event["title"], event["text"]) for event in found["events"]] == [
        (on, "Tasting", "Three teas.")
    ]
