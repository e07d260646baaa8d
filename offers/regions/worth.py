"""What each store is worth to a member: its best offer, by the order of the deciding room. No decision is kept.

A region shows nothing to anybody: a kept decision would count as a showing in vain, and turn the order against the very
offers that the regions are for. What a region brings is decided, and kept, when the phone reports that it was entered.

The order is that of `offers.deciding.scores`, but for its share of chance: where that draws how well an offer may do,
here stands the mean of all that it may draw. So the same facts always give the same order, and a phone is not told to
watch other fences at each asking. Of brands that may not profile the member, offers keep the plain order among
themselves, the brand's priority and then the nearest, as everywhere.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from app.languages import Language
from app.sql import db, hot_statements
from offers.deciding.audience_gate import Judging, judge_audiences
from offers.deciding.discovery import strata_of
from offers.deciding.factors import logs_of, proximity_of, tier_of
from offers.deciding.facts import read_offer_facts, read_weights
from offers.deciding.profiles import TasteRow, measure_candidates, open_profiles
from offers.deciding.queries import TASTES
from offers.deciding.ranking import Candidate, Outcome
from offers.deciding.scores import ScoredOffer
from offers.planning.models import FALLBACK, FOR_SOME
from offers.regions.queries import OFFERS_AT

Key = tuple[float, ...]
"""How good an offer is in a band of distance: the less, the better. Equal keys are equal worth."""


class OfferAt(NamedTuple):
    """A live offer at some of the stores asked for; `ends_at` is the same at all of these."""

    offer_number: int
    offer_id: uuid.UUID
    version: int
    priority: int
    traits: int
    exposures: int
    taken: int
    usual_ppm: int
    popularity_ppm: int
    ends_at: datetime
    store_numbers: Sequence[int]
    title: str


class StoreWorth(NamedTuple):
    """The best offer of a store, and how good it is."""

    key: Key
    offer: OfferAt


def weigh_stores(
    metres: Mapping[int, float | None],
    *,
    member_id: uuid.UUID,
    brand_ids: Sequence[uuid.UUID],
    language: Language,
    now: datetime,
    until: datetime,
) -> Mapping[int, StoreWorth]:
    """What the stores with these numbers are worth to the member before `until`; `metres` is how far each is, None
    where nobody knows. A store that has nothing for them is not in the answer."""
    if not metres:
        return {}
    offers = db.fetch(OFFERS_AT, [member_id, sorted(metres), now, until, language], shape=OfferAt._make)
    connection = db.driver_connection()
    tastes = hot_statements.ask_statement(connection, TASTES, [str(member_id), list(brand_ids), now])
    pairs = _pairs(offers, metres)
    keys = _keys(
        connection,
        [_candidate(offers[place], near) for (place, _), near in pairs.items()],
        tastes={brand: TasteRow(version or 0, taste) for brand, version, taste in tastes},
        member_id=member_id,
        knows_distance=None not in metres.values(),
        now=now,
    )
    return _best(offers, metres, dict(zip(pairs, keys, strict=True)))


def _pairs(offers: Sequence[OfferAt], metres: Mapping[int, float | None]) -> dict[tuple[int, int], float]:
    """Each offer in each band of distance where it holds, with the nearest of its stores there: stores in one band are
    equals to the order, and a chain has one offer in all of them."""
    nearest: dict[tuple[int, int], float] = {}
    for place, offer in enumerate(offers):
        for number in offer.store_numbers:
            pair = place, proximity_of(metres[number])
            nearest[pair] = min(nearest.get(pair, float("inf")), metres[number] or 0.0)
    return nearest


def _candidate(offer: OfferAt, near: float) -> Candidate:
    return Candidate(
        event_id=b"",
        store_number=offer.store_numbers[0],
        offer_number=offer.offer_number,
        version=offer.version,
        priority=offer.priority,
        metres=near,
        open=None,
        outcome=Outcome.SHOWN,
        coupon_code=None,
        place_card=b"",
        offer_card=b"",
        ends_at=offer.ends_at,
        traits=offer.traits,
        exposures=offer.exposures,
        taken=offer.taken,
        usual_ppm=offer.usual_ppm,
        popularity_ppm=offer.popularity_ppm,
    )


def _keys(
    connection: psycopg.Connection[Any],
    candidates: Sequence[Candidate],
    *,
    tastes: Mapping[bytes, TasteRow],
    member_id: uuid.UUID,
    knows_distance: bool,
    now: datetime,
) -> list[Key | None]:
    """How good each candidate is; None for one that is not for this member."""
    if not tastes and not any(one.traits & FOR_SOME for one in candidates):
        return [(-one.priority,) for one in candidates]
    known = read_offer_facts(connection, [(one.offer_number, one.version) for one in candidates])
    facts = {one.offer_number: offer for one, offer in zip(candidates, known, strict=True)}
    [judged] = judge_audiences(connection, [Judging(member_id, now, candidates, facts)])
    weights = read_weights(connection, {(brand, said.version) for brand, said in tastes.items() if said.version})
    brands = {offer.brand for offer in known}
    profiles = open_profiles(tastes, weights, brands, now=now)
    keys: Sequence[Key] = [(-one.priority,) for one in candidates]
    if profiles:
        entries = measure_candidates(candidates, profiles=profiles, facts=facts, knows_distance=knows_distance, now=now)
        keys = order_by_worth(candidates, entries)
    return [key if one.outcome == Outcome.SHOWN else None for key, one in zip(keys, judged, strict=True)]


def order_by_worth(candidates: Sequence[Candidate], entries: Sequence[ScoredOffer]) -> list[Key]:
    """How good each candidate is, by what is expected of it; those of plain entries share out the places that their
    scores would have, in the plain order."""
    keys: list[Key] = [(-tier_of(entry.factors.priority), -expected_score(entry)) for entry in entries]
    plain = [place for place, entry in enumerate(entries) if entry.plain]
    in_order = sorted(plain, key=lambda place: _plain_order(candidates[place]))
    for place, key in zip(in_order, sorted(keys[place] for place in plain), strict=True):
        keys[place] = key
    return keys


def expected_score(entry: ScoredOffer) -> float:
    """The score of an entry with the mean of what may be drawn for it, where an order takes one draw."""
    strata = strata_of(entry.factors.successes, entry.factors.failures)
    logs = logs_of(entry.factors, drawn=0) | {"discovery": sum(strata) / len(strata)}
    weights = entry.weights._asdict()
    return sum(float(weights[name] * log) for name, log in logs.items())


def _plain_order(candidate: Candidate) -> tuple[int, int, float, int]:
    return -tier_of(candidate.priority), -candidate.priority, candidate.metres, candidate.offer_number


def _best(
    offers: Sequence[OfferAt], metres: Mapping[int, float | None], keys: Mapping[tuple[int, int], Key | None]
) -> dict[int, StoreWorth]:
    """The best offer of each store; a fallback only where there is nothing else."""
    found: dict[int, tuple[bool, StoreWorth]] = {}
    for place, offer in enumerate(offers):
        is_spare = bool(offer.traits & FALLBACK)
        for number in offer.store_numbers:
            key = keys[place, proximity_of(metres[number])]
            if key is None:
                continue
            before = found.get(number)
            if before is None or (is_spare, key) < (before[0], before[1].key):
                found[number] = is_spare, StoreWorth(key, offer)
    return {number: worth for number, (_, worth) in found.items()}
