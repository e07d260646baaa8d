"""Explain a past decision to the member it was about."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

from app.languages import Language
from app.sql import db
from offers.deciding import queries
from offers.deciding.decisions import Placement
from offers.deciding.errors import DecisionUnknown
from offers.deciding.factors import NAMES
from offers.deciding.ranking import Outcome
from offers.deciding.replays.records import Kept, entries_of, in_front_of, seed_in
from offers.deciding.scores import ScoredOffer
from offers.deciding.wording import Addressee, explain_factors, explain_outcome, explain_shelf, weighed_logs
from wallet.purchases.basket import BasketLine, Products

LINES = 400
"""The last lines of purchases among which the words for "you often buy" are looked for."""


def explain_decision(*, member_id: uuid.UUID, decision_id: uuid.UUID, language: Language) -> dict[str, Any]:
    """The decision with its candidates in words; shape: `schemas.DecisionOut`. Raises `DecisionUnknown`."""
    decision = db.first(queries.decision_of(member_id, decision_id))
    if decision is None:
        raise DecisionUnknown
    return {
        "id": decision.id,
        "decided_at": decision.decided_at,
        "placement": decision.placement,
        "policy": decision.policy,
        "permission_event_ids": decision.permission_event_ids,
        "shown": decision.shown,
        "propensities": decision.propensities,
        "considered": explain_candidates([decision], language=language)[0],
    }


class Told(Kept, Protocol):
    """The part of a decision that is put in words."""

    @property
    def member_id(self) -> uuid.UUID: ...

    @property
    def placement(self) -> str: ...


class _Named(NamedTuple):
    """Offers, titles and stores by the numbers that are kept."""

    offers: Mapping[int, Any]
    titles: Mapping[tuple[uuid.UUID, int], str]
    stores: Mapping[int, Any]


def explain_candidates(decisions: Sequence[Told], *, language: Language) -> list[list[dict[str, Any]]]:
    """What each of several decisions of one member considered, in words; shape of each: `schemas.ConsideredOut`."""
    fours = [_in_fours(one.considered) for one in decisions]
    named = _named({four for some in fours for four in some}, language)
    kept = [entries_of(one) for one in decisions]
    label_of = _labels(decisions[0].member_id, named) if any(kept) else None
    told = [[_said(four, named, language) | {"factors": []} for four in some] for some in fours]
    for decision, said, some, entries in zip(decisions, told, fours, kept, strict=True):
        nearby = decision.placement == Placement.NEARBY
        if not entries:
            _tell_shelf(said, some, in_front_of(decision), language)
        for one, four, entry in zip(said, some, entries, strict=False):
            if not entry.plain and label_of is not None:
                logs = weighed_logs(entry, seed=seed_in(decision))
                label = label_of(named.offers[four[0]].id, four[1])
                why = explain_factors(logs, reader=Addressee.MEMBER, language=language, label=label, nearby=nearby)
                one["explanation"] = f"{one['explanation']} {why}"
                one["factors"] = _factors(entry, logs, language)
    return told


def _tell_shelf(
    said: Sequence[dict[str, Any]], fours: Sequence[Sequence[int]], in_front: Collection[int], language: Language
) -> None:
    """Say in the plain order too what came first because the member stood before it."""
    for one, (offer, *_) in zip(said, fours, strict=True):
        if offer in in_front:
            one["explanation"] = f"{one['explanation']} {explain_shelf(language)}"


def _in_fours(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    return [tuple(numbers[n : n + 4]) for n in range(0, len(numbers), 4)]


def _named(fours: Iterable[Sequence[int]], language: Language) -> _Named:
    fours = set(map(tuple, fours))
    offers = {offer.number: offer for offer in db.rows(queries.offers_numbered(_numbers(fours, 0)))}
    stores = {store.number: store for store in db.rows(queries.stores_numbered(_numbers(fours, 2)))}
    titles = {
        (offer_id, version): title
        for offer_id, version, title in db.rows(queries.titles_of([one.id for one in offers.values()], language))
    }
    return _Named(offers, titles, stores)


def _said(four: Sequence[int], named: _Named, language: Language) -> dict[str, Any]:
    offer, version, store, outcome = four
    return {
        "offer_id": named.offers[offer].id,
        "version": version,
        "title": named.titles[named.offers[offer].id, version],
        "store_id": named.stores[store].id,
        "store_name": named.stores[store].name,
        "outcome": Outcome(outcome).name.lower(),
        "explanation": explain_outcome(Outcome(outcome), reader=Addressee.MEMBER, language=language),
    }


def _factors(entry: ScoredOffer, logs: Mapping[str, tuple[int, int]], language: Language) -> list[dict[str, Any]]:
    return [
        {"code": code, "text": NAMES[code].say(language), "log_millionths": log, "weight": weight}
        for code, (log, weight) in logs.items()
    ]


def _labels(member_id: uuid.UUID, named: _Named) -> Callable[[uuid.UUID, int], str | None]:
    """The words for what the member bought most often of the articles of an offer, as their receipts call it."""
    products = {
        (offer_id, version): Products(**{name: frozenset(values) for name, values in said.items()})
        for offer_id, version, said in db.rows(queries.products_of([one.id for one in named.offers.values()]))
    }
    brands = {one.brand_id for one in named.offers.values()}
    lines = db.all_of(queries.lines_bought(member_id, brands, most=LINES))
    return cache(lambda offer_id, version: _label_of(products[offer_id, version], lines))


def _label_of(products: Products, lines: Sequence[Any]) -> str | None:
    if products == Products():
        return None
    times: dict[str, int] = {}
    for line in lines:
        bought = BasketLine(1, 1, 0, gtin=line.gtin, sku=line.sku, category=line.category)
        if line.label and products.include(bought):
            times[line.label] = times.get(line.label, 0) + 1
    return max(times, key=lambda label: (times[label], label), default=None)


def _numbers(fours: Iterable[Sequence[int]], place: int) -> list[int]:
    return sorted({four[place] for four in fours})
