"""Explain a past decision to the member it was about."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.languages import Language
from app.sql import db
from offers.deciding import queries
from offers.deciding.decisions import Placement
from offers.deciding.errors import DecisionUnknown
from offers.deciding.factors import NAMES
from offers.deciding.models import Decision
from offers.deciding.ranking import Outcome
from offers.deciding.replays.records import entries_of, seed_in
from offers.deciding.scores import ScoredOffer
from offers.deciding.wording import Addressee, explain_factors, explain_outcome, weighed_logs
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
        "considered": _with_factors(decision, language),
    }


class _Named(NamedTuple):
    """Offers, titles and stores by the numbers that are kept."""

    offers: Mapping[int, Any]
    titles: Mapping[tuple[uuid.UUID, int], str]
    stores: Mapping[int, Any]


def explain_considered(considered: Sequence[Sequence[int]], *, language: Language) -> list[list[dict[str, Any]]]:
    """What each of several decisions considered, in words, from the numbers that are kept (`models.Decision`)."""
    fours = [_in_fours(one) for one in considered]
    named = _named({four for some in fours for four in some}, language)
    return [[_said(four, named, language) for four in some] for some in fours]


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


def _with_factors(decision: Decision, language: Language) -> list[dict[str, Any]]:
    """Each candidate, and of those that were put in order by a score what spoke most for them."""
    fours = _in_fours(decision.considered)
    named = _named(fours, language)
    told = [_said(four, named, language) | {"factors": []} for four in fours]
    entries = entries_of(decision)
    bought = _bought(decision, fours[: len(entries)], named) if entries else []
    nearby = decision.placement == Placement.NEARBY
    for one, entry, label in zip(told, entries, bought, strict=False):
        if not entry.plain:
            logs = weighed_logs(entry, seed=seed_in(decision))
            said = explain_factors(logs, reader=Addressee.MEMBER, language=language, label=label, nearby=nearby)
            one["explanation"] = f"{one['explanation']} {said}"
            one["factors"] = _factors(entry, logs, language)
    return told


def _factors(entry: ScoredOffer, logs: Mapping[str, tuple[int, int]], language: Language) -> list[dict[str, Any]]:
    return [
        {"code": code, "text": NAMES[code].say(language), "log_millionths": log, "weight": weight}
        for code, (log, weight) in logs.items()
    ]


def _bought(decision: Decision, fours: Sequence[Sequence[int]], named: _Named) -> list[str | None]:
    """For each offer the words for what the member bought most often of its articles, as their receipts call it."""
    keys = [(named.offers[four[0]].id, four[1]) for four in fours]
    products = {
        (offer_id, version): Products(**{name: frozenset(values) for name, values in said.items()})
        for offer_id, version, said in db.rows(queries.products_of([offer_id for offer_id, _ in keys]))
    }
    brands = {one.brand_id for one in named.offers.values()}
    lines = db.all_of(queries.lines_bought(decision.member_id, brands, most=LINES))
    return [_label_of(products[key], lines) for key in keys]


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
