"""The matchers in Python and JavaScript find the same in worlds at random, and both measure as PostGIS does."""

import random

from app.sql import db
from offers.bundles.distances import distance_m
from offers.bundles.matcher import PhoneFix, match_offers
from tests.bundles.factories import ask_twin
from tests.bundles.worlds import random_case
from tests.sizes import chosen

PAIRS = 400


def test_both_find_the_same_in_the_same_order() -> None:
    cases = [random_case(seed) for seed in range(2 * chosen().laws)]
    shown = 0
    for case, twin in zip(cases, ask_twin(cases), strict=True):
        found = match_offers(case["bundle"], case["facts"], PhoneFix(**case["fix"]), now_ms=case["now_ms"])
        said = [
            (one.offer["id"], one.store["id"], one.is_open, one.coupon_code, one.permission_event_id)
            for one in found.matches
        ]
        names = ("offer", "store", "is_open", "coupon_code", "permission_event_id")
        assert said == [tuple(one[name] for name in names) for one in twin["matches"]]
        assert (found.is_covered, found.is_fresh) == (twin["is_covered"], twin["is_fresh"])
        for one, other in zip(found.matches, twin["matches"], strict=True):
            assert abs(one.metres - other["metres"]) < 1e-6
        shown += len(said)
    assert shown > len(cases)  # there was something to tell apart


def test_both_measure_as_postgis_to_a_millimetre() -> None:
    rng = random.Random(7)
    pairs = [_pair(rng) for _ in range(PAIRS)]
    with db.system_transaction():
        measured = [
            metres
            for (metres,) in db.fetch(
                "SELECT ST_Distance(ST_MakePoint(a, b)::geography, ST_MakePoint(c, d)::geography)"
                " FROM unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[])"
                " WITH ORDINALITY AS pair (a, b, c, d, n)"
                " ORDER BY n",
                [list(column) for column in zip(*((b, a, d, c) for a, b, c, d in pairs), strict=True)],
            )
        ]
    assert max(abs(distance_m(*pair) - metres) for pair, metres in zip(pairs, measured, strict=True)) < 0.001
    twin = ask_twin([{"distance": list(pair)} for pair in pairs])
    assert max(abs(one - metres) for one, metres in zip(twin, measured, strict=True)) < 0.001


def _pair(rng: random.Random) -> tuple[float, float, float, float]:
    """Two places within a phone's reach: anywhere, at the poles, across the antimeridian, the same."""
    lat = rng.choice([rng.uniform(-90, 90), 90.0, -89.9999, 0.0])
    lon = rng.choice([rng.uniform(-180, 180), 180.0, -180.0, 179.9999])
    span = rng.choice([0.0, 1e-6, 0.01, 0.5])
    other = lon + rng.uniform(-span, span) * 2
    other = other - 360 if other > 180 else other + 360 if other < -180 else other
    return lat, lon, min(max(lat + rng.uniform(-span, span), -90), 90), other
