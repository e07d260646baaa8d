"""What a phone is told to watch, over HTTP."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.consent.models import Level
from app.languages import Text
from app.sql import db
from geo.fences.spheroid import metres_between
from geo.places.models import Store
from offers.planning.audiences.for_whom import ForWhom
from offers.regions import choice
from offers.regions.choice import Platform
from tests.consent.factories import in_store
from tests.deciding.factories import LAT, LON, make_shop, offer_at, set_hours
from tests.factories import make_brand, member_token
from tests.planning.factories import stores_and_areas
from tests.regions.factories import HERE, Street, Watcher, make_beacon, make_fence, make_fenced, place_of
from tests.speaking import Speaker


def ids(*stores: Store) -> list[str]:
    return [str(store.id) for store in stores]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Phones that watch three fences, and one beacon region: so many stores need not be made."""
    monkeypatch.setitem(choice.MOST_FENCES, Platform.IOS, 3)  # type: ignore[arg-type]
    monkeypatch.setattr(choice, "MOST_BEACONS", 1)


def run(statement: str, **values: object) -> None:
    with db.system_transaction():
        db.execute(text(statement), values)


def test_a_plan_names_the_fences_of_stores_with_an_offer_the_nearest_first(anyone: Speaker) -> None:
    street = Street(anyone)
    assert street.watched() == ids(*street.stores)


def test_each_fence_says_what_it_is_there_for_and_which_permission_allows_it(anyone: Speaker) -> None:
    street = Street(anyone, stores=1)
    [fence] = street.plan()["fences"]
    [cell] = [one["permission_event_id"] for one in (fence,)]
    assert fence["offer_id"] == str(street.offer.id)
    assert fence["reason"] == {"code": "offer_here", "text": "At this store: Free coffee."}
    assert (fence["version"], fence["radius_m"]) == (1, 150)
    assert metres_between(fence["lon"], fence["lat"], *place_of(street.stores[0])) < 1
    assert uuid.UUID(cell)


