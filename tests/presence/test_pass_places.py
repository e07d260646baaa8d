"""Where a member's pass shows itself: home, where they came lately, where offers hold; and nowhere without a yes."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app import clock
from app.accounts.models import Brand, Member
from app.consent.models import Level
from app.sql import db
from geo.beacons.models import Beacon, BeaconStatus
from geo.places.models import Store
from geo.places.read_model import places_changed
from geo.presence import pass_places
from geo.presence.models import PURPOSE, Visit
from geo.presence.pass_places import MOST_PLACES, PassPlaces, places_of_pass
from tests.consent.factories import give, in_store, say_no
from tests.factories import PARIS, make_brand, make_member, make_store, save
from tests.planning.factories import end, make_offer, publish, stores_and_areas
from tests.regions.factories import make_beacon, make_fence


class Holder:
    """A member with a pass of a brand that may meet them in its stores."""

    def __init__(self, *, stores: int = 3) -> None:
        self.member: Member = make_member()
        self.brand: Brand = make_brand(name="Chez Paul")
        self.stores = [self.shop(north=number) for number in range(stores)]
        self.offer = make_offer(self.brand, now=clock.now())
        self.lets("geofence")

    def shop(self, *, north: int = 0, **given: Any) -> Store:
        store = make_store(self.brand, lat=PARIS[1] + 0.01 * north, **given)
        publish(store, now=clock.now())
        return store

    def lets(self, touchpoint: str, **given: Any) -> None:
        give(self.member, self.brand, purpose=PURPOSE, touchpoint=touchpoint, now=clock.now(), **given)

    def forbids(self, touchpoint: str, **given: Any) -> None:
        say_no(self.member, self.brand, purpose=PURPOSE, touchpoint=touchpoint, now=clock.now(), **given)

    def visits(self, store: Store, *, days_ago: int = 1) -> None:
        """They came, and it is the day after: only store and day are left."""
        save(
            Visit(
                member_id=self.member.id,
                brand_id=self.brand.id,
                store_id=store.id,
                day=(clock.now() - timedelta(days=days_ago)).date(),
                touchpoint="geofence",
                permission_event_id=uuid.uuid4(),
            )
        )

    def places(self, *home: Store) -> PassPlaces:
        with db.system_transaction():
            return places_of_pass(
                member_id=self.member.id,
                brand_id=self.brand.id,
                preferred_store_ids=[store.id for store in home],
                now=clock.now(),
            )

    def stores_of(self, *home: Store) -> list[uuid.UUID]:
        return [place.store_id for place in self.places(*home).places]

    def changed(self, kept: str) -> bool:
        """Whether the maker of passes is told that this member's is out of date."""
        with db.system_transaction():
            return self.member.id in pass_places.who_changed(
                brand_id=self.brand.id, kept={self.member.id: kept}, now=clock.now()
            )


@pytest.fixture
def holder() -> Holder:
    return Holder()


def test_home_comes_first_then_the_latest_visit_then_where_offers_hold(holder: Holder) -> None:
    first, second, third = holder.stores
    holder.visits(second)
    assert holder.stores_of(third) == [third.id, second.id, first.id]


def test_a_place_says_where_it_is_and_what_waits_there_in_both_languages(holder: Holder) -> None:
    [place, *_] = holder.places(holder.stores[0]).places
    assert (place.lon, place.lat, place.max_distance_m) == (*PARIS, None)
    assert (place.text_fr, place.text_en) == (
        "Rivoli : vos offres vous attendent.",
        "Rivoli: your offers are waiting.",
    )


def test_at_home_without_an_offer_the_card_is_ready(holder: Holder) -> None:
    end(holder.offer, holder.brand)
    [place] = holder.places(holder.stores[0]).places
    assert place.text_fr == "Rivoli : votre carte est prête."


def test_a_pass_takes_ten_places_at_most() -> None:
    holder = Holder(stores=12)
    assert holder.stores_of() == []
    found = holder.stores_of(holder.stores[0])
    assert found == [store.id for store in holder.stores[:MOST_PLACES]]


def test_of_a_member_of_whom_nothing_is_known_all_stores_show_where_they_are_few(holder: Holder) -> None:
    assert set(holder.stores_of()) == {store.id for store in holder.stores}


def test_a_fence_smaller_than_usual_makes_the_distance_smaller(holder: Holder) -> None:
    make_fence(holder.stores[0], radius_m=60)
    make_fence(holder.stores[1], radius_m=300)
    distances = {place.store_id: place.max_distance_m for place in holder.places().places}
    assert [distances[store.id] for store in holder.stores] == [60, None, None]


def test_a_closed_store_is_on_no_pass(holder: Holder) -> None:
    home = holder.stores[0]
    with db.system_transaction():
        db.execute(update(Store).where(Store.id == home.id).values(status="closed"))
        places_changed(store_ids=[home.id], now=clock.now())
    assert home.id not in holder.stores_of(home)


