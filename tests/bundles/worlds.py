"""Bundles and facts at random, without a database: everything that a matcher has to tell apart, close together."""

import random
from typing import Any

from offers.bundles.matcher import PhoneFix

NOW_S = 1_800_000_000
HOUR_S = 3600


def random_case(seed: int) -> dict[str, Any]:
    """A bundle, facts, a fix and an instant, as both twins take them."""
    rng = random.Random(seed)
    middle = (rng.uniform(-80, 80), rng.choice([rng.uniform(-180, 180), 180.0]))
    brands = [_id(rng) for _ in range(rng.randint(1, 3))]
    areas = [_id(rng) for _ in range(3)]
    stores = [_store(rng, number, middle, rng.choice(brands), areas) for number in range(rng.choice([3, 15, 60]))]
    offers = [_offer(rng, number, brands, stores) for number in range(1, rng.choice([3, 12, 40]))]
    covers = {"cell": "", "lat_e7": round(middle[0] * 1e7), "lon_e7": round(middle[1] * 1e7), "radius_m": 6000}
    bundle = {
        "covers": rng.choice([None, covers]),
        "good_until": rng.choice([None, NOW_S + rng.randint(-HOUR_S, 9 * HOUR_S)]),
        "hours": [_intervals(rng) for _ in range(3)],
        "stores": stores,
        "offers": offers,
    }
    fix = PhoneFix(middle[0], middle[1], rng.choice([5.0, 40.0, 900.0, 1500.0]), rng.choice([50, 500, 2000, 10_000]))
    return {
        "bundle": bundle,
        "facts": _facts(rng, brands, areas, stores, offers),
        "fix": {"lat": fix.lat, "lon": fix.lon, "accuracy_m": fix.accuracy_m, "radius_m": fix.radius_m},
        "now_ms": NOW_S * 1000 + rng.randint(-999, 999),
    }


def _id(rng: random.Random) -> str:
    text = f"{rng.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _store(
    rng: random.Random, number: int, middle: tuple[float, float], brand_id: str, areas: list[str]
) -> dict[str, Any]:
    near = rng.choice([0.002, 0.01, 0.05])
    lon = middle[1] + rng.uniform(-near, near)
    return {
        "number": number,
        "id": _id(rng),
        "brand_id": brand_id,
        "lat_e7": round((middle[0] + rng.uniform(-near, near)) * 1e7),
        "lon_e7": round((lon - 360 if lon > 180 else lon) * 1e7),
        "areas": rng.sample(areas, rng.randint(0, 2)),
        "hours": rng.choice([None, 0, 1, 2]),
    }


def _intervals(rng: random.Random) -> list[list[int | None]]:
    starts = sorted(rng.randint(-9, 9) * HOUR_S for _ in range(rng.randint(0, 3)))
    found: list[list[int | None]] = [[NOW_S + start, NOW_S + start + HOUR_S] for start in starts]
    return rng.choice([found, found, [[None, None]], [[NOW_S, None]], [[None, NOW_S]]])


def _offer(rng: random.Random, number: int, brands: list[str], stores: list[dict[str, Any]]) -> dict[str, Any]:
    brand_id = rng.choice(brands)
    mine = [store["number"] for store in stores if store["brand_id"] == brand_id]
    windows = [None] if rng.random() < 0.5 else [mine[::2], mine[1::2]]
    end = rng.choice([None, None, None, NOW_S - 5, NOW_S + 5])
    return {
        "number": number,
        "id": _id(rng),
        "brand_id": brand_id,
        "version": rng.randint(1, 2),
        "priority": rng.choice([5, 50, 50, 50, 60, 95]),
        "per_member": rng.randint(1, 3),
        "for_whom": rng.choice([{}, {}, {}, {"household": True}]),
        "use_limits": rng.choice([{}, {}, {}, {"member": {"per_week": 1}}]),
        "fallback": rng.random() < 0.1,
        "sold_out_until": end,
        "spent_until": rng.choice([None, None, None, NOW_S - 5, NOW_S + 5]),
        "times": [
            {
                "starts_at": NOW_S + rng.choice([-90, -9, -9, -9, 3]) * HOUR_S,
                "ends_at": NOW_S + rng.choice([-1, 0, 2, 30, 100, 3000]) * HOUR_S,
                "firings": rng.choice([None, None, _intervals(rng)]),
                "stores": some,
            }
            for some in windows
        ],
    }


def _facts(
    rng: random.Random, brands: list[str], areas: list[str], stores: list[dict[str, Any]], offers: list[dict[str, Any]]
) -> dict[str, Any]:
    gates = [_gate(rng, "brand", brand, brand) for brand in brands if rng.random() < 0.8]
    gates += [_gate(rng, "area", rng.choice(brands), area) for area in areas if rng.random() < 0.4]
    gates += [_gate(rng, "store", store["brand_id"], store["id"]) for store in stores if rng.random() < 0.1]
    closed = [one["id"] for one in stores if rng.random() < 0.1] + [area for area in areas if rng.random() < 0.3]
    return {
        "good_until": NOW_S + rng.choice([-1, 0, 9]),
        "gates": gates,
        "closed": closed,
        "opened": [gate["scope_id"] for gate in gates],
        "held": [_held(rng, one["id"]) for one in offers if rng.random() < 0.3],
        "dismissed": [one["id"] for one in offers if rng.random() < 0.1],
        "judged": [
            {
                "offer_id": one["id"],
                "version": rng.randint(1, 2),
                "outcome": rng.choice(["shown", "shown", "not_for_you"]),
            }
            for one in offers
            if one["for_whom"] or one["use_limits"]
        ],
        "scores": rng.choice([None, _scores(rng, offers)]),
    }


def _gate(rng: random.Random, kind: str, brand_id: str, scope_id: str) -> dict[str, Any]:
    return {"brand_id": brand_id, "scope_kind": kind, "scope_id": scope_id, "event_id": _id(rng)}


def _held(rng: random.Random, offer_id: str) -> dict[str, Any]:
    coupons = [
        {"code": f"{rng.getrandbits(40):010X}", "expires_at": NOW_S + rng.choice([-1, 0, 9])}
        for _ in range(rng.randint(0, 2))
    ]
    return {"offer_id": offer_id, "used": rng.randint(0, 2), "coupons": coupons}


def _scores(rng: random.Random, offers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "seed": str(rng.getrandbits(64)),
        "bands": [[500, 0], [1500, -356_675], [None, -916_291]],
        "urgencies": [405_465, 356_675, 305_382, 251_314, 194_156, 133_531, 68_993, 0],
        "offers": [
            {
                "number": one["number"],
                "version": one["version"],
                "weights": rng.choice([0, 0, 3]),
                "plain": rng.random() < 0.3,
                "base": rng.choice([0, rng.randint(-(10**8), 10**8)]),
                "fatigue": rng.choice([0, 100_000]),
                "proximity": 50,
                "urgency": 30,
                "discovery": rng.choice([0, 25]),
                "draws": sorted(rng.randint(-(10**6), 10**6) for _ in range(8)),
            }
            for one in offers
        ],
    }
