"""Two wallets that become one, and two again, while their members are in shops."""

from typing import Any

import pytest

from app import clock
from app.consent.models import Level
from tests.consent.factories import in_store
from tests.here.factories import Stroller, ago, rows_of
from tests.merges.factories import merge, split
from tests.speaking import Speaker


@pytest.fixture
def pair(anyone: Speaker) -> tuple[Stroller, Stroller]:
    """Somebody with two phones and a wallet on each, in the same town."""
    source, target = Stroller(anyone), Stroller(anyone)
    names = ("brand", "store", "other", "fence", "fence_of_other", "shelf", "door", "at_the_shelf", "door_of_other")
    for name in names:
        setattr(target, name, getattr(source, name))
    return source, target


def united(source: Stroller, target: Stroller) -> Any:
    return merge(source.member, target.member, now=clock.now())


def test_open_visits_of_both_become_one_that_goes_on(pair: tuple[Stroller, Stroller]) -> None:
    source, target = pair
    for one in pair:
        one.permits("beacon")
        assert one.hears(one.door).status_code == 200
    united(source, target)
    assert [one.exited_at is None for one in rows_of(target.member.id, "visit")].count(True) == 1
    assert rows_of(source.member.id, "sighting") == []
    assert target.hears(target.at_the_shelf).status_code == 200
    assert source.hears(source.door).status_code in (401, 403)


def test_no_visit_comes_to_a_store_that_the_target_never_permitted(pair: tuple[Stroller, Stroller]) -> None:
    source, target = pair
    source.permits("beacon")
    source.hears(source.door_of_other)
    target.permits("beacon", scope=in_store(target.store))
    united(source, target)
    assert rows_of(target.member.id, "visit") == []


def test_a_no_to_the_one_store_keeps_its_visits_out(pair: tuple[Stroller, Stroller]) -> None:
    source, target = pair
    source.permits("beacon")
    source.hears(source.door, source.door_of_other)
    target.permits("beacon")
    target.refuses("beacon", scope=in_store(target.other))
    united(source, target)
    assert {one.store_id for one in rows_of(target.member.id, "visit")} == {target.store.id}


def test_a_no_of_the_source_takes_the_targets_visit(pair: tuple[Stroller, Stroller]) -> None:
    source, target = pair
    target.permits("beacon")
    target.hears(target.door)
    source.permits("beacon")
    source.refuses("beacon")
    united(source, target)
    assert target.kept() == {"visit": 0, "sighting": 0, "trigger": 0}


def test_for_this_visit_still_ends_with_it(pair: tuple[Stroller, Stroller]) -> None:
    source, target = pair
    source.permits("geofence", Level.THIS_VISIT, now=ago(30))
    target.permits("geofence", now=ago(30))
    target.crosses("enter", at=ago(20))
    united(source, target)
    target.crosses("leave")
    assert target.state_of("geofence") == "expired"


def test_a_split_gives_back_what_came(pair: tuple[Stroller, Stroller]) -> None:
    source, target = pair
    for one in pair:
        one.permits("beacon")
    source.hears(source.door)
    target.hears(target.door_of_other)
    merged = united(source, target)
    assert {one.store_id for one in rows_of(target.member.id, "visit")} == {source.store.id, source.other.id}
    split(merged, now=clock.now())
    assert [one.store_id for one in rows_of(source.member.id, "visit")] == [source.store.id]
    assert [one.store_id for one in rows_of(target.member.id, "visit")] == [source.other.id]


def test_the_owntracks_phone_of_the_source_speaks_for_nobody(pair: tuple[Stroller, Stroller]) -> None:
    source, target = pair
    source.permits("geofence")
    phone = source.owntracks()
    united(source, target)
    assert phone.send(b"{}").status_code == 401