def test_anothers_store_is_on_no_pass(holder: Holder) -> None:
    other = make_store(make_brand())
    publish(other, now=clock.now())
    assert other.id not in holder.stores_of(other)


def test_only_stores_that_the_permission_covers_are_on_the_pass(holder: Holder) -> None:
    first, second, third = holder.stores
    holder.forbids("geofence", scope=in_store(first))
    assert first.id not in holder.stores_of(first)
    alone = Holder()
    alone.forbids("geofence")
    alone.lets("geofence", scope=in_store(alone.stores[1]))
    assert alone.stores_of(*alone.stores) == [alone.stores[1].id]
    assert {second.id, third.id} == set(holder.stores_of())


def test_after_a_withdrawal_the_pass_is_empty(holder: Holder) -> None:
    holder.lets("beacon")
    make_beacon(holder.stores[0], uuid.uuid4())
    for touchpoint in ("geofence", "beacon"):
        holder.forbids(touchpoint)
    found = holder.places(*holder.stores)
    assert (found.places, found.beacon) == ((), None)


def test_a_level_that_only_answers_puts_nothing_on_the_pass(holder: Holder) -> None:
    holder.lets("geofence", level=Level.ALERT_ON_REQUEST)
    assert holder.stores_of(*holder.stores) == []


def test_the_beacon_needs_a_permission_of_its_own(holder: Holder) -> None:
    number = uuid.uuid4()
    make_beacon(holder.stores[0], number)
    assert holder.places().beacon is None
    holder.lets("beacon")
    beacon = holder.places().beacon
    assert beacon is not None
    assert (beacon.uuid, beacon.major, beacon.text_fr) == (number, None, "Chez Paul : vos offres vous attendent.")


def test_one_beacon_is_on_the_pass_that_of_home(holder: Holder) -> None:
    home, other = uuid.uuid4(), uuid.uuid4()
    make_beacon(holder.stores[0], other)
    make_beacon(holder.stores[1], other, minor=2)
    make_beacon(holder.stores[2], home)
    holder.lets("beacon")
    beacon = holder.places(holder.stores[2]).beacon
    assert beacon is not None
    assert beacon.uuid == home


def test_a_beacon_permission_for_one_store_names_the_major_of_that_store(holder: Holder) -> None:
    number = uuid.uuid4()
    make_beacon(holder.stores[0], number, major=4)
    make_beacon(holder.stores[1], number, major=5)
    holder.lets("beacon", scope=in_store(holder.stores[0]))
    beacon = holder.places().beacon
    assert beacon is not None
    assert (beacon.uuid, beacon.major) == (number, 4)


def test_a_beacon_that_was_switched_off_is_on_no_pass(holder: Holder) -> None:
    made = make_beacon(holder.stores[0], uuid.uuid4())
    holder.lets("beacon")
    with db.system_transaction():
        db.execute(update(Beacon).where(Beacon.id == made.id).values(status=BeaconStatus.INACTIVE))
    assert holder.places().beacon is None


def test_nothing_that_changed_is_no_change(holder: Holder) -> None:
    assert not holder.changed(holder.places().revision)


def test_a_visit_changes_the_pass(holder: Holder) -> None:
    kept = holder.places().revision
    holder.visits(holder.stores[2])
    assert holder.changed(kept)


def test_an_offer_that_ends_changes_the_pass(holder: Holder) -> None:
    kept = holder.places().revision
    end(holder.offer, holder.brand)
    assert holder.changed(kept)


def test_an_offer_that_begins_changes_the_pass(holder: Holder) -> None:
    end(holder.offer, holder.brand)
    kept = holder.places().revision
    make_offer(holder.brand, now=clock.now(), targets=stores_and_areas(holder.stores[1]))
    assert holder.changed(kept)


def test_a_store_that_opens_changes_the_pass(holder: Holder) -> None:
    kept = holder.places().revision
    holder.shop(north=5)
    assert holder.changed(kept)


def test_a_fence_and_a_beacon_change_the_pass(holder: Holder) -> None:
    holder.lets("beacon")
    kept = holder.places().revision
    make_beacon(holder.stores[0], uuid.uuid4())
    assert holder.changed(kept)
    kept = holder.places().revision
    make_fence(holder.stores[0], radius_m=40)
    assert holder.changed(kept)


def test_a_withdrawal_changes_the_pass_and_the_same_yes_again_brings_the_same_pass(holder: Holder) -> None:
    kept = holder.places().revision
    holder.forbids("geofence")
    assert holder.changed(kept)
    holder.lets("geofence")
    assert not holder.changed(kept)


def test_a_permission_that_ends_by_time_alone_changes_the_pass(holder: Holder) -> None:
    holder.lets("geofence", expires_at=clock.now() + timedelta(days=1))
    kept = holder.places().revision
    with db.system_transaction():
        later = clock.now() + timedelta(days=2)
        found = pass_places.who_changed(brand_id=holder.brand.id, kept={holder.member.id: kept}, now=later)
    assert found[holder.member.id].places == ()
