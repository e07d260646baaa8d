"""Triggers go with the permission that they rested on, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import NO, PermissionEvent
from app.sql import db
from geo.presence.models import PURPOSE
from offers.triggers import queries


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """Forget what happened under a permission that is no more."""
    if event.purpose == PURPOSE and event.state in NO:
        cell = [event.brand_id, event.touchpoint, event.purpose, event.scope_kind, event.scope_id]
        db.fetch(queries.FORGET_OF_CELL, [event.member_id, *cell])


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Forget what happened under each of these permissions."""
    for event in events:
        follow(event, event.recorded_at)
