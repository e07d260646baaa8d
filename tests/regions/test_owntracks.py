"""Which fences a phone with OwnTracks watches: those of the plan, and never none where the member permits some."""

import uuid
from collections.abc import Sequence
from typing import Any

from app import clock
from app.sql import db
from geo.presence.listeners import Asking
from offers.regions.owntracks import choose_owntracks_fences
from tests.consent.factories import report
from tests.deciding.factories import offer_at
from tests.factories import make_brand
from tests.owntracks.factories import OwntracksPhone
from tests.planning.factories import end, stores_and_areas
from tests.regions.factories import Street, Watcher, make_fenced
from tests.speaking import Speaker

PING = {"_type": "location", "lat": 48.8566, "lon": 2.3522, "acc": 12}


def choose(watcher: Watcher, installation_id: uuid.UUID | None = None) -> Sequence[uuid.UUID] | None:
    with db.system_transaction():
        asking = Asking(watcher.member.id, None, installation_id, background=True)
        return choose_owntracks_fences(asking, clock.now())


def pushed(phone: OwntracksPhone) -> set[Any]:
    phone.say(PING | {"tst": clock.now().timestamp()})
    return {waypoint["rid"] for waypoint in phone.watched.values()}


def test_a_phone_is_told_the_fences_where_an_offer_holds(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    with_offer, _ = make_fenced(brand, north=8), make_fenced(brand, north=4)
    offer_at(brand, targets=stores_and_areas(with_offer))
    watcher.lets(brand)
    [fence_id] = [one["fence_id"] for one in watcher.plan()["fences"]]
    assert pushed(OwntracksPhone(watcher.phone)) == {fence_id}


def test_what_is_worth_more_comes_first(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    for north, priority in ((4, 40), (8, 60)):
        offer_at(brand, targets=stores_and_areas(make_fenced(brand, north=north)), priority=priority)
    watcher.lets(brand)
    assert [str(one) for one in choose(watcher) or ()] == [one["fence_id"] for one in watcher.plan()["fences"]]


def test_without_an_offer_the_permissions_alone_decide(anyone: Speaker) -> None:
    """A phone that watches nothing would never ask again."""
    street = Street(anyone, stores=2)
    end(street.offer, street.brand)
    assert choose(street) is None
    assert len(pushed(OwntracksPhone(street.phone))) == 2


def test_after_a_withdrawal_every_fence_is_taken_off_the_phone(anyone: Speaker) -> None:
    street = Street(anyone, stores=2)
    phone = OwntracksPhone(street.phone)
    assert len(pushed(phone)) == 2
    street.forbids(street.brand)
    assert pushed(phone) == set()


def test_a_phone_that_says_that_it_cannot_watch_is_told_nothing(anyone: Speaker) -> None:
    street, installation_id = Street(anyone, stores=1), uuid.uuid4()
    assert choose(street, installation_id) is not None
    assert report(street.phone, installation_id, platform="ios", precision="approximate").status_code == 200
    assert choose(street, installation_id) == ()
