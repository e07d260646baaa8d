"""Merchandisers announce what happens in stores, change it, and cancel it."""

from typing import Any

import pytest

from tests.availability.factories import Shop
from tests.factories import make_store
from tests.planning.factories import match
from tests.speaking import Speaker

EVENTS = "/v1/store-events"


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def event(shop: Shop, **given: Any) -> dict[str, Any]:
    return {
        "store_ids": [str(shop.store.id)],
        "title_fr": "Dégustation de thés",
        "title_en": "Tea tasting",
        "starts_local": "2026-05-23T10:00",
        "ends_local": "2026-05-23T18:00",
    } | given


def test_an_event_is_announced_and_listed(shop: Shop) -> None:
    made = shop.merchandiser.post(EVENTS, event(shop, zone_code="tea"))
    [listed] = shop.merchandiser.get(f"{EVENTS}?store_id={shop.store.id}").get_json()["items"]
    assert (made.status_code, listed) == (201, made.get_json())


def test_an_event_at_another_store_is_not_listed_here(shop: Shop) -> None:
    other = make_store(shop.brand)
    shop.merchandiser.post(EVENTS, event(shop, store_ids=[str(other.id)]))
    assert shop.merchandiser.get(f"{EVENTS}?store_id={shop.store.id}").get_json()["items"] == []


def test_an_event_is_changed_by_who_read_it_last(shop: Shop) -> None:
    made = shop.merchandiser.post(EVENTS, event(shop))
    where = f"{EVENTS}/{made.get_json()['id']}"
    changed = shop.merchandiser.put(where, event(shop, cancelled=True), headers=match(made))
    stale = shop.merchandiser.put(where, event(shop), headers=match(made))
    assert (changed.get_json()["cancelled"], changed.get_json()["version"], stale.status_code) == (True, 2, 412)


def test_stores_of_another_brand_are_pointed_at(shop: Shop, anyone: Speaker) -> None:
    foreign = str(Shop(anyone).store.id)
    answer = shop.merchandiser.post(EVENTS, event(shop, store_ids=[str(shop.store.id), foreign])).get_json()
    assert (answer["code"], answer["errors"][0]["pointer"]) == ("event_stores_foreign", "/store_ids/1")


def test_somebody_elses_event_is_unknown(shop: Shop, anyone: Speaker) -> None:
    made = shop.merchandiser.post(EVENTS, event(shop))
    other = Shop(anyone)
    answer = other.merchandiser.put(f"{EVENTS}/{made.get_json()['id']}", event(other), headers=match(made))
    assert answer.get_json()["code"] == "store_event_unknown"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ends_local": "2026-05-23T10:00"}, "end_before_start"),
        ({"starts_local": "2026-05-23"}, "not_a_local_time"),
        ({"starts_local": "1901-05-23T10:00"}, "not_a_local_time"),
        ({"store_ids": []}, "too_few"),
        ({"title_fr": ""}, "too_short"),
    ],
)
def test_an_event_that_cannot_be_is_refused(shop: Shop, given: dict[str, Any], code: str) -> None:
    assert shop.merchandiser.post(EVENTS, event(shop, **given)).get_json()["errors"][0]["code"] == code
