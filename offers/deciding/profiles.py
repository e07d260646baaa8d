"""What a search brings of the profiles of a member, and what it makes of each candidate: an entry of the order.

A profile is there while the member permits it, brand by brand. A candidate of another brand gets nothing that comes
from purchases, and keeps its plain place among its like.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from offers.deciding.factors import (
    NEUTRAL,
    Factors,
    Weights,
    affinity_log,
    days_until,
    fatigue_of,
    proximity_of,
)
from offers.deciding.facts import BrandWeights, OfferFacts, Policy, Version
from offers.deciding.ranking import Candidate
from offers.deciding.scores import ScoredOffer
from offers.learning.tastes import NO_TASTE, Taste

HOUSE = BrandWeights(Weights(), plain=False)
"""How much factors count where a brand says nothing: version 0."""

MILLION = 1_000_000
BOUGHT = ("articles", "categories", "articles_total", "categories_total")


class TasteRow(NamedTuple):
    """A brand that may profile the member: the version of its weights, and the member's taste as JSON text."""

    version: int
    taste: bytes


class Profiled(NamedTuple):
    """What one brand may use of a member. `shown` and `taken` are weights by the number of the offer, as text."""

    version: int
    weights: Weights
    taste: Taste
    shown: Mapping[str, float]
    taken: Mapping[str, float]


def open_profiles(tastes: Mapping[bytes, TasteRow], weights: Mapping[Policy, BrandWeights]) -> Mapping[bytes, Profiled]:
    """The profiles by brand, but for brands that want the plain order."""
    found = {}
    for brand, (version, text) in tastes.items():
        said = weights[brand, version] if version else HOUSE
        if not said.plain:
            kept = orjson.loads(text)
            found[brand] = Profiled(
                version, said.weights, _taste_in(kept), kept.get("shown", {}), kept.get("taken", {})
            )
    return found


def _taste_in(kept: Mapping[str, Any]) -> Taste:
    """What was bought, of the JSON text of a taste (`tastes.write_taste`): the parts that affinity reads."""
    return NO_TASTE._replace(**{name: kept[name] for name in BOUGHT if name in kept})


def measure_candidates(
    candidates: Sequence[Candidate],
    *,
    profiles: Mapping[bytes, Profiled],
    facts: Mapping[Version, OfferFacts],
    knows_distance: bool,
    now: datetime,
) -> list[ScoredOffer]:
    """What speaks for each candidate. Without distances (a coarse fix, none at all) proximity is neutral."""
    entries = []
    for one in candidates:
        offer = facts[one.offer_number, one.version]
        profile = profiles.get(offer.brand)
        taste = NO_TASTE if profile is None else profile.taste
        number = str(one.offer_number)
        factors = Factors(
            one.priority,
            affinity_log(taste, offer.products, one.popularity_ppm, on=now.date()),
            proximity_of(one.metres) if knows_distance else NEUTRAL,
            offer.value,
            days_until(one.ends_at, now),
            NEUTRAL if profile is None else fatigue_of(profile.shown.get(number, 0), profile.taken.get(number, 0), now),
            one.taken + 1,
            max(one.exposures - one.taken, 0) + max((MILLION - one.usual_ppm) // one.usual_ppm, 1),
        )
        if profile is None:
            entries.append(ScoredOffer(one.offer_number, factors, HOUSE.weights, 0, plain=True))
        else:
            entries.append(ScoredOffer(one.offer_number, factors, profile.weights, profile.version))
    return entries
