"""What speaks for each offer to a member who lets a brand look at what they buy, but for where they are.

A phone adds the place, the days that are left and its share of chance. What a member bought stays here: the phone gets
a sum for each offer.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from app.sql import db, hot_statements
from offers.bundles import queries
from offers.deciding.discovery import seed_of, strata_of
from offers.deciding.factors import FAR, LAST_DAYS, NEAR, NEAR_M, PRIORITIES, REACHED, REACHED_M, URGENCIES
from offers.deciding.facts import read_offer_facts, read_weights
from offers.deciding.profiles import TasteRow, measure_candidates, open_profiles
from offers.deciding.queries import TASTES
from offers.deciding.ranking import SCORE, Candidate
from offers.deciding.scores import ScoredOffer

MOST_SCORED = 500
"""Live offers of the brands of a member; where there are more, the phone keeps to the plain order."""


def measure_scores(*, member_id: uuid.UUID, brand_ids: Sequence[uuid.UUID], now: datetime) -> dict[str, Any] | None:
    """What speaks for the offers of these brands; None where none of them may look, or wants to. Shape:
    `schemas.OwnScoresOut`."""
    connection = db.driver_connection()
    rows = hot_statements.ask_statement(connection, TASTES, [str(member_id), list(brand_ids), now])
    tastes = {brand: TasteRow(version or 0, taste) for brand, version, taste in rows}
    if not tastes:
        return None
    weights = read_weights(connection, {(brand, said.version) for brand, said in tastes.items() if said.version})
    profiles = open_profiles(tastes, weights, list(tastes), now=now)
    found = hot_statements.ask_statement(connection, queries.SCORED_OFFERS, [list(brand_ids), MOST_SCORED + 1])
    if not profiles or not 0 < len(found) <= MOST_SCORED:
        return None
    candidates = [Candidate._make(row) for row in found]
    known = read_offer_facts(connection, [(one.offer_number, one.version) for one in candidates])
    facts = {one.offer_number: offer for one, offer in zip(candidates, known, strict=True)}
    entries = measure_candidates(candidates, profiles=profiles, facts=facts, knows_distance=False, now=now)
    return {
        "seed": str(seed_of(str(uuid7()), SCORE)),
        "bands": [[NEAR_M, NEAR], [REACHED_M, REACHED], [None, FAR]],
        "urgencies": URGENCIES[: LAST_DAYS + 1],
        "offers": [_scored(one, entry) for one, entry in zip(candidates, entries, strict=True)],
    }


def _scored(candidate: Candidate, entry: ScoredOffer) -> dict[str, Any]:
    priority, affinity, _, value, _, fatigue, successes, failures = entry.factors
    weights = entry.weights
    return {
        "number": candidate.offer_number,
        "version": candidate.version,
        "weights": entry.version,
        "plain": entry.plain,
        "base": weights.priority * PRIORITIES[priority]
        + weights.affinity * affinity
        + weights.value * value
        - weights.fatigue * fatigue,
        "fatigue": fatigue,
        "proximity": weights.proximity,
        "urgency": weights.urgency,
        "discovery": weights.discovery,
        "draws": list(strata_of(successes, failures)),
    }
