"""What a search brings of the profiles of a member, and what it makes of each candidate: an entry of the order.

A profile is there while the member permits it, brand by brand. A candidate of another brand gets nothing that comes
from purchases, and keeps its plain place among its like.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

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
from offers.learning.tastes import NO_TASTE, Taste, date_taste

HOUSE = BrandWeights(Weights(), plain=False)
"""How much factors count where a brand says nothing: version 0."""

NOBODY = date_taste(NO_TASTE, None)
MILLION = 1_000_000
BOUGHT = ("articles", "categories", "articles_total", "categories_total")


class TasteRow(NamedTuple):
    """A brand that may profile the member: the version of its weights, and the member's taste as JSON text."""

    version: int
    taste: bytes


class Profiled(NamedTuple):
    """What one brand may use of a member. `shown` and `taken` are the parts of the text that say how often each offer
    was: weights of thirty digits, of which an answer needs a few (`weight_in`)."""

    version: int
    weights: Weights
    taste: Taste
    shown: bytes
    taken: bytes


def open_profiles(
    tastes: Mapping[bytes, TasteRow], weights: Mapping[Policy, BrandWeights], brands: Collection[bytes]
) -> Mapping[bytes, Profiled]:
    """The profiles of these brands, but for brands that want the plain order."""
    found = {}
    for brand in brands:
        if brand in tastes:
            version, text = tastes[brand]
            said = weights[brand, version] if version else HOUSE
            if not said.plain:
                found[brand] = Profiled(version, said.weights, *read_parts(text))
    return found


def read_parts(text: bytes) -> tuple[Taste, bytes, bytes]:
    """What was bought, of the JSON text of a taste (`tastes.write_taste`), and how often offers were shown and taken,
    as the text has it: what nobody asks for is not read, since such large numbers cost more than all the rest."""
    bought, _, offers = text.partition(b',"shown":{')
    shown, _, taken = offers.partition(b'},"taken":{')
    kept = orjson.loads(bought + b"}" if offers else text)
    return NO_TASTE._replace(**{name: kept[name] for name in BOUGHT if name in kept}), shown, taken


def weight_in(part: bytes, offer_number: int) -> int:
    """The weight of an offer in such a part: `"12":345,"13":67`."""
    name = b'"%d":' % offer_number
    start = part.find(name)
    if start < 0:
        return 0
    return int(part[start + len(name) :].partition(b",")[0].rstrip(b"}"))


def measure_candidates(
    candidates: Sequence[Candidate],
    *,
    profiles: Mapping[bytes, Profiled],
    facts: Mapping[Version, OfferFacts],
    knows_distance: bool,
    now: datetime,
    in_front: Collection[int] = (),
) -> list[ScoredOffer]:
    """What speaks for each candidate. Without distances (a coarse fix, none at all) proximity is neutral. `in_front`
    are the numbers of the offers on what the member stands before."""
    today = now.date()
    dated = {brand: date_taste(profile.taste, today) for brand, profile in profiles.items()}
    entries = []
    for one in candidates:
        offer = facts[one.offer_number, one.version]
        profile = profiles.get(offer.brand)
        factors = Factors(
            one.priority,
            affinity_log(dated.get(offer.brand, NOBODY), offer.wanted, one.popularity_ppm),
            proximity_of(one.metres) if knows_distance else NEUTRAL,
            offer.value,
            days_until(one.ends_at, now),
            NEUTRAL if profile is None else _fatigue_of(profile, one.offer_number, now),
            one.taken + 1,
            max(one.exposures - one.taken, 0) + max((MILLION - one.usual_ppm) // one.usual_ppm, 1),
        )
        said = (HOUSE.weights, 0) if profile is None else (profile.weights, profile.version)
        entries.append(ScoredOffer(one.offer_number, factors, *said, profile is None, one.offer_number in in_front))
    return entries


def _fatigue_of(profile: Profiled, offer_number: int, now: datetime) -> int:
    shown = weight_in(profile.shown, offer_number)
    return fatigue_of(shown, weight_in(profile.taken, offer_number), now) if shown else NEUTRAL
