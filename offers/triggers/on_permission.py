"""Triggers go with the visits that they were moments of: with the permission, in the same transaction."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import NO, PermissionEvent
from app.sql import db
from geo.presence.models import PURPOSE
from offers.triggers import queries

ABOUT = ("brand_id", "touchpoint", "scope_kind", "scope_id")


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """Forget what happened under a permission that is no more."""
    follow_all([event])


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Forget what many noes of one member are about."""
    noes = [event for event in events if event.purpose == PURPOSE and event.state in NO]
    if noes:
        about = [[getattr(no, name) for no in noes] for name in ABOUT]
        db.fetch(queries.FORGET_REFUSED, [noes[0].member_id, *about])


def follow_standing(now: datetime, *, member_id: uuid.UUID | None, purpose: str | None) -> None:
    """Forget what a member objected to."""
    if member_id is not None and purpose in (None, PURPOSE):
        db.fetch(queries.FORGET_OBJECTED, [member_id])
