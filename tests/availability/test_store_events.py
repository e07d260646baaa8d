"""Merchandisers announce what happens in stores, change it, and cancel it."""

from typing import Any

import pytest

from app import clock
from app.sql import db
from app.staff.assignments.assigned_places import assign_places
from tests.availability.factories import Shop
from tests.factories import console_token, make_area, make_console_user, make_store
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


def limited(shop: Shop, anyone: Speaker, *, area: bool) -> Speaker:
    """A merchandiser to whom only this store is assigned, by its name or by an area."""
    user = make_console_user(shop.brand)
    areas, stores = ([make_area(shop.brand, shop.store).id], []) if area else ([], [shop.store.id])
    admin = make_console_user(shop.brand, "admin")
    with db.system_transaction():
        assign_places(
            brand_id=shop.brand.id, user_id=user.id, areas=areas, stores=stores, by_id=admin.id, now=clock.now()
        )
    return anyone.with_token(console_token(user))


@pytest.mark.parametrize("area", [False, True])
def test_who_has_some_stores_speaks_for_them_and_for_no_others(shop: Shop, anyone: Speaker, area: bool) -> None:
    regional, other = limited(shop, anyone, area=area), str(make_store(shop.brand).id)
    both = shop.merchandiser.post(EVENTS, event(shop, store_ids=[str(shop.store.id), other]))
    where = f"{EVENTS}/{both.get_json()['id']}"
    told = {"as_of": clock.now().isoformat(), "articles": [{"sku": "T1", "in_stock": True}]}
    answers = [
        regional.post(EVENTS, event(shop)),
        regional.put(shop.articles, told),
        regional.post(EVENTS, event(shop, store_ids=[other])),
        regional.put(where, event(shop), headers=match(both)),
        regional.put(f"/v1/stores/{other}/articles", told),
    ]
    codes = [answer.get_json().get("code") for answer in answers]
    assert codes == [None, None, *["stores_outside_yours"] * 3]


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
