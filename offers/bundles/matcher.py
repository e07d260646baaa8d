"""Match offers on the phone: the same offers in the same order as the server gives for the same position.

A reference for apps, in the standard library alone; `matcher.mjs` is its twin. Nothing here knows the server: it reads
a bundle (`GET /v1/bundles/…`), the member's own facts (`GET /v1/bundle-facts`), a position and an instant.

The order of things is that of the server. For each permission the nearest places are looked at, a dozen at first and
eight times more while there are too few offers; of each offer the nearest place where it is on; then the gates, the
first of which that is closed stops it; then the order: the brand's priority, the nearest, the older offer, or scores
where the member lets a brand look at what they buy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from offers.bundles.distances import SPHERE_M, angle_between, distance_m

PLACES_PER_BRAND, WIDER, MOST_SHOWN = 12, 8, 20
COARSE_M = 1000
"""From this accuracy on no distance counts: it would be one to the middle of a circle."""

DAY_MS, MOST_DAYS = 86_400_000, 99
STRATA, MOST_PERCENT, ALL_BITS = 8, 10, (1 << 64) - 1
FIRST_FROM, LAST_BELOW = 90, 10
SCOPES = {"store": 2, "brand": 1, "area": 0}

Values = Mapping[str, Any]


@dataclass(frozen=True)
class PhoneFix:
    """Where the phone is, and how far it looks. Degrees in WGS 84, metres."""

    lat: float
    lon: float
    accuracy_m: float
    radius_m: int = 2000

    @property
    def reach_m(self) -> float:
        """How far to look: an inaccurate fix must not hide a store that may be next door."""
        return self.radius_m + self.accuracy_m


class Match(NamedTuple):
    """An offer to show, the nearest place where it is on, and the permission that allows it. `is_open` is None where
    the hours are unknown."""

    offer: Values
    store: Values
    metres: float
    is_open: bool | None
    coupon_code: str | None
    permission_event_id: str


class Matched(NamedTuple):
    """What is there. `is_covered` says whether the bundle holds everything within reach: if not, ask for another;
    `is_fresh` whether hours, windows and facts are known for this instant: if not, fetch them again."""

    matches: Sequence[Match]
    is_covered: bool
    is_fresh: bool


class _Near(NamedTuple):
    """A place within reach, and the permission that allows it."""

    gate: Values
    store: Values
    metres: float
    is_open: bool | None


class _Candidate(NamedTuple):
    near: _Near
    offer: Values
    code: str | None
    ends_at: int
    passes: bool


def match_offers(bundle: Values, facts: Values, fix: PhoneFix, *, now_ms: int) -> Matched:
    """What is there for the member, best first, at an instant in milliseconds since 1970."""
    ends = [end for end in (bundle["good_until"], facts["good_until"]) if end is not None]
    candidates = _search(bundle, facts, fix, now_ms)
    judged = {(one["offer_id"], one["version"]): one["outcome"] for one in facts["judged"]}
    passed = [one for one in candidates if one.passes and _is_for_them(one.offer, judged)]
    passed.sort(key=lambda one: (-one.offer["priority"], one.near.metres, one.offer["number"]))
    passed = [one for one in passed if not one.offer["fallback"]] or passed
    if facts["scores"] is not None:
        passed = _order_by_scores(passed, facts["scores"], fix, now_ms)
    matches = [
        Match(one.offer, one.near.store, one.near.metres, one.near.is_open, one.code, one.near.gate["event_id"])
        for one in passed[:MOST_SHOWN]
    ]
    return Matched(matches, _covers(bundle["covers"], fix), all(now_ms < end * 1000 for end in ends))


# --- What is near ---------------------------------------------------------------------------------------------------


def _search(bundle: Values, facts: Values, fix: PhoneFix, now_ms: int) -> list[_Candidate]:
    ordered = {gate["event_id"]: _nearest_first(bundle, facts, gate, fix) for gate in facts["gates"]}
    limit = PLACES_PER_BRAND
    while True:
        near = []
        for gate in facts["gates"]:
            for store in ordered[gate["event_id"]][:limit]:
                metres = distance_m(fix.lat, fix.lon, store["lat_e7"] / 1e7, store["lon_e7"] / 1e7)
                if metres <= fix.reach_m:
                    near.append(_Near(gate, store, metres, _is_open(bundle, store, now_ms)))
        found = _best_of_each(bundle, facts, near, now_ms)
        if len(near) < limit or sum(one.passes for one in found) >= MOST_SHOWN:
            return found
        limit *= WIDER


def _nearest_first(bundle: Values, facts: Values, gate: Values, fix: PhoneFix) -> list[Values]:
    """The places that this permission covers, in the order of the sphere, as the server searches them."""
    allowed = [store for store in bundle["stores"] if _is_covered_by(store, gate) and not _is_shut(store, facts)]
    return sorted(allowed, key=lambda store: (_angle(fix, store), store["number"]))


def _is_covered_by(store: Values, gate: Values) -> bool:
    if store["brand_id"] != gate["brand_id"]:
        return False
    scope = gate["scope_id"]
    return gate["scope_kind"] == "brand" or store["id"] == scope or scope in store["areas"]


def _is_shut(store: Values, facts: Values) -> bool:
    """Whether the member said no to this store, or to an area of it and not yes to the store itself."""
    closed = facts["closed"]
    return store["id"] in closed or (
        any(area in closed for area in store["areas"]) and store["id"] not in facts["opened"]
    )


def _best_of_each(bundle: Values, facts: Values, near: Sequence[_Near], now_ms: int) -> list[_Candidate]:
    """Each offer once, at the nearest place where it is on, by the narrowest permission that allows it."""
    held = {one["offer_id"]: one for one in facts["held"]}
    by_brand: dict[str, list[_Near]] = {}
    for one in near:
        by_brand.setdefault(one.gate["brand_id"], []).append(one)
    found = []
    for offer in bundle["offers"]:
        here = [
            (place, time)
            for time in offer["times"]
            for place in by_brand.get(offer["brand_id"], ())
            if time["stores"] is None or place.store["number"] in time["stores"]
        ]
        if here:
            place, time = min(here, key=lambda one: _preference(one[0], one[1], now_ms))
            found.append(_judged(offer, place, time, held.get(offer["id"]), facts["dismissed"], now_ms))
    return found


def _preference(place: _Near, time: Values, now_ms: int) -> tuple[bool, float, bool, int, str, int]:
    gate = place.gate
    is_on = place.is_open is not False and _is_live(time, now_ms) and _fires(time, now_ms)
    whole = gate["scope_kind"] == "brand"
    return not is_on, place.metres, whole, -SCOPES[gate["scope_kind"]], gate["event_id"], place.store["number"]


# --- The gates ------------------------------------------------------------------------------------------------------


def _judged(
    offer: Values, place: _Near, time: Values, held: Values | None, dismissed: Sequence[str], now_ms: int
) -> _Candidate:
    used, code = _used(held, now_ms)
    stopped = (
        used >= offer["per_member"]
        or not _is_live(time, now_ms)
        or not _fires(time, now_ms)
        or place.is_open is False
        or (_is_before(now_ms, offer["sold_out_until"]) and code is None)
        or _is_before(now_ms, offer["spent_until"])
        or offer["id"] in dismissed
    )
    return _Candidate(place, offer, code, time["ends_at"], not stopped)


def _used(held: Values | None, now_ms: int) -> tuple[int, str | None]:
    """How many coupons are used or over, and the code of one that waits."""
    if held is None:
        return 0, None
    waiting = [coupon["code"] for coupon in held["coupons"] if now_ms < coupon["expires_at"] * 1000]
    return held["used"] + len(held["coupons"]) - len(waiting), max(waiting, default=None)


def _is_live(time: Values, now_ms: int) -> bool:
    return bool(time["starts_at"] * 1000 <= now_ms < time["ends_at"] * 1000)


def _fires(time: Values, now_ms: int) -> bool:
    return time["firings"] is None or _is_within(time["firings"], now_ms)


def _is_open(bundle: Values, store: Values, now_ms: int) -> bool | None:
    return None if store["hours"] is None else _is_within(bundle["hours"][store["hours"]], now_ms)


def _is_within(intervals: Sequence[Sequence[int | None]], now_ms: int) -> bool:
    """Whether an instant is in one of these intervals; None is an end that never comes."""
    return any((start is None or start * 1000 <= now_ms) and _is_before(now_ms, end, True) for start, end in intervals)


def _is_before(now_ms: int, end: int | None, never: bool = False) -> bool:
    return never if end is None else now_ms < end * 1000


def _is_for_them(offer: Values, judged: Mapping[tuple[str, int], str]) -> bool:
    """An offer that is not for everybody is shown to whom the server said that it is for them, in this version."""
    is_for_all = not offer["for_whom"] and not offer["use_limits"]
    return is_for_all or judged.get((offer["id"], offer["version"])) == "shown"


# --- The order by scores --------------------------------------------------------------------------------------------


class _Scored(NamedTuple):
    candidate: _Candidate
    said: Values
    tier: int
    key: tuple[int, tuple[int, int, int], int]


def _order_by_scores(passed: list[_Candidate], scores: Values, fix: PhoneFix, now_ms: int) -> list[_Candidate]:
    """The order by what speaks for each offer, with the share of chance of this seed. The plain order where no brand
    of these may look at what the member buys."""
    said = {(one["number"], one["version"]): one for one in scores["offers"]}
    known = [said.get((one.offer["number"], one.offer["version"])) for one in passed]
    if None in known or all(one["plain"] for one in known if one is not None):
        return passed
    seed = int(scores["seed"])
    scored = [
        _scored(one, values, scores, fix, now_ms, seed, place)
        for place, (one, values) in enumerate(zip(passed, known, strict=True))
        if values is not None
    ]
    ordered: list[_Scored] = []
    for tier in (2, 1, 0):
        members = sorted((one for one in scored if one.tier == tier), key=lambda one: one.key, reverse=True)
        led = _led_by_chance(seed, tier, len(members))
        if led is not None:
            members.insert(0, members.pop(led))
        ordered += members
    plain = iter(
        sorted((one for one in ordered if one.said["plain"]), key=lambda one: (-one.tier, one.key[2]))
    )  # each tier holds as many of them as before, in their plain order
    return [(next(plain) if one.said["plain"] else one).candidate for one in ordered]


def _scored(
    one: _Candidate, said: Values, scores: Values, fix: PhoneFix, now_ms: int, seed: int, place: int
) -> _Scored:
    days = min(max((one.ends_at * 1000 - now_ms) // DAY_MS, 0), MOST_DAYS)
    urgencies = scores["urgencies"]
    band = next(
        log for most, log in scores["bands"] if fix.accuracy_m >= COARSE_M or most is None or one.near.metres <= most
    )
    bits = _bits_of(seed, said["number"], said["weights"])
    score = (
        said["base"]
        + said["proximity"] * band
        + said["urgency"] * urgencies[min(days, len(urgencies) - 1)]
        + said["discovery"] * said["draws"][bits % STRATA]
    )
    priority = one.offer["priority"]
    tier = 2 if priority >= FIRST_FROM else 1 if priority >= LAST_BELOW else 0
    return _Scored(one, said, tier, (score, (-days, -said["fatigue"], bits >> 8), place))


def _bits_of(seed: int, number: int, version: int) -> int:
    """The chance of one offer: 64 bits (splitmix64)."""
    mixed = (seed + 0x9E3779B97F4A7C15 * (number + 1) + 0xD1B54A32D192ED03 * version) & ALL_BITS
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & ALL_BITS
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & ALL_BITS
    return mixed ^ (mixed >> 31)


def _led_by_chance(seed: int, tier: int, count: int) -> int | None:
    bits = _bits_of(seed, tier, -1)
    percent = min(count, MOST_PERCENT) if count > 1 else 0
    if (bits >> 32) * 100 >> 32 >= percent:
        return None
    return (bits & 0xFFFFFFFF) * count >> 32


# --- What the bundle covers -----------------------------------------------------------------------------------------


def _covers(covers: Values | None, fix: PhoneFix) -> bool:
    """Whether a bundle holds every place within reach; that of a whole brand always does."""
    if covers is None:
        return True
    return bool(_angle(fix, covers) * SPHERE_M + fix.reach_m <= covers["radius_m"])


def _angle(fix: PhoneFix, place: Values) -> float:
    return angle_between(fix.lat, fix.lon, place["lat_e7"] / 1e7, place["lon_e7"] / 1e7)
