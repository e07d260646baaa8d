"""What is doubtful about a fence, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest
import shapely

from app.sql import db
from geo.fences import faults, spheroid
from geo.fences.drafts import ShapeGiven
from geo.fences.faults import find_faults, find_shape_faults
from geo.fences.judgement import JudgedFence, Neighbour, Passages, judge_fence
from geo.fences.shapes import make_circle, make_outline
from tests.factories import NOON, PARIS, console_token, made, make_brand, make_console_user, make_store
from tests.fences.factories import circle, make_fence, outline, square

SUNDAY = (datetime(2026, 5, 24, tzinfo=UTC), datetime(2026, 5, 24, 20, tzinfo=UTC))
WEEK = (datetime(2026, 5, 18, tzinfo=UTC), datetime(2026, 5, 25, tzinfo=UTC))


def codes(found):
    return [str(one.finding) for one in found]


def judged(shape=None, **given):
    shape = shape or make_circle(*PARIS, 200)
    fields = {
        "is_circle": shape.is_circle,
        "lon": shape.lon,
        "lat": shape.lat,
        "radius_m": shape.radius_m,
        "area": shape.area,
        "is_elsewhere": False,
        "countries": ["FR"],
        "neighbours": [],
        "time_zone": "Europe/Paris",
    }
    return judge_fence(JudgedFence(**(fields | given)))


def neighbour(code="other", *, metres=0.0, azimuth=90.0, radius_m=200):
    shape = make_circle(*spheroid.point_at_distance(*PARIS, azimuth=azimuth, metres=metres), radius_m)
    return Neighbour(code, shape.lon, shape.lat, radius_m, shape.area)


def found_of(fence, windows=(), now=NOON):
    with db.system_transaction():
        [found] = find_faults(brand_id=fence.brand_id, fence_ids=[fence.id], windows=windows, now=now)
    return codes(found.found)


def test_a_good_circle_has_no_fault():
    assert judged() == []


@pytest.mark.parametrize(
    ("radius_m", "expected"),
    [
        (40, ["radius_too_small", "below_accuracy"]),
        (99, ["radius_too_small"]),
        (100, ["radius_small"]),
        (149, ["radius_small"]),
        (150, []),
    ],
)
def test_a_circle_that_phones_hardly_see(radius_m, expected):
    assert codes(judged(make_circle(*PARIS, radius_m))) == expected


def test_an_outline_is_as_large_as_the_circle_inside_it():
    assert codes(judged(make_outline(shapely.box(2.35, 48.85, 2.352, 48.8535)))) == ["radius_too_small"]


def test_a_street_is_known_by_its_shape():
    assert "long_and_thin" in codes(judged(make_outline(shapely.box(2.35, 48.85, 2.37, 48.852))))


def test_a_road_is_known_by_those_who_only_cross():
    [found] = judged(passages=Passages(crossed=80, entered=20))
    assert found.say("en") == "Of 100 passages, 80 % only crossed it: probably a road."


@pytest.mark.parametrize("passages", [Passages(30, 10), Passages(40, 60), None])
def test_a_few_who_cross_make_no_road(passages):
    assert judged(passages=passages) == []


def test_an_overlap_names_the_other_and_how_much():
    [found] = judged(neighbours=[neighbour("louvre", metres=200)])
    assert found.say("en").startswith('It covers 39 % of "louvre"')


def test_fences_that_touch_hardly_do_not_overlap():
    assert judged(neighbours=[neighbour(metres=401)]) == []


def test_an_overlap_is_seen_over_the_180th_meridian():
    other = make_circle(-179.999, 10, 500)
    near = Neighbour("other", other.lon, other.lat, 500, other.area)
    assert codes(judged(make_circle(179.999, 10, 500), neighbours=[near])) == ["overlaps"]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (18, []),
        (19, ["more_than_ios_watches"]),
        (98, ["more_than_ios_watches"]),
        (99, ["more_than_ios_watches", "more_than_android_watches"]),
    ],
)
def test_a_phone_watches_so_many_within_its_reach(count, expected):
    near = [neighbour(metres=2000, azimuth=number) for number in range(count)]
    assert codes(judged(neighbours=near)) == expected


def test_what_is_beyond_a_phones_reach_waits_for_its_next_plan():
    assert judged(neighbours=[neighbour(metres=2800, azimuth=number) for number in range(50)]) == []


def test_the_reach_is_asked_of_the_brands_own_fences(brand):
    fence = make_fence(brand)
    other = make_brand()
    with made():
        for number in range(19):
            make_fence(other, circle(radius_m=150))
            make_fence(brand, circle(*spheroid.point_at_distance(*PARIS, azimuth=number * 18, metres=2000), 150))
    assert found_of(fence) == ["more_than_ios_watches"]


def test_overlaps_are_those_of_fences_in_force(brand):
    make_fence(brand, is_live=False)
    assert found_of(make_fence(brand)) == []
    assert found_of(make_fence(brand)) == ["overlaps"]


def test_a_draft_is_judged_before_it_is_in_force(brand):
    assert found_of(make_fence(brand, circle(radius_m=30), is_live=False)) == ["radius_too_small", "below_accuracy"]


def test_a_store_outside_its_fence_is_seen(brand):
    store = make_store(brand, lon=2.36)
    assert found_of(make_fence(brand, store=store)) == ["far_from_store"]
    there = make_store(brand, lon=2.4122, lat=48.855)
    assert found_of(make_fence(brand, outline(square(2.4)), store=there)) == ["far_from_store"]


def test_a_store_closed_for_good_is_seen(brand):
    assert found_of(make_fence(brand, store=make_store(brand, status="closed"))) == ["store_closed_for_good"]


def test_a_store_closed_during_all_of_a_window_is_seen(brand):
    fence = make_fence(brand, store=make_store(brand, opening_hours="Mo-Sa 09:00-19:00"))
    assert found_of(fence, [SUNDAY]) == ["closed_throughout"]
    assert found_of(fence, [WEEK]) == []


def test_a_window_that_is_over_is_left_out(brand):
    fence = make_fence(brand, store=make_store(brand, opening_hours="Mo-Sa 09:00-19:00"))
    assert found_of(fence, [SUNDAY], now=SUNDAY[1]) == []


def test_a_window_is_closed_once_what_was_open_of_it_is_over(brand):
    fence = make_fence(brand, store=make_store(brand, opening_hours="Mo-Sa 09:00-19:00"))
    saturday_night = datetime(2026, 5, 23, 20, tzinfo=UTC)
    assert found_of(fence, [(SUNDAY[0] - timedelta(days=3), SUNDAY[1])], now=saturday_night) == ["closed_throughout"]


def test_hours_that_nobody_told_close_nothing(brand):
    assert found_of(make_fence(brand, store=make_store(brand)), [SUNDAY]) == []


def test_a_night_that_runs_past_midnight_is_open(brand):
    fence = make_fence(brand, store=make_store(brand, opening_hours="Sa 20:00-26:00"))
    sunday_one = datetime(2026, 5, 23, 23, 30, tzinfo=UTC)
    assert found_of(fence, [(sunday_one, sunday_one + timedelta(minutes=20))]) == []


def test_a_fence_in_no_country_of_the_brand_is_seen(brand):
    assert found_of(make_fence(brand, circle(-74.0, 40.7))) == ["elsewhere"]


def test_a_shape_that_is_no_fence_yet_is_judged(brand):
    store = make_store(brand)
    with db.system_transaction():
        [found] = find_shape_faults(
            brand_id=brand.id, given=ShapeGiven(around_store_m=60), store_id=store.id, windows=[SUNDAY], now=NOON
        )
    assert (found.fence_id, codes(found.found)) == (None, ["radius_too_small"])


def test_who_counts_people_is_asked_about_those_who_cross(brand, monkeypatch):
    fence = make_fence(brand)
    monkeypatch.setattr(faults, "PASSAGES", [lambda ids: {id: Passages(60, 3) for id in ids}])
    assert found_of(fence) == ["mostly_crossed"]


class TestDoor:
    @pytest.fixture
    def console(self, anyone, brand):
        return anyone.with_token(console_token(make_console_user(brand, "auditor")))

    def test_faults_are_told_by_fence_in_the_readers_language(self, console, brand):
        console.language = "fr"
        small, good = make_fence(brand, circle(radius_m=120)), make_fence(brand, circle(2.4, 48.9))
        asked = {"fence_ids": [str(good.id), str(small.id)]}
        items = console.post("/v1/fences/faults", asked).json["items"]
        detail = "Elle tient 120 m autour de son milieu : beaucoup de téléphones ont besoin de 150 m."
        assert items == [
            {"fence_id": str(good.id), "faults": []},
            {"fence_id": str(small.id), "faults": [{"code": "radius_small", "detail": detail}]},
        ]

    def test_windows_go_forward(self, console):
        window = {"starts_at": "2026-05-24T00:00:00Z", "ends_at": "2026-05-23T00:00:00Z"}
        answer = console.post("/v1/fences/faults", {"windows": [window]})
        assert [one["pointer"] for one in answer.json["errors"]] == ["/windows/0/ends_at"]

    def test_another_brands_fence_is_not_judged(self, console):
        answer = console.post("/v1/fences/faults", {"fence_ids": [str(make_fence(make_brand()).id)]})
        assert answer.json["errors"][0]["code"] == "target_unknown"

    def test_a_closed_window_is_told_on_the_stores_clock(self, console, brand):
        fence = make_fence(brand, store=make_store(brand, opening_hours="Mo-Fr 09:00-19:00"))
        window = {"starts_at": "2099-05-23T00:00:00Z", "ends_at": "2099-05-24T20:00:00Z"}
        [item] = console.post("/v1/fences/faults", {"fence_ids": [str(fence.id)], "windows": [window]}).json["items"]
        assert [one["detail"] for one in item["faults"]] == [
            "Its store is closed during the whole time from 23 May 2099 02:00 to 24 May 2099 22:00."
        ]
