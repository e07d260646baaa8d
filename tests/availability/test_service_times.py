"""How long one waits is said from a till, told for a while, and gone by itself."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.sql import db
from geo.availability.models import ServiceKind
from geo.availability.service_times import forget_old_waits, publish_wait, waits_now
from tests.availability.factories import Shop
from tests.factories import NOON
from tests.speaking import Speaker

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def said(shop: Shop, **given: Any) -> list[tuple[str, int]]:
    fields = {"kind": ServiceKind.TILLS, "minutes": 8, "told_minutes": 30, "said_at": None, "now": NOON} | given
    with db.system_transaction():
        return [(wait.kind, wait.minutes) for wait in publish_wait(store_id=shop.store.id, **fields)]


def told_at(shop: Shop, minutes: int) -> list[int | None]:
    with db.system_transaction():
        return [wait.minutes for wait in waits_now(store_id=shop.store.id, now=NOON + minutes * MINUTE)]


def test_a_wait_is_told_until_it_expires(shop: Shop) -> None:
    said(shop)
    assert (told_at(shop, 29), told_at(shop, 30)) == ([8], [])


def test_the_last_word_on_a_service_counts(shop: Shop) -> None:
    said(shop)
    said(shop, kind=ServiceKind.BAKERY, minutes=0)
    assert said(shop, minutes=3, now=NOON + MINUTE) == [("bakery", 0), ("tills", 3)]


def test_what_comes_late_from_a_till_hides_nothing_newer_and_does_not_live_longer(shop: Shop) -> None:
    said(shop)
    said(shop, minutes=20, said_at=NOON - 5 * MINUTE, now=NOON + MINUTE)
    said(shop, kind=ServiceKind.BAKERY, minutes=20, said_at=NOON - 25 * MINUTE, now=NOON)
    assert (told_at(shop, 4), told_at(shop, 6)) == ([20, 8], [8])


def test_what_was_said_is_taken_back(shop: Shop) -> None:
    said(shop)
    assert said(shop, minutes=None, now=NOON + MINUTE) == []


def test_what_expired_days_ago_is_forgotten(shop: Shop) -> None:
    said(shop)
    with db.system_transaction():
        assert forget_old_waits(now=NOON + timedelta(days=3)) >= 1


def test_a_till_says_it_for_its_own_store(shop: Shop) -> None:
    answer = shop.till.put("/v1/service-times", {"kind": "tills", "minutes": 8})
    [wait] = answer.get_json()["items"]
    assert (answer.status_code, wait["kind"], wait["minutes"]) == (200, "tills", 8)


@pytest.mark.parametrize(
    ("wait", "code"),
    [
        ({"kind": "queue", "minutes": 8}, "not_one_of"),
        ({"kind": "tills"}, "missing"),
        ({"kind": "tills", "minutes": 241}, "out_of_range"),
        ({"kind": "tills", "minutes": 8, "told_minutes": 1}, "out_of_range"),
    ],
)
def test_a_wait_that_cannot_be_is_refused(shop: Shop, wait: dict[str, Any], code: str) -> None:
    assert shop.till.put("/v1/service-times", wait).get_json()["errors"][0]["code"] == code


def test_a_wait_of_the_future_is_refused(shop: Shop) -> None:
    ahead = (clock.now() + timedelta(minutes=6)).isoformat()
    answer = shop.till.put("/v1/service-times", {"kind": "tills", "minutes": 8, "said_at": ahead})
    assert answer.get_json()["code"] == "availability_in_future"
