"""A member reads what moments in stores brought, or why they brought nothing."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from app.languages import Language, Text
from app.sql import db
from offers.triggers import queries
from offers.triggers.models import Trigger, WhyNothing
from offers.triggers.surroundings import Permitted
from offers.triggers.wording import tell_nothing


def describe_triggers(triggers: Sequence[Trigger], *, member_id: uuid.UUID, language: Language) -> list[dict[str, Any]]:
    """What a member is told of these triggers of theirs. Shape of each: `schemas.TriggerOut`."""
    decisions = [one.decision_id for one in triggers if one.decision_id is not None]
    shown: Mapping[uuid.UUID | None, int] = dict(db.rows(queries.shown_by(member_id, decisions)))
    stores = dict(db.rows(queries.stores_named({one.store_id for one in triggers if one.store_id is not None})))
    zones = {
        id: Text(fr=fr, en=en)
        for id, fr, en in db.rows(queries.zones_named({one.zone_id for one in triggers if one.zone_id is not None}))
    }
    said = db.rows(queries.addresses_of(member_id, {one.permission_event_id for one in triggers}))
    permissions = {id: Permitted(*what) for id, *what in said}
    return [
        {
            **{name: getattr(one, name) for name in TOLD},
            "store_name": None if one.store_id is None else stores.get(one.store_id),
            "zone_name": zones[one.zone_id].say(language) if one.zone_id in zones else None,
            "shown": shown.get(one.decision_id, 0),
            "nothing": None if one.nothing is None else tell_nothing(WhyNothing(one.nothing), language),
            "withdrawal": permissions[one.permission_event_id].withdrawal
            if one.permission_event_id in permissions
            else None,
        }
        for one in triggers
    ]


TOLD = ("id", "kind", "day", "occurred_at", "store_id", "decision_id", "permission_event_id", "is_unseen")
