"""The order of offers by their scores, with its share of chance. Pure: the same entries and seed, the same order.

A higher tier stands before a lower one. Within a tier: the score; of equals the one that ends first, then the one shown
least in vain, then by chance. In each tier one offer leads; now and then chance alone says which, so that whatever
passed the gates keeps at least one percent (of more than ten offers, a tenth of an equal share) to lead, and how likely
the leader was is known. Offers of brands that the member does not allow to profile keep the plain order among
themselves.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from offers.deciding.discovery import PLACE, STRATA, TIER, Placed, bits_of, led_by_chance, propensity_of, strata_of
from offers.deciding.factors import IN_FRONT, IN_FRONT_WEIGHT, PRIORITIES, URGENCIES, Factors, Weights, tier_of


class ScoredOffer(NamedTuple):
    """An offer that passed every gate. `version` is that of its brand's weights, 0 for those of the house; `plain`
    means that its brand may not profile the member, or does not want to; `in_front`, that the member stands before
    what it is about; `is_own`, that they bought something of it themselves, which is known where it was measured and
    never kept."""

    offer_number: int
    factors: Factors
    weights: Weights
    version: int = 0
    plain: bool = False
    in_front: bool = False
    is_own: bool = False


class Order(NamedTuple):
    """The places of the entries, best first, and for each tier, the highest first, how likely its leader was to lead,
    in millionths: 0 where a leader was not chosen by a score."""

    places: Sequence[int]
    propensities: Sequence[int]


def order_entries(entries: Sequence[ScoredOffer], *, seed: int) -> Order:
    """The order of these entries, which come in the plain order."""
    placed = _all_placed(entries, seed)
    placed.sort(reverse=True)
    places: list[int] = []
    propensities: list[int] = []
    for members in _tiers_of(placed):
        led = led_by_chance(seed, members[0][TIER], len(members))
        if led is not None:
            members.insert(0, members.pop(led))
        propensities.append(0 if entries[members[0][PLACE]].plain else propensity_of(members))
        places += [one[PLACE] for one in members]
    return Order(_keep_plain(places, entries), propensities)


def drawn_for(entry: ScoredOffer, *, seed: int) -> int:
    """What this entry drew: a logarithm in millionths."""
    bits = bits_of(seed, entry.offer_number, entry.version)
    return strata_of(entry.factors.successes, entry.factors.failures)[bits % STRATA]


def leaders_of(places: Sequence[int], entries: Sequence[ScoredOffer]) -> Mapping[int, int]:
    """The place of the entry that leads each tier, the highest tier first."""
    found: dict[int, int] = {}
    for place in places:
        found.setdefault(tier_of(entries[place].factors.priority), place)
    return found


def propensity_in(leader: int, entries: Sequence[ScoredOffer], *, seed: int) -> int:
    """How likely the entry in this place is to lead its tier, in millionths."""
    tier = tier_of(entries[leader].factors.priority)
    members = [one for one in _all_placed(entries, seed) if one[TIER] == tier]
    members.sort(key=lambda one: one[PLACE] != leader)
    return propensity_of(members)


def _tiers_of(placed: list[Placed]) -> list[list[Placed]]:
    """The entries of each tier, the highest first, as they are sorted."""
    if not placed or placed[0][TIER] == placed[-1][TIER]:
        return [placed] if placed else []
    return [list(members) for _, members in groupby(placed, key=itemgetter(TIER))]


def _all_placed(entries: Sequence[ScoredOffer], seed: int) -> list[Placed]:
    placed: list[Placed] = []
    for place, (number, factors, weights, version, _, in_front, _) in enumerate(entries):
        priority, affinity, proximity, value, days_left, fatigue, successes, failures = factors
        bits = bits_of(seed, number, version)
        strata = strata_of(successes, failures)
        base = (
            weights[0] * PRIORITIES[priority]
            + weights[1] * affinity
            + weights[2] * proximity
            + weights[3] * value
            + weights[4] * URGENCIES[days_left]
            - weights[5] * fatigue
        )
        if in_front:
            base += IN_FRONT_WEIGHT * IN_FRONT
        drawn = weights[6]
        score = base + drawn * strata[bits % STRATA]
        placed.append((tier_of(priority), score, (-days_left, -fatigue, bits >> 8), place, base, drawn, strata))
    return placed


def _keep_plain(places: list[int], entries: Sequence[ScoredOffer]) -> list[int]:
    """These places, those of plain entries filled again in the plain order: each tier holds as many as before."""
    kept = [place for place in places if entries[place].plain]
    if not kept:
        return places
    kept.sort(key=lambda place: (-tier_of(entries[place].factors.priority), place))
    plain = iter(kept)
    return [next(plain) if entries[place].plain else place for place in places]
