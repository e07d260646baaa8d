"""Where a card's pass shows itself: worked out by a job, kept, and read from there while no permission has changed."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.consent.noes import rest
from app.sql import db
from geo.presence.pass_places import PassBeacon, PassPlace, PassPlaces, places_of_pass, who_changed
from offers.pass_facts import queries
from wallet.issued import changes
from wallet.issued.contents import BeaconShown, PlaceShown
from wallet.issued.models import IssuedPass, PassKind
from wallet.issued.queries import values_for

LOOKED_AGAIN = timedelta(hours=6)
"""How old the choice of places gets: where the member came and what is on offer change it."""


def places_on(passes: Sequence[IssuedPass], found: Sequence[Any], now: datetime) -> dict[uuid.UUID, dict[str, Any]]:
    """The places and the beacon on these passes, by the id of the pass, with what `queries.PLACES_KEPT` found; of
    coupons' passes none, so that a member does not meet the same store on each of them.

    What is kept holds while no permission has changed or ended since; else it is worked out here and now, so that
    nothing is shown that is not permitted at this instant.
    """
    on_cards = [held for held in passes if held.kind == PassKind.CARD and held.ended_at is None]
    if rest.rests():
        return {}
    kept = {row.pass_id: row for row in found}
    doubtful = [held for held in on_cards if not _holds(kept.get(held.id), now)]
    permitting = {tuple(row) for row in db.send_statement(queries.MEETS, values_for(doubtful))} if doubtful else set()
    nowhere = {held.id for held in doubtful if (held.member_id, held.brand_id) not in permitting}
    return {held.id: _fields(held, kept.get(held.id), now) for held in on_cards if held.id not in nowhere}


def look_again(*, member_id: uuid.UUID, pass_id: uuid.UUID, now: datetime) -> int:
    """Work out the places of a pass that is due, and keep them; 1 if they are others than before. As the system."""
    row = db.first(queries.places_of(member_id, pass_id))
    if row is None or row.due_at is None or row.due_at > now:
        return 0
    count, until_at = db.rows(queries.ends_of_permissions(member_id, row.brand_id, now=now))[0]
    due_at = min(filter(None, (until_at, now + LOOKED_AGAIN))) if count else None
    found = who_changed(brand_id=row.brand_id, kept={member_id: row.revision}, now=now).get(member_id)
    if found is None:
        db.fetch(queries.LOOKED_AT, [member_id, pass_id, row.asks, until_at, due_at])
        return 0
    places = json.dumps([_written(place) for place in found.places])
    beacon = None if found.beacon is None else json.dumps(_written(found.beacon))
    db.fetch(queries.ANSWER, [member_id, pass_id, row.asks, places, beacon, found.revision, until_at, due_at])
    changes.note_change(member_id, row.brand_id)
    return 1


def find_places(held: IssuedPass, now: datetime) -> PassPlaces:
    """Where a card's pass shows itself at this instant, with the permission of each place; nowhere once it ended."""
    if rest.rests() or held.ended_at is not None:
        return PassPlaces((), None, "")
    return _standing(held, db.first(queries.places_of(held.member_id, held.id)), now)


def _holds(row: Any, now: datetime) -> bool:
    """Whether what is kept is still what the member permits."""
    return row is not None and row.asks == row.answered and (row.until_at is None or row.until_at > now)


def _standing(held: IssuedPass, row: Any, now: datetime) -> PassPlaces:
    """What is kept, or what is worked out now where that holds no more."""
    if row is None or not _holds(row, now):
        return places_of_pass(member_id=held.member_id, brand_id=held.brand_id, now=now)
    return PassPlaces(
        [PassPlace(**_read(place)) for place in row.places],
        None if row.beacon is None else PassBeacon(**_read(row.beacon)),
        row.revision,
    )


def _fields(held: IssuedPass, row: Any, now: datetime) -> dict[str, Any]:
    found = _standing(held, row, now)
    beacon = found.beacon
    ends = row.until_at if row is not None and row.until_at is not None and row.until_at > now else None
    return {
        "places": tuple(PlaceShown(*(getattr(place, name) for name in PlaceShown._fields)) for place in found.places),
        "beacon": None if beacon is None else BeaconShown(*(getattr(beacon, name) for name in BeaconShown._fields)),
        "changes_at": ends,
    }


def _written(one: PassPlace | PassBeacon) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in one._asdict().items()}


IDS = ("store_id", "permission_event_id", "uuid")


def _read(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: uuid.UUID(value) if name in IDS else value for name, value in kept.items()}
