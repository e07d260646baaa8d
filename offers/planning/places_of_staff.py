"""Who at the console may change which offers: those that hold only where they may plan.

A user without places of their own plans for the whole brand. Anybody else changes, approves or stops an offer only if
their places cover all of its targets, as they are written: an area is what it will contain, so it is not its stores
of today, and the whole brand is more than all of its areas. Reading is free.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from app.sql import db
from app.staff.assignments import assigned_places
from app.staff.assignments.models import StaffPlaces
from offers.planning import queries
from offers.planning.errors import OutsideYourPlaces
from offers.planning.models import Offer

Target = Mapping[str, Any]
"""As `OfferVersion.targets` keeps it."""


def require_places(by: uuid.UUID, targets: Iterable[Target]) -> None:
    """Raise `OutsideYourPlaces` unless this console user may plan wherever all of these targets are."""
    mine = assigned_places.find_places(user_id=by)
    if mine is not None and not all(covers_target(mine, target) for target in targets):
        raise OutsideYourPlaces


def targets_of(offer: Offer) -> list[Target]:
    """Where an offer holds now, and where its draft is to hold."""
    return list(db.all_of(queries.targets_at(offer.id, (offer.live_version, offer.draft_version))))


def covers_target(mine: StaffPlaces, target: Target) -> bool:
    """Whether these places are, by name, all that a target names. Pure."""
    if target.get("brand"):
        return False
    areas, stores = set(map(str, mine.areas)), set(map(str, mine.stores))
    return areas.issuperset(target.get("areas", ())) and stores.issuperset(target.get("stores", ()))
