"""What is around moments of a member: earlier ones of their visits, shelves, what the permissions are about."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.languages import Language, Text
from app.sql.trips import Call
from offers.deciding.decisions import Placement
from offers.triggers import queries
from offers.triggers.occasions import Before, Occasion
from wallet.purchases.basket import Products


class ShelfInFront(NamedTuple):
    """A part of a store, or a tag: what it is called, if anything, and what it holds; None where that is not said."""

    name: Text | None
    products: Products | None


class Permitted(NamedTuple):
    """What a permission is about, in the words of its address, and whether its uses are counted."""

    touchpoint: str
    purpose: str
    brand: str
    is_counted: bool = False

    @property
    def withdrawal(self) -> str:
        """Where it is withdrawn, by DELETE."""
        return f"/v1/permissions/{self.brand}/{self.touchpoint}/{self.purpose}"


class MomentSurroundings(NamedTuple):
    """Around some moments; zones and permissions by their ids. `language` is that of the member's wallet."""

    language: Language
    before: Sequence[Before]
    zones: Mapping[uuid.UUID, ShelfInFront]
    permissions: Mapping[uuid.UUID, Permitted]

    def shelf_of(self, occasion: Occasion, tag: Products | None = None) -> ShelfInFront | None:
        """What the member stands before, if it is known; what a tag says goes before what stands in its zone."""
        zone = self.zones.get(occasion.zone_id) if occasion.zone_id is not None else None
        if tag is None:
            return zone
        return ShelfInFront(None if zone is None else zone.name, tag)


def ask_surroundings(member_id: uuid.UUID, occasions: Sequence[Occasion]) -> Call:
    """The statement that tells what must be known of these moments of a member, in one row."""
    begun = {one.visit_id for one in occasions if one.kind is Placement.ARRIVAL}  # nothing came before in these
    visits = list({one.visit_id for one in occasions if one.visit_id is not None} - begun)
    zones = list({one.zone_id for one in occasions if one.zone_id is not None})
    events = list({one.permission_event_id for one in occasions})
    if zones:
        return Call(queries.AROUND, [member_id, visits, events, zones])
    return (
        Call(queries.AT_NO_SHELF, [member_id, visits, events])
        if visits
        else Call(queries.AT_ENTRY, [member_id, events])
    )


def surroundings_in(row: Sequence[Any]) -> MomentSurroundings:
    """What that row says."""
    language, before, said, found = row
    return MomentSurroundings(
        language.decode(),
        [
            Before(_id(visit), kind, _id_or_none(zone), datetime.fromisoformat(at), frozenset(shown))
            for visit, kind, zone, at, shown in before or ()
        ],
        {_id(id): ShelfInFront(Text(fr=fr, en=en), products_in(products)) for id, fr, en, products in found or ()},
        {_id(id): Permitted(*what) for id, *what in said or ()},
    )


def products_in(said: Mapping[str, Any] | None) -> Products | None:
    """Articles as zones and tags name them; None where none are named."""
    named = {name: frozenset(values) for name, values in (said or {}).items() if values}
    return Products(**named) if named else None


def _id(text: str) -> uuid.UUID:
    return uuid.UUID(text)


def _id_or_none(text: str | None) -> uuid.UUID | None:
    return None if text is None else uuid.UUID(text)
