"""The engine chooses a leaflet: once a week, for one member at one store, and keeps the decision.

Candidates are all offers of the brand that hold at the store in what is left of the week. They pass the gates of "near
me", are ordered by their scores, and the best make it. The decision that was made first stands for the week; one about
nothing is made again, since there may be something later.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.accounts.models import Brand
from app.consent.decision.verdicts import Verdict, decide_permission
from app.consent.errors import refusal_for
from app.languages import Language
from app.sql import db, hot_statements, locks
from geo.places.models import Store
from offers.deciding.decisions import IN_LEAFLET, Consideration, Placement, decide_all
from offers.deciding.facts import Version
from offers.deciding.models import Decision
from offers.deciding.profiles import TasteRow
from offers.deciding.queries import TASTES
from offers.deciding.ranking import Candidate
from offers.leaflets import queries
from offers.leaflets.errors import LeafletStoreUnknown, LeafletWithoutStore
from offers.leaflets.weeks import Week, week_of
from offers.learning.models import PURPOSE, TOUCHPOINT
from offers.learning.next_store import rank_stores


class Chosen(NamedTuple):
    """The decision of a week for one store."""

    brand: Brand
    store: Store
    week: Week
    decision: Decision


def choose_leaflet(
    *,
    member_id: uuid.UUID,
    brand: Brand,
    store_id: uuid.UUID | None,
    language: Language,
    now: datetime,
) -> Chosen:
    """The leaflet of this week at the store that the member names, or where they buy most; made now if it is not yet.

    Raises one of the `PermissionMissing` family where they do not permit choosing from what they buy;
    `LeafletStoreUnknown`, `LeafletWithoutStore`.
    """
    verdict = decide_permission(member_id=member_id, brand_id=brand.id, purpose=PURPOSE, touchpoint=TOUCHPOINT, now=now)
    if not verdict.allowed or verdict.event_id is None:
        raise refusal_for(verdict.reason, purpose=PURPOSE, touchpoint=TOUCHPOINT)
    store = _store_of(member_id, brand.id, store_id)
    week = week_of(now, zone=store.time_zone)
    made = queries.chosen_since(
        week.starts_at, member_id=member_id, store_number=store.number, event_id=verdict.event_id
    )
    decision = db.first(made)
    if decision is None:
        locks.lock_name(f"leaflet:{member_id}")  # of two who ask at once, one makes it
        decision = db.first(made)
    if decision is None:
        number = _decide(member_id, brand, store, week, verdict, language=language, now=now)
        [decision] = db.all_of(queries.decision_with(member_id, number))
    return Chosen(brand, store, week, decision)


def _store_of(member_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID | None) -> Store:
    if store_id is not None:
        named = db.first(queries.store_of_brand(brand_id, store_id))
        if named is None:
            raise LeafletStoreUnknown
        return named
    visits = {key: int(weight) for key, weight in db.rows(queries.stores_visited(member_id, brand_id))}
    for likely in rank_stores(visits):
        visited = db.first(queries.store_of_brand(brand_id, uuid.UUID(likely.store)))
        if visited is not None:
            return visited
    raise LeafletWithoutStore


def _decide(
    member_id: uuid.UUID,
    brand: Brand,
    store: Store,
    week: Week,
    verdict: Verdict,
    *,
    language: Language,
    now: datetime,
) -> uuid.UUID:
    """Choose, and keep it; the id of the decision."""
    connection = db.driver_connection()
    event = str(verdict.event_id)
    asked = [member_id, brand.id, now, store.number, week.ends_at, language, event]
    found = hot_statements.ask_statement(connection, queries.WEEK, asked)
    tastes = hot_statements.ask_statement(connection, TASTES, [str(member_id), [brand.id], now])
    one = Consideration(
        member_id=member_id,
        placement=Placement.LEAFLET,
        candidates=[Candidate._make(row) for row in found],
        tastes={one: TasteRow(version or 0, taste) for one, version, taste in tastes},
        events=[event.encode()],
        now=now,
        most=IN_LEAFLET,
    )
    [decided] = decide_all(connection, [one])
    return uuid.UUID(decided.decision_id)


def chosen_numbers(decision: Decision) -> Sequence[int]:
    """The numbers of the offers that a decision shows, best first."""
    return [version_at(decision, place)[0] for place in range(decision.shown)]


def version_at(decision: Decision, place: int) -> Version:
    """The offer in this place of a decision, by its number, and the number of its version."""
    number, version = decision.considered[4 * place : 4 * place + 2]
    return number, version