def test_a_fence_smaller_than_a_phone_can_watch_is_watched_as_large_as_it_can(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    make_fenced(brand, north=9, radius_m=30)
    offer_at(brand)
    watcher.lets(brand)
    [fence] = watcher.plan()["fences"]
    assert fence["radius_m"] == 100


def test_without_a_permission_it_is_forbidden_with_a_remedy(anyone: Speaker) -> None:
    answer = Watcher(anyone).plans()
    assert (answer.status_code, answer.get_json()["code"]) == (403, "permission_not_given")
    assert answer.get_json()["remedy"]


def test_a_permission_to_show_offers_near_me_does_not_let_a_phone_watch(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    watcher.allows(brand)
    assert watcher.plans().status_code == 403


def test_after_a_withdrawal_nothing_is_watched_any_more(anyone: Speaker) -> None:
    street = Street(anyone)
    street.forbids(street.brand)
    answer = street.plans()
    assert (answer.status_code, answer.get_json()["code"]) == (403, "permission_withdrawn")


@pytest.mark.parametrize("level", [Level.ONE_SHOT, Level.THIS_VISIT, Level.ALERT_ON_REQUEST])
def test_a_level_that_only_answers_lets_no_phone_watch(anyone: Speaker, level: Level) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    watcher.lets(brand, level=level)
    assert watcher.plans().get_json()["code"] == "permission_level_insufficient"


def test_a_permission_for_one_store_watches_that_store_alone(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    _, second, _ = (make_fenced(brand, north=4 * number) for number in (1, 2, 3))
    offer_at(brand)
    watcher.lets(brand, scope=in_store(second))
    assert watcher.watched() == ids(second)


def test_a_no_to_one_store_leaves_it_out(anyone: Speaker) -> None:
    street = Street(anyone)
    street.forbids(street.brand, scope=in_store(street.stores[0]))
    assert street.watched() == ids(*street.stores[1:])


def test_a_store_without_an_offer_is_not_watched(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    with_offer, _ = make_fenced(brand, north=8), make_fenced(brand, north=4)
    offer_at(brand, targets=stores_and_areas(with_offer))
    watcher.lets(brand)
    assert watcher.watched() == ids(with_offer)


def test_a_store_that_stays_closed_for_the_whole_plan_is_not_watched(anyone: Speaker) -> None:
    street = Street(anyone, stores=2)
    set_hours(street.stores[0], open_now=False)
    assert street.watched() == ids(street.stores[1])


def test_an_offer_that_fires_later_in_the_plan_is_worth_a_fence(anyone: Speaker) -> None:
    street = Street(anyone, stores=1)
    later = "tstzmultirange(tstzrange(now() + interval '3 h', now() + interval '4 h'))"
    run(f"UPDATE offer_place SET firings = {later} WHERE offer_number = :n", n=street.offer.number)
    assert street.watched() == ids(street.stores[0])
    run("UPDATE offer_place SET firings = '{}' WHERE offer_number = :n", n=street.offer.number)
    assert street.watched() == []


def test_a_dismissed_offer_is_worth_nothing(anyone: Speaker) -> None:
    street = Street(anyone, stores=1)
    street.phone.post(f"/v1/offers/{street.offer.id}/dismissal")
    plan = street.plan()
    assert plan["fences"] == []
    assert [one["code"] for one in plan["hindrances"]] == ["nothing_to_watch"]


def test_an_offer_for_other_members_is_worth_nothing(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    make_fenced(brand, north=4)
    offer_at(brand, for_whom=ForWhom(new_member_days=30))
    watcher.lets(brand)
    assert watcher.watched() == []


def test_a_higher_priority_comes_before_a_nearer_store(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    near, far = make_fenced(brand, north=4), make_fenced(brand, north=20)
    offer_at(brand, targets=stores_and_areas(near), priority=40)
    offer_at(brand, targets=stores_and_areas(far), priority=60)
    watcher.lets(brand)
    assert watcher.watched() == ids(far, near)


@pytest.mark.usefixtures("few")
def test_the_bubble_ends_before_the_first_fence_that_is_not_watched(anyone: Speaker) -> None:
    street = Street(anyone, stores=5)
    plan = street.plan()
    assert len(plan["fences"]) == 3
    left = street.stores[3]
    begins = metres_between(LON, LAT, *place_of(left)) - 150
    assert plan["bubble"] | {"radius_m": 0} == {"id": "bubble", "lat": LAT, "lon": LON, "radius_m": 0}
    assert begins - 1 <= plan["bubble"]["radius_m"] <= begins


@pytest.mark.usefixtures("few")
def test_an_android_phone_watches_more_than_an_iphone(anyone: Speaker) -> None:
    street = Street(anyone, stores=5)
    assert len(street.watched(platform="android")) == 5


@pytest.mark.usefixtures("few")
def test_a_bubble_sees_a_fence_that_lies_far_from_its_store(anyone: Speaker) -> None:
    """Its store is not among the nearest, so it was never chosen from."""
    street = Street(anyone)
    away = make_shop(street.brand, north=4000)
    make_fence(away, lat=LAT, lon=LON + 0.008, radius_m=100)
    begins = metres_between(LON, LAT, LON + 0.008, LAT) - 100
    assert begins - 1 <= street.plan()["bubble"]["radius_m"] <= begins


@pytest.mark.usefixtures("few")
def test_where_more_fences_begin_than_a_phone_watches_there_is_no_bubble_and_the_plan_is_short(
    anyone: Speaker,
) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    for _ in range(4):
        make_fenced(brand, north=1)
    offer_at(brand)
    watcher.lets(brand)
    plan = watcher.plan()
    assert (len(plan["fences"]), plan["bubble"]) == (3, None)
    assert [one["code"] for one in plan["hindrances"]] == ["more_than_a_phone_watches"]
    assert datetime.fromisoformat(plan["expires_at"]) <= clock.now() + timedelta(minutes=15)


@pytest.mark.usefixtures("few")
def test_a_fence_at_hand_comes_before_what_is_worth_more(anyone: Speaker) -> None:
    """No bubble could leave it out."""
    watcher, brand = Watcher(anyone), make_brand()
    here = make_fenced(brand, north=1)
    offer_at(brand, targets=stores_and_areas(here), priority=1)
    far = [make_fenced(brand, north=10 + number) for number in range(3)]
    offer_at(brand, targets=stores_and_areas(*far), priority=80)
    watcher.lets(brand)
    assert watcher.watched()[0] == str(here.id)


def test_without_a_fix_there_is_no_bubble(anyone: Speaker) -> None:
    street = Street(anyone)
    plan = street.plan(fix=None)
    assert plan["bubble"] is None
    assert sorted(one["store_id"] for one in plan["fences"]) == sorted(ids(*street.stores))


def test_a_fence_across_the_180th_meridian_is_near_and_named_in_degrees_that_phones_know(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    store = make_shop(brand, lon=-179.998)
    make_fence(store, lon=180.002, lat=LAT)
    offer_at(brand)
    watcher.lets(brand)
    plan = watcher.plan(fix=HERE | {"lon": 179.99})
    [fence] = plan["fences"]
    assert fence["lon"] == pytest.approx(-179.998)
    assert watcher.plan(fix=HERE | {"lon": 179.99}, platform="android")["bubble"]["radius_m"] == 20_000


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (90, 0), (-90, 180), (0, -180)])
def test_where_there_is_nothing_there_is_a_wide_bubble_and_no_region(anyone: Speaker, lat: float, lon: float) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    watcher.lets(brand)
    plan = watcher.plan(fix={"lat": lat, "lon": lon, "accuracy_m": 5})
    assert (plan["fences"], plan["bubble"]["radius_m"]) == ([], 20_000)


def test_around_a_coarse_fix_there_is_no_bubble(anyone: Speaker) -> None:
    assert Street(anyone).plan(fix=HERE | {"accuracy_m": 2000})["bubble"] is None


def test_a_phone_that_may_not_watch_gets_no_region_and_the_reason(anyone: Speaker) -> None:
    street = Street(anyone)
    street.says(location="while_using")
    plan = street.plan()
    assert (plan["capability"], plan["fences"], plan["beacons"], plan["bubble"]) == ("foreground", [], [], None)
    assert [one["code"] for one in plan["hindrances"]] == ["location_not_always"]
    assert '"Always"' in plan["hindrances"][0]["text"]


def test_a_phone_of_which_nothing_is_known_gets_no_region(anyone: Speaker) -> None:
    street = Street(anyone)
    other = anyone.with_token(member_token(street.member))
    plan = other.post("/v1/region-plan", {"platform": "ios", "fix": HERE}).get_json()
    assert (plan["fences"], [one["code"] for one in plan["hindrances"]]) == ([], ["phone_unreported"])


def test_a_plan_ends_when_the_phones_report_is_a_day_old(anyone: Speaker) -> None:
    street = Street(anyone)
    street.says(reported_at=(clock.now() - timedelta(hours=20)).isoformat())
    ends = datetime.fromisoformat(street.plan()["expires_at"])
    assert timedelta(hours=3) < ends - clock.now() <= timedelta(hours=4)


def test_a_plan_ends_with_its_permission(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    make_fenced(brand, north=4)
    offer_at(brand)
    watcher.lets(brand, expires_at=clock.now() + timedelta(hours=1))
    assert datetime.fromisoformat(watcher.plan()["expires_at"]) <= clock.now() + timedelta(hours=1)


def test_the_revision_stays_while_the_regions_do_and_changes_with_them(anyone: Speaker) -> None:
    street = Street(anyone)
    first = street.plan()
    moved = street.plan(fix=HERE | {"lat": LAT + 0.01})
    assert [one["id"] for one in moved["fences"]] != [one["id"] for one in first["fences"]]
    assert moved["revision"] == first["revision"]
    make_fence(street.stores[0], radius_m=200)
    assert street.plan()["revision"] != first["revision"]


def test_regions_keep_their_ids_from_plan_to_plan(anyone: Speaker) -> None:
    street = Street(anyone)
    assert [one["id"] for one in street.plan()["fences"]] == [one["id"] for one in street.plan()["fences"]]


def test_beacons_are_watched_by_their_uuid(anyone: Speaker) -> None:
    street = Street(anyone)
    street.lets(street.brand, "beacon")
    number = uuid.uuid4()
    for place, store in enumerate(street.stores, start=1):
        make_beacon(store, number, major=place)
    [region] = street.plan()["beacons"]
    assert (region["id"], region["uuid"], region["major"]) == (f"b{number.hex}", str(number), None)
    assert region["permission_event_id"] != street.plan()["fences"][0]["permission_event_id"]


def test_a_phone_that_cannot_listen_is_given_no_beacon(anyone: Speaker) -> None:
    street = Street(anyone)
    street.lets(street.brand, "beacon")
    make_beacon(street.stores[0], uuid.uuid4())
    assert street.plan(beacons=False)["beacons"] == []
    street.says(bluetooth=False)
    plan = street.plan()
    assert (plan["beacons"], [one["code"] for one in plan["hindrances"]]) == ([], ["bluetooth_off"])


def test_a_beacon_permission_for_one_store_listens_for_that_store_alone(anyone: Speaker) -> None:
    street = Street(anyone)
    first, second, third = street.stores
    street.lets(street.brand, "beacon", scope=in_store(first))
    number = uuid.uuid4()
    make_beacon(first, number, major=7)
    make_beacon(second, number, major=8)
    [region] = street.plan()["beacons"]
    assert (region["id"], region["major"]) == (f"b{number.hex}-7", 7)
    make_beacon(third, number, major=7, minor=2)
    assert street.plan()["beacons"] == []


def test_a_permission_for_beacons_watches_no_fence(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    make_beacon(make_fenced(brand, north=4), uuid.uuid4())
    offer_at(brand)
    watcher.lets(brand, "beacon")
    plan = watcher.plan()
    assert (plan["fences"], len(plan["beacons"])) == ([], 1)


@pytest.mark.usefixtures("few")
def test_on_ios_beacons_and_fences_share_what_a_phone_watches(anyone: Speaker) -> None:
    street = Street(anyone)
    street.lets(street.brand, "beacon")
    for place in range(2):
        make_beacon(street.stores[0], uuid.uuid4(), minor=place + 1)
    plan, android = street.plan(), street.plan(platform="android")
    assert (len(plan["fences"]), len(plan["beacons"])) == (2, 1)
    assert (len(android["fences"]), len(android["beacons"])) == (3, 1)


def test_only_the_brand_that_is_named_is_watched(anyone: Speaker) -> None:
    street, other = Street(anyone, stores=1), make_brand()
    make_fenced(other, north=6)
    offer_at(other)
    street.lets(other)
    assert len(street.watched()) == 2
    assert street.watched(brand=street.brand.code) == ids(street.stores[0])
    assert street.plans(brand="nobody-at-all").status_code == 404


def test_nothing_is_kept_of_a_plan(anyone: Speaker) -> None:
    street = Street(anyone)
    street.plan()
    with db.system_transaction():
        kept = db.execute(text("SELECT count(*) FROM decision WHERE member_id = :m"), {"m": street.member.id})
        assert kept.scalar_one() == 0


def test_reasons_come_in_the_language_of_who_asks(anyone: Speaker) -> None:
    watcher, brand = Watcher(anyone), make_brand()
    make_fenced(brand, north=4)
    offer_at(brand, title=Text(fr="Thé", en="Tea"))
    watcher.lets(brand)
    answer = watcher.phone.post(
        "/v1/region-plan", {"platform": "ios", "fix": HERE}, headers={"Accept-Language": "fr"}
    ).get_json()
    assert answer["fences"][0]["reason"]["text"] == "Dans ce magasin : « Thé »."


def test_a_stranger_is_asked_who_they_are(anyone: Speaker) -> None:
    assert anyone.post("/v1/region-plan", {"platform": "ios"}).status_code == 401


def test_anothers_permission_watches_nothing_for_me(anyone: Speaker) -> None:
    Street(anyone)
    assert Watcher(anyone).plans().status_code == 403
