"""What a search brings of the profiles of a member, and what it makes of each candidate: an entry of the order.

A profile is there while the member permits it, brand by brand. A candidate of another brand gets nothing that comes
from purchases, and keeps its plain place among its like.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from offers.deciding.factors import (
    NEUTRAL,
    Factors,
    Weights,
    affinity_log,
    days_until,
    fatigue_of,
    proximity_of,
)
from offers.deciding.facts import BrandWeights, OfferFacts, Policy
from offers.deciding.ranking import Candidate
from offers.deciding.scores import ScoredOffer
from offers.learning.tastes.packed_tastes import (
    NUMBER,
    SHOWN,
    TAKEN,
    OpenTaste,
    open_taste,
    pack_taste,
    weight_in,
)
from offers.learning.tastes.tastes import NO_TASTE

HOUSE = BrandWeights(Weights(), plain=False)
"""How much factors count where a brand says nothing: version 0."""

MILLION = 1_000_000


class TasteRow(NamedTuple):
    """A brand that may profile the member: the version of its weights, and the member's taste, packed."""

    version: int
    taste: bytes


@dataclass(slots=True)
class Profiled:
    """What one brand may use of a member: its weights, and the taste as it is today."""

    version: int
    weights: Weights
    taste: OpenTaste


NOBODY = open_taste(pack_taste(NO_TASTE), None)
HOUSE_PROFILE = Profiled(0, HOUSE.weights, NOBODY)


def open_profiles(
    tastes: Mapping[bytes, TasteRow],
    weights: Mapping[Policy, BrandWeights],
    brands: Collection[bytes],
    *,
    now: datetime,
) -> Mapping[bytes, Profiled]:
    """The profiles of these brands, but for brands that want the plain order."""
    found = {}
    for brand in brands:
        if brand in tastes:
            version, packed = tastes[brand]
            said = weights[brand, version] if version else HOUSE
            if not said.plain:
                found[brand] = Profiled(version, said.weights, open_taste(packed, now.date()))
    return found


def measure_candidates(
    candidates: Sequence[Candidate],
    *,
    profiles: Mapping[bytes, Profiled],
    facts: Mapping[int, OfferFacts],
    knows_distance: bool,
    now: datetime,
    in_front: Collection[int] = (),
) -> list[ScoredOffer]:
    """What speaks for each candidate; `facts` are by the number of the offer. Without distances (a coarse fix, none at
    all) proximity is neutral. `in_front` are the numbers of the offers on what the member stands before."""
    entries = []
    for one in candidates:
        _, _, number, _, priority, metres, _, _, _, _, _, ends_at, _, exposures, taken, usual_ppm, ppm = one
        offer = facts[number]
        profile = profiles.get(offer.brand, HOUSE_PROFILE)
        affinity, is_own = affinity_log(profile.taste, offer.wanted, ppm)
        factors = Factors(
            priority,
            affinity,
            proximity_of(metres) if knows_distance else NEUTRAL,
            offer.value,
            days_until(ends_at, now),
            _fatigue_of(profile.taste, number, now) if profile is not HOUSE_PROFILE else NEUTRAL,
            taken + 1,
            max(exposures - taken, 0) + max(MILLION // usual_ppm - 1, 1),
        )
        is_plain = profile is HOUSE_PROFILE
        entries.append(
            ScoredOffer(number, factors, profile.weights, profile.version, is_plain, number in in_front, is_own)
        )
    return entries


def _fatigue_of(taste: OpenTaste, offer_number: int, now: datetime) -> int:
    key = NUMBER.pack(offer_number)
    shown = weight_in(taste, SHOWN, key)
    return fatigue_of(shown, weight_in(taste, TAKEN, key), now) if shown else NEUTRAL
