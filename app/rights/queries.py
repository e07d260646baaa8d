"""Questions about rights requests and about who read what."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, Text, Uuid, column, func, select, table
from sqlalchemy.orm import joinedload

from app.rights.models import PersonalRead, RightsRequest

# The kernel does not import the room of places; to tell a member where something was read it needs only a name.
STORE = table("store", column("id", Uuid()), column("name", Text()))


def requests_of(member_id: uuid.UUID) -> Select[RightsRequest]:
    """What a member asked."""
    return select(RightsRequest).options(joinedload(RightsRequest.brand)).where(RightsRequest.member_id == member_id)


def request_of(member_id: uuid.UUID, request_id: uuid.UUID) -> Select[RightsRequest]:
    """One request, if the member made it."""
    return requests_of(member_id).where(RightsRequest.id == request_id)


def requests_to(brand_id: uuid.UUID | None, *, state: str | None = None) -> Select[RightsRequest]:
    """What was asked of a brand, or of the wallet as a whole; perhaps only in one state."""
    asked = select(RightsRequest).options(joinedload(RightsRequest.brand)).where(RightsRequest.brand_id == brand_id)
    return asked if state is None else asked.where(RightsRequest.state == state)


def request_to(brand_id: uuid.UUID | None, request_id: uuid.UUID) -> Select[RightsRequest]:
    """One request, if it was made to this brand (None: to the wallet): without the brand, so that it can be locked."""
    return select(RightsRequest).where(RightsRequest.brand_id == brand_id, RightsRequest.id == request_id)


def unwarned(*, received_before: datetime, due_before: datetime) -> Select[RightsRequest]:
    """Open requests that have waited long, or are soon due after an extension, and for which no alarm rang."""
    long_wait = (RightsRequest.extended_at.is_(None)) & (RightsRequest.received_at <= received_before)
    soon_due = (RightsRequest.extended_at.is_not(None)) & (RightsRequest.due_at <= due_before)
    return select(RightsRequest).where(
        RightsRequest.closed_at.is_(None), RightsRequest.warned_at.is_(None), long_wait | soon_due
    )


def newly_late(*, now: datetime) -> Select[RightsRequest]:
    """Open requests whose time is over, and which nobody has found late yet."""
    return select(RightsRequest).where(
        RightsRequest.closed_at.is_(None), RightsRequest.breached_at.is_(None), RightsRequest.due_at <= now
    )


def waiting(*, received_before: datetime, soon: datetime, now: datetime) -> Select[int, int]:
    """How many open requests ask for attention, and how many of them are late."""
    pressing = (RightsRequest.received_at <= received_before) & (RightsRequest.extended_at.is_(None))
    pressing |= RightsRequest.due_at <= soon
    return select(func.count().filter(pressing), func.count().filter(RightsRequest.due_at <= now)).where(
        RightsRequest.closed_at.is_(None)
    )


def reads_of(member_id: uuid.UUID) -> Select[PersonalRead]:
    """Who of which brand read a member's data."""
    return select(PersonalRead).options(joinedload(PersonalRead.brand)).where(PersonalRead.member_id == member_id)


def names_of_stores(store_ids: Collection[uuid.UUID]) -> Select[uuid.UUID, str]:
    """The names of these stores."""
    return select(STORE.c.id, STORE.c.name).where(STORE.c.id.in_(store_ids))
