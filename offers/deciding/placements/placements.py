"""Offers where nobody says a position: in the wallet, and at a till after a scan. The same way as "near me"."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from app.access_log.reads import note_read
from app.accounts.errors import BrandUnknown
from app.accounts.queries import brand_with_code
from app.consent.decision.verdicts import Verdict, cell_of, facts_of, verdict_of
from app.consent.errors import refusal_for
from app.consent.models import Reason
from app.data_map import DataClass
from app.languages import Language
from app.sql import db, hot_statements
from app.sql.trips import Call
from offers.deciding import queries
from offers.deciding.decisions import Consideration, Decided, Placement, decide_all
from offers.deciding.profiles import TasteRow
from offers.deciding.ranking import MOST_SHOWN, Candidate
from offers.deciding.wording import Addressee, card_of_offer
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.queries import scan_at_store

PURPOSE = "personalised_offers"
IN_APP, TILL = "in_app", "till"
AT_TILL = 3
"""Whoever serves a queue reads no list."""

CONSIDERED = 500
"""Candidates of one decision: the first of them by priority, when brands have more live offers than that."""


def show_feed(
    *, member_id: uuid.UUID, session_id: uuid.UUID, brand: str | None, language: Language, now: datetime
) -> dict[str, Any]:
    """What is there for a member at the brands whose card they hold, wherever they are; shape: `schemas.FeedOut`.

    Raises one of the `PermissionMissing` family when none of these brands may show them offers in the app, and
    `BrandUnknown`.
    """
    held = list(db.all_of(queries.brands_with_card(member_id)))
    if brand is not None:
        asked = db.first(brand_with_code(brand))
        if asked is None:
            raise BrandUnknown
        held = [one for one in held if one == asked.id]
    allowed = _allowed(member_id, held, touchpoint=IN_APP, session_id=session_id, now=now)
    decided = _decide(
        member_id, allowed, placement=Placement.FEED, store_id=None, language=language, now=now, most=MOST_SHOWN
    )
    return _told(decided, language, reader=Addressee.MEMBER, now=now)


def show_at_till(
    *, scan_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, language: Language, now: datetime
) -> dict[str, Any]:
    """At most three offers for the member whose pass was scanned at this store, for staff to speak of; the member reads
    in their access log that staff saw them. Shape: `schemas.FeedOut`.

    Raises `ScanUnknown`, also for a scan at another store; one of the `PermissionMissing` family where the member does
    not allow it.
    """
    scan = db.first(scan_at_store(scan_id, brand_id=brand_id, store_id=store_id))
    if scan is None:
        raise ScanUnknown
    member_id = scan.member_id
    with db.system():  # what a member said is theirs: a till never reads it by itself
        allowed = _allowed(member_id, [brand_id], touchpoint=TILL, session_id=None, now=now)
    decided = _decide(
        member_id, allowed, placement=Placement.TILL, store_id=store_id, language=language, now=now, most=AT_TILL
    )
    db.fetch("SELECT set_config('ici.member_id', '', true)")  # from here on the till sees no more than before
    note_read(member_id=member_id, classes=[DataClass.DECISION], now=now)
    return _told(decided, language, reader=Addressee.STAFF, now=now)


def _allowed(
    member_id: uuid.UUID,
    brand_ids: Sequence[uuid.UUID],
    *,
    touchpoint: str,
    session_id: uuid.UUID | None,
    now: datetime,
) -> dict[uuid.UUID, uuid.UUID]:
    """The permission event of each of these brands that may show offers there. Raises for none at all."""
    cells = db.all_of(queries.cells_of(member_id, touchpoint=touchpoint, purpose=PURPOSE))
    facts = facts_of(member_id=member_id, session_id=session_id, now=now)
    verdicts: dict[uuid.UUID, Verdict] = {
        brand_id: verdict_of(
            [cell_of(cell) for cell in cells if cell.brand_id == brand_id], brand_id=brand_id, facts=facts, now=now
        )
        for brand_id in brand_ids
    }
    allowed = {brand: said.event_id for brand, said in verdicts.items() if said.allowed and said.event_id is not None}
    if not allowed:
        reason = next(iter(verdicts.values())).reason if verdicts else Reason.NOT_ASKED
        raise refusal_for(reason, purpose=PURPOSE, touchpoint=touchpoint)
    return allowed


def _decide(
    member_id: uuid.UUID,
    allowed: dict[uuid.UUID, uuid.UUID],
    *,
    placement: Placement,
    store_id: uuid.UUID | None,
    language: Language,
    now: datetime,
    most: int,
) -> Decided:
    connection = db.driver_connection()
    brands, events = list(allowed), list(allowed.values())
    finding = find_offers(member_id, brands, events, store_id=store_id, language=language, now=now)
    tasting = Call(queries.TASTES, [str(member_id), brands, now])
    rows, tastes = hot_statements.ask_statements(connection, [finding, tasting])
    asked = Consideration(
        member_id,
        placement,
        [Candidate._make(row) for row in rows],
        {brand: TasteRow(version or 0, taste) for brand, version, taste in tastes},
        [str(event).encode() for event in events],
        now,
        most=most,
    )
    [decided] = decide_all(connection, [asked])
    return decided


def find_offers(
    member_id: uuid.UUID,
    brand_ids: Sequence[uuid.UUID],
    event_ids: Sequence[uuid.UUID],
    *,
    store_id: uuid.UUID | None,
    language: Language | None,
    now: datetime,
) -> Call:
    """The statement that finds what is there at these brands, by the permission event of each; at a store or at any."""
    values = [str(member_id), now, language, list(brand_ids), list(event_ids), CONSIDERED]
    return Call(queries.IN_PLACEMENT, values) if store_id is None else Call(queries.AT_STORE, [*values, store_id])


def _told(decided: Decided, language: Language, *, reader: Addressee, now: datetime) -> dict[str, Any]:
    return {
        "decision_id": decided.decision_id,
        "decided_at": now,
        "offers": [
            card_of_offer(one, language, is_bought=one.offer_number in decided.bought, reader=reader)
            | {"offer": orjson.loads(one.offer_card)}
            for one in decided.ranked.shown
        ],
    }
