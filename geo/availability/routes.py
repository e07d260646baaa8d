"""Stores say what they have and how long one waits; the console says what happens in them."""

import uuid
from typing import Any

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, needs_match, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, link_header, page_of
from geo.availability import articles, queries, schemas, service_times, store_events
from geo.availability.errors import (
    AvailabilityInFuture,
    AvailabilityTooOld,
    EventStoresForeign,
    StoreEventUnknown,
    StoresOutsideYours,
)
from geo.availability.models import StoreEvent
from geo.places.errors import StoreUnknown

blueprint = Blueprint("availability", __name__, url_prefix="/v1", description="What stores have, and what happens")

KEEPERS = (Role.MERCHANDISER, Role.ADMIN)

Body = dict[str, Any]
Versioned = tuple[StoreEvent, dict[str, str]]


@blueprint.put("/stores/<uuid:store_id>/articles")
@only(Role.TERMINAL, *KEEPERS)
@idempotent
@refuses(StoreUnknown, StoresOutsideYours, AvailabilityInFuture, AvailabilityTooOld)
@blueprint.arguments(schemas.ArticlesToldIn)
@blueprint.response(200, schemas.ArticlesToldOut)
def tell_store_articles(told: Body, store_id: uuid.UUID) -> dict[str, int]:
    """Say what a store has, and at what price. A terminal speaks of its own store."""
    someone = principal()
    whose: Body = {"brand_id": brand_id(), "store_id": store_id, "own_store_id": someone.store_id, "by": someone.id}
    return articles.push_articles(**whose, **told, now=clock.now())


@blueprint.put("/service-times")
@only(Role.TERMINAL)
@idempotent
@refuses(AvailabilityInFuture)
@blueprint.arguments(schemas.ServiceTimeIn)
@blueprint.response(200, schemas.WaitsOut)
def tell_service_time(wait: Body) -> dict[str, Any]:
    """Say how long one waits here for a service; it expires by itself. The answer is all that is told here now."""
    return {"items": service_times.publish_wait(store_id=store_id(), **wait, now=clock.now())}


@blueprint.post("/store-events")
@only(*KEEPERS)
@idempotent
@refuses(EventStoresForeign, StoresOutsideYours)
@blueprint.arguments(schemas.StoreEventIn)
@blueprint.response(201, schemas.StoreEventOut, headers=ETAG_HEADER)
def create_store_event(event: Body) -> Versioned:
    """Announce something that happens in stores."""
    planned = store_events.plan_event(brand_id=brand_id(), **event, by=principal().id, now=clock.now())
    return written(planned, planned.version)


@blueprint.get("/store-events")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.StoreEventsIn, location="query")
@blueprint.response(200, schemas.StoreEventsOut)
def list_store_events(asked: Body) -> tuple[Page[StoreEvent], dict[str, str]]:
    """The brand's events, or those at one store, newest first, cancelled ones too."""
    events = queries.events_of(brand_id(), store_id=asked.pop("store_id"))
    found = page_of(events, sort=StoreEvent.created_at, id=StoreEvent.id, **asked)
    return found, link_header(found)


@blueprint.put("/store-events/<uuid:store_event_id>")
@only(*KEEPERS)
@idempotent
@needs_match
@refuses(StoreEventUnknown, EventStoresForeign, StoresOutsideYours)
@blueprint.arguments(schemas.StoreEventChangeIn)
@blueprint.response(200, schemas.StoreEventOut, headers=ETAG_HEADER)
def change_store_event(event: Body, store_event_id: uuid.UUID) -> Versioned:
    """Replace what is said of an event, or cancel it."""
    whose: Body = {
        "brand_id": brand_id(),
        "event_id": store_event_id,
        "version": matched_version(),
        "by": principal().id,
    }
    changed = store_events.change_event(**whose, **event, now=clock.now())
    return written(changed, changed.version)
