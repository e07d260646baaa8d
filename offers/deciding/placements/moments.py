"""What a moment in a store brings: an arrival, a stay, a shelf, a tag that was read. The same way as "near me".

Whoever asks has decided before that the member permits it; what becomes of the decision is theirs to keep and to tell.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from app.languages import Language
from app.sql import db, hot_statements
from app.sql.trips import Call
from offers.deciding import queries
from offers.deciding.decisions import AT_ONCE, Consideration, Decided, Placement, decide_all
from offers.deciding.placements.placements import find_offers
from offers.deciding.profiles import TasteRow
from offers.deciding.ranking import GATES, Candidate, Outcome
from wallet.purchases.basket import Products

BEHIND_CLOSED_DOORS = frozenset({Outcome.SHOWN, *GATES[GATES.index(Outcome.STORE_CLOSED) :]})
"""What the search makes of an offer whose earlier gates it passed: a closed store comes before all of these."""


class StoreMoment(NamedTuple):
    """A member at a store of a brand, or where no store is known (a poster); `event_id` is the permission.

    `shelf` is what they stand before, if anybody knows; `shown` are the numbers of the offers that this very place
    showed them in this visit. With `needs_open` a closed store brings nothing; without `is_seen` nobody looks.
    """

    placement: Placement
    brand_id: uuid.UUID
    store_id: uuid.UUID | None
    event_id: uuid.UUID
    shelf: Products | None = None
    shown: Collection[int] = ()
    needs_open: bool = True
    is_seen: bool = True


class FoundMoment(NamedTuple):
    """What there is at a moment, before it is judged: candidates, and the taste of a member who may be profiled."""

    candidates: Sequence[Candidate]
    tastes: Mapping[bytes, TasteRow]


def find_moments(
    moments: Sequence[StoreMoment], *, member_id: uuid.UUID, language: Language | None, now: datetime, first: Call
) -> tuple[list[hot_statements.Row], list[FoundMoment]]:
    """What there is at each of these moments of a member, in one trip with a question of the caller's, whose rows come
    first (their texts as bytes). `language` of None is that of the wallet."""
    brands = list({moment.brand_id for moment in moments})
    finding = [
        find_offers(member_id, [one.brand_id], [one.event_id], store_id=one.store_id, language=language, now=now)
        for one in moments
    ]
    tasting = [Call(queries.TASTES, [str(member_id), brands, now])] if brands else []
    asked, *found = hot_statements.ask_statements(db.driver_connection(), [first, *tasting, *finding])
    tasted = [
        (brand, TasteRow(version or 0, taste)) for rows in found[: len(tasting)] for brand, version, taste in rows
    ]
    return asked, [
        FoundMoment(
            [Candidate._make(row) for row in rows],
            {brand: taste for brand, taste in tasted if brand.decode() == str(one.brand_id)},
        )
        for one, rows in zip(moments, found[len(tasting) :], strict=True)
    ]


def decide_moments(
    moments: Sequence[tuple[StoreMoment, FoundMoment]], *, member_id: uuid.UUID, now: datetime
) -> list[Decided]:
    """Decide what each of these moments of a member brings; the decisions are kept with COMMIT."""
    if not moments:
        return []
    asked = [
        Consideration(
            member_id,
            moment.placement,
            [_judged(candidate, moment) for candidate in found.candidates],
            found.tastes,
            [str(moment.event_id).encode()],
            now,
            most=AT_ONCE,
            shelf=moment.shelf,
            is_seen=moment.is_seen,
        )
        for moment, found in moments
    ]
    keep = partial(db.send_with_commit, queries.RECORD)
    return decide_all(db.driver_connection(), asked, keep=keep)


def _judged(candidate: Candidate, moment: StoreMoment) -> Candidate:
    """The candidate by the gates that only a moment in a store has."""
    if moment.needs_open and candidate.open is False and candidate.outcome in BEHIND_CLOSED_DOORS:
        return candidate._replace(outcome=Outcome.STORE_CLOSED)
    if candidate.outcome == Outcome.SHOWN and candidate.offer_number in moment.shown:
        return candidate._replace(outcome=Outcome.SHOWN_BEFORE)
    return candidate
