"""Explain a past decision to the member it was about."""

import uuid
from typing import Any

from app.languages import Language
from app.sql import db
from offers.deciding import queries
from offers.deciding.errors import DecisionUnknown
from offers.deciding.models import Decision
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
        "considered": _considered(decision, language),
    }


def _considered(decision: Decision, language: Language) -> list[dict[str, Any]]:
    fours = [decision.considered[n : n + 4] for n in range(0, len(decision.considered), 4)]
    offers = {offer.number: offer for offer in db.all_of(queries.offers_numbered([four[0] for four in fours]))}
    stores = {store.number: store for store in db.all_of(queries.stores_numbered([four[2] for four in fours]))}
    versions = {
        (version.offer_id, version.version): version
        for version in db.all_of(queries.versions_of([offer.id for offer in offers.values()]))
    }
    return [
        {
            "offer_id": offers[offer].id,
            "version": version,
            "title": getattr(versions[offers[offer].id, version], f"title_{language}"),
            "store_id": stores[store].id,
            "store_name": stores[store].name,
            "outcome": Outcome(outcome).name.lower(),
            "explanation": EXPLAINED[Outcome(outcome)].say(language),
        }
        for offer, version, store, outcome in fours
    ]
