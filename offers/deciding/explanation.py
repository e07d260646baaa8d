"""Explain a past decision to the member it was about."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from app.languages import Language
from app.sql import db
from offers.deciding import queries
from offers.deciding.errors import DecisionUnknown
from offers.deciding.ranking import EXPLAINED, Outcome


def explain_decision(*, member_id: uuid.UUID, decision_id: uuid.UUID, language: Language) -> dict[str, Any]:
    """The decision with its candidates in words; shape: `schemas.DecisionOut`. Raises `DecisionUnknown`."""
    decision = db.first(queries.decision_of(member_id, decision_id))
    if decision is None:
        raise DecisionUnknown
    return {
        "id": decision.id,
        "decided_at": decision.decided_at,
        "policy": decision.policy,
        "permission_event_ids": decision.permission_event_ids,
        "shown": decision.shown,
        "considered": explain_considered([decision.considered], language=language)[0],
    }


def explain_considered(considered: Sequence[Sequence[int]], *, language: Language) -> list[list[dict[str, Any]]]:
    """What each of several decisions considered, in words, from the numbers that are kept (`models.Decision`)."""
    fours = [[tuple(one[n : n + 4]) for n in range(0, len(one), 4)] for one in considered]
    all_fours = {four for some in fours for four in some}
    offers = {offer.number: offer for offer in db.rows(queries.offers_numbered(_numbers(all_fours, 0)))}
    stores = {store.number: store for store in db.rows(queries.stores_numbered(_numbers(all_fours, 2)))}
    titles = {
        (offer_id, version): title
        for offer_id, version, title in db.rows(queries.titles_of([one.id for one in offers.values()], language))
    }
    return [
        [
            {
                "offer_id": offers[offer].id,
                "version": version,
                "title": titles[offers[offer].id, version],
                "store_id": stores[store].id,
                "store_name": stores[store].name,
                "outcome": Outcome(outcome).name.lower(),
                "explanation": EXPLAINED[Outcome(outcome)].say(language),
            }
            for offer, version, store, outcome in some
        ]
        for some in fours
    ]


def _numbers(fours: Iterable[Sequence[int]], place: int) -> list[int]:
    return sorted({four[place] for four in fours})
