"""Writes down when offers fire at their places in the days to come, so that "near me" only compares instants.

What is written goes some days ahead. A change of the offer, of a store or of its hours writes it anew at once; a job
goes on with it each day, and so follows new tables of holidays and of time zones. Past the end of what is written an
offer does not fire "near me": where jobs stand still so long, nobody is shown what perhaps does not hold. Claims look
again before they refuse, and tills compute for themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, and_, case, or_, select, update

from app.sql import db
from app.sql.queues import work_through
from geo.places import read_model as places
from geo.places.almanac import Almanac, read_almanacs
from geo.places.models import Store
from offers.planning.models import LiveOffer, OfferPlace, OfferVersion
from offers.planning.schedules import recurrence, standing
from offers.planning.schedules.recurrence import Holidays, Schedule
from offers.planning.schedules.store_days import StoreDays

HORIZON = timedelta(days=14)
MOST_FIRINGS = 48
"""Of one offer at one place: more would make the index of "near me" too wide. Eight times a day in shops that close at
noon come to two days or more, still longer than it takes until they are written again."""

BEFORE = timedelta(hours=1)
"""A server whose clock is a little behind still sees the firing that is on."""

WRITTEN_AGAIN = timedelta(days=1)
AT_ONCE = 500

BY_ZONE = """
UPDATE offer_place AS hit SET firings = said.firings::tstzmultirange
FROM json_to_recordset($1::json) AS said (offer bigint, zone text, firings text)
JOIN store ON store.time_zone = said.zone
WHERE hit.offer_number = said.offer AND hit.store_number = store.number
    AND hit.firings IS DISTINCT FROM said.firings::tstzmultirange
"""
"""Where the clock alone decides: offer, zone, and the firings there as the text of a multirange."""

BY_STORE = """
UPDATE offer_place AS hit SET firings = said.firings::tstzmultirange
FROM json_to_recordset($1::json) AS there (offer bigint, store bigint, nth bigint)
JOIN json_array_elements_text($2::json) WITH ORDINALITY AS said (firings, nth) USING (nth)
WHERE hit.offer_number = there.offer AND hit.store_number = there.store
    AND hit.firings IS DISTINCT FROM said.firings::tstzmultirange
"""
"""Where holidays or hours decide too: offer, store, and which of the texts, since many stores share one."""


def write_firings(condition: ColumnElement[bool], *, now: datetime) -> None:
    """Write the firings of offers with a schedule, at the places that a condition on `OfferPlace` lets through."""
    found = db.rows(_scheduled_places().where(condition))
    asking = list({row.store_id for row in found if row.store_id is not None})
    almanacs = read_almanacs(asking) if asking else {}
    spelled: dict[tuple[Schedule, StoreDays], tuple[int, str]] = {}
    by_zone, by_store = [], []
    for row in found:
        schedule, days = _schedule_at(row, almanacs)
        if (schedule, days) not in spelled:
            spelled[schedule, days] = (len(spelled) + 1, _spell_firings(schedule, days, now))
        nth, text = spelled[schedule, days]
        if row.store_id is None:
            by_zone.append({"offer": row.offer_number, "zone": row.time_zone, "firings": text})
        else:
            by_store.append({"offer": row.offer_number, "store": row.store_number, "nth": nth})
    if by_zone:
        db.fetch(BY_ZONE, [_json(by_zone)])
    if by_store:
        db.fetch(BY_STORE, [_json(by_store), _json([text for _, text in spelled.values()])])


def extend_firings(*, now: datetime) -> int:
    """Write the firings anew of each live offer that waited for it a day; returns how many offers. In steps."""

    def waiting(most: int) -> Sequence[int]:
        scheduled = and_(OfferVersion.offer_id == LiveOffer.offer_id, OfferVersion.version == LiveOffer.version)
        due = select(LiveOffer.offer_number).join(OfferVersion, scheduled)
        due = due.where(OfferVersion.schedule.is_not(None), _is_due(now))
        return db.all_of(due.order_by(LiveOffer.firings_from, LiveOffer.offer_number).limit(most))

    return work_through(
        waiting, lambda number: _extend(number, now=now), what="offers.planning.extend_firings", at_once=AT_ONCE
    )


def _extend(number: int, *, now: datetime) -> bool:
    brand_id = db.first(select(LiveOffer.brand_id).where(LiveOffer.offer_number == number))
    if brand_id is None:
        return False  # it ended meanwhile
    places.lock_places([brand_id])
    due = and_(LiveOffer.offer_number == number, _is_due(now))
    noted = db.execute(update(LiveOffer).where(due).values(firings_from=now).returning(LiveOffer.offer_number))
    if not noted.all():
        return False  # somebody published it while we waited
    write_firings(OfferPlace.offer_number == number, now=now)
    return True


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whether an offer's firings wait to be written: since a day, or never written, by a release that knew none."""
    return or_(LiveOffer.firings_from.is_(None), LiveOffer.firings_from <= now - WRITTEN_AGAIN)


def _scheduled_places() -> Select[Any]:
    """What firings depend on, each once: offer, window, schedule, zone; and the store, only where it decides."""
    schedule = OfferVersion.schedule
    asks_store = or_(schedule["holidays"].astext != Holidays.ANY, schedule["while_open"].astext == "true")
    return (
        select(
            OfferPlace.offer_number,
            OfferVersion.starts_local,
            OfferVersion.ends_local,
            schedule.label("schedule"),
            Store.time_zone,
            case((asks_store, Store.id)).label("store_id"),
            case((asks_store, Store.number)).label("store_number"),
        )
        .distinct()
        .join(LiveOffer, LiveOffer.offer_number == OfferPlace.offer_number)
        .join(
            OfferVersion, and_(OfferVersion.offer_id == LiveOffer.offer_id, OfferVersion.version == LiveOffer.version)
        )
        .join(Store, Store.number == OfferPlace.store_number)
        .where(schedule.is_not(None))
    )


def _schedule_at(row: Any, almanacs: Mapping[UUID, Almanac]) -> tuple[Schedule, StoreDays]:
    window = (row.starts_local, row.ends_local)
    if row.store_id is None:
        return recurrence.schedule_in(row.schedule), StoreDays(window, row.time_zone)
    return recurrence.schedule_in(row.schedule), standing.days_of_store(almanacs[row.store_id], window=window)


def _spell_firings(schedule: Schedule, days: StoreDays, now: datetime) -> str:
    """The firings in the days to come as PostgreSQL writes a multirange."""
    found = recurrence.firings_between(schedule, **days._asdict(), first=now - BEFORE, until=now + HORIZON)
    return "{" + ",".join(f"[{begins.isoformat()},{ends.isoformat()})" for begins, ends in found[:MOST_FIRINGS]) + "}"


def _json(things: list[Any]) -> str:
    return orjson.dumps(things).decode()
