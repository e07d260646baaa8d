"""What a bundle says: the stores of a place, their hours, their offers. Pure.

It is a function of the catalogue and of nothing else: not of who asks, when, or in which language.

Degrees are whole ten-millionths and instants whole seconds since 1970, so that every number has one spelling. What many
share is said once: timetables of chains, and windows of offers.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from geo.fences.hits import LiveFence
from geo.private.cells import Region
from offers.planning.models import FALLBACK
from offers.planning.read_model.firings import HORIZON

FORMAT = 1
"""Grows when a phone that reads the format before would match wrongly."""

SMALLEST_WATCHED_M, IOS_WATCHES, ANDROID_WATCHES = 150, 19, 99
"""What a phone should watch: no circle smaller than it can tell, and no more than its system lets it, but for the one
around all of them (`docs/proximity.md`)."""

Row = Mapping[str, Any]


class Rows(NamedTuple):
    """What was read, each in the order of its numbers (`queries`)."""

    brands: Sequence[Row]
    stores: Sequence[Row]
    offers: Sequence[Row]
    times: Sequence[Row]
    fences: Sequence[LiveFence]
    beacons: Sequence[Row]


def describe_bundle(rows: Rows, *, region: Region | None) -> dict[str, Any]:
    """The bundle of a region, or of a brand where there is none. Shape: `schemas.BundleOut`."""
    stores, hours = _stores(rows)
    covers = region and {
        "cell": region.cell,
        "lat_e7": round(region.lat * 1e7),
        "lon_e7": round(region.lon * 1e7),
        "radius_m": region.covered_m,
    }
    return {
        "format": FORMAT,
        "covers": covers,
        "good_until": _good_until(rows),
        "watch": {"smallest_m": SMALLEST_WATCHED_M, "most_ios": IOS_WATCHES, "most_android": ANDROID_WATCHES},
        "brands": list(rows.brands),
        "hours": hours,
        "stores": stores,
        "offers": _offers(rows),
        "fences": _fences(rows),
        "beacons": list(rows.beacons),
    }


def _stores(rows: Rows) -> tuple[list[dict[str, Any]], list[Any]]:
    priorities = _priorities(rows)
    places: dict[str, int] = {}
    stores = []
    for row in rows.stores:
        card = orjson.loads(row["card"])
        stores.append(
            {
                "number": row["number"],
                "brand_id": row["brand_id"],
                "lat_e7": round(card.pop("lat") * 1e7),
                "lon_e7": round(card.pop("lon") * 1e7),
                "areas": row["areas"],
                "hours": None if row["hours"] is None else places.setdefault(row["hours"], len(places)),
                "watch_priority": priorities.get(row["number"], 0),
                **card,
            }
        )
    return stores, [orjson.loads(text) for text in places]


def _fences(rows: Rows) -> list[dict[str, Any]]:
    numbers = {row["store_id"]: row["number"] for row in rows.stores}
    return [
        {
            "id": str(fence.id),
            "version": fence.version,
            "store": numbers[fence.store_id],
            "lat_e7": round(fence.lat * 1e7),
            "lon_e7": round(fence.lon * 1e7),
            "radius_m": math.ceil(fence.radius_m),
            "outlines": None if fence.is_circle else _outlines(orjson.loads(fence.geojson)),
        }
        for fence in rows.fences
    ]


def _outlines(shape: dict[str, Any]) -> list[Any]:
    """The polygons of a GeoJSON geometry, each as its rings, of places as (lon, lat)."""
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [[[[round(degrees * 1e7) for degrees in place] for place in ring] for ring in one] for one in polygons]


def _priorities(rows: Rows) -> dict[int, int]:
    """The priority of the best offer of each store: what a phone that can watch only some should watch first."""
    priority_of = {offer["number"]: offer["priority"] for offer in rows.offers}
    best: dict[int, int] = {}
    for row in rows.times:
        for number in row["stores"]:
            best[number] = max(best.get(number, 0), priority_of[row["offer_number"]])
    return best


def _offers(rows: Rows) -> list[dict[str, Any]]:
    everywhere: dict[str, list[int]] = defaultdict(list)
    for store in rows.stores:
        everywhere[store["brand_id"]].append(store["number"])
    times = defaultdict(list)
    for row in rows.times:
        times[row["offer_number"]].append(row)
    return [_offer(row, times[row["number"]], everywhere[row["brand_id"]]) for row in rows.offers]


def _offer(row: Row, times: Sequence[Row], everywhere: Sequence[int]) -> dict[str, Any]:
    same = ("number", "id", "brand_id", "version", "priority", "per_member", "for_whom", "use_limits")
    return {
        **{name: row[name] for name in same},
        "fallback": bool(row["traits"] & FALLBACK),
        "sold_out_until": row["sold_out_until"],
        "spent_until": row["spent_until"],
        "cards": {"fr": orjson.loads(row["card_fr"]), "en": orjson.loads(row["card_en"])},
        "times": [
            {
                "starts_at": one["starts_at"],
                "ends_at": one["ends_at"],
                "firings": None if one["firings"] is None else orjson.loads(one["firings"]),
                "stores": None if one["stores"] == everywhere else one["stores"],
            }
            for one in times
        ],
    }


def _good_until(rows: Rows) -> int | None:
    """Until when hours and firings are written down; None where neither is asked for."""
    ends = [row["known_until"] for row in rows.stores]
    ends += [row["firings_from"] and row["firings_from"] + int(HORIZON.total_seconds()) for row in rows.offers]
    return min((end for end in ends if end is not None), default=None)
