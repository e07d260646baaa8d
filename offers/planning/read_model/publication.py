"""Keeps the read model of live offers right: `live_offer`, `offer_place`, `place.offered`.

One mechanism, in the transaction of the change itself: what changes an offer calls `publish_offer`; what changes stores
or areas calls `reflatten_stores` through the hook of `geo.places.read_model`. `rebuild` does the whole at once.

A window is wall-clock time: it is turned into instants here, once per zone, so that "near me" only compares instants.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Insert,
    Select,
    Subquery,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app import clock
from app.languages import Language
from app.sql import db
from geo.places import read_model as places
from geo.places.models import Store
from geo.places.queries import brands_of
from offers.planning import description, queries
from offers.planning.models import (
    AUTOMATIC,
    FALLBACK,
    FOR_SOME,
    LiveOffer,
    Offer,
    OfferPlace,
    OfferStatus,
    OfferVersion,
)
from offers.planning.read_model import firings, sold_out, uptake
from offers.planning.spending import spent_offers

IN_FORCE = (Offer.status == OfferStatus.LIVE, OfferVersion.version == Offer.live_version)
PLACE = ("store_number", "offer_number", "starts_at", "ends_at")
BATCH = 10_000
FEW = 50
"""So few stores are looked up one by one; more are laid out together."""


def publish_offer(*, offer_id: uuid.UUID, now: datetime) -> None:
    """Make the read model say what this offer is now; nothing when it is not live.

    The caller holds the offer (`offer_locks.lock_offer`).
    """
    db.session().flush()
    offer, version = db.rows(
        select(Offer, OfferVersion)
        .outerjoin(OfferVersion, and_(OfferVersion.offer_id == Offer.id, *IN_FORCE))
        .where(Offer.id == offer_id)
    )[0]
    before = forget_places(OfferPlace.offer_number == offer.number)
    db.execute(delete(LiveOffer).where(LiveOffer.offer_number == offer.number))
    if version is not None:
        db.execute(insert(LiveOffer), [live_row(offer, version, now=now)])
        after = flatten_offer(version)
        if version.schedule is not None:
            firings.write_firings(OfferPlace.offer_number == offer.number, now=now)
        sold_out.note_sold_out(now=now, offer_id=offer_id)
        uptake.note_uptake(offer_id=offer_id)
        spent_offers.note_spent(now=now, brand_id=offer.brand_id, offer_id=offer_id)
    mark_offered(before if version is None else {*before, *after})


def withdraw_offers(numbers: Sequence[int]) -> None:
    """Take offers that are live no more out of the read model. The caller holds them (`offer_locks.lock_offers`)."""
    before = forget_places(queries.among(OfferPlace.offer_number, numbers))
    db.execute(delete(LiveOffer).where(queries.among(LiveOffer.offer_number, numbers)))
    mark_offered(before)


def reflatten_stores(store_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Make the read model say which live offers hold at these stores, after they or their areas changed.

    Whoever changed them holds the places of their brands (`geo.places.read_model.lock_places`).
    """
    brands = db.all_of(brands_of(store_ids))
    numbers = db.all_of(queries.numbers_of(store_ids))
    forget_places(queries.among(OfferPlace.store_number, numbers))
    lay_out = flatten if len(store_ids) <= FEW else flatten_many
    lay_out(Offer.brand_id.in_(brands), queries.among(Store.id, store_ids))
    firings.write_firings(queries.among(OfferPlace.store_number, numbers), now=now)
    mark_offered(numbers)


def live_row(offer: Offer, version: OfferVersion, *, now: datetime) -> dict[str, object]:
    """The row of `live_offer`, with the offer as members read it, ready to send."""
    return {
        "offer_number": offer.number,
        "offer_id": offer.id,
        "brand_id": offer.brand_id,
        "version": version.version,
        "priority": version.priority,
        "member_limit": version.member_limit,
        "traits": traits_of(version),
        "card_fr": card_text(version, "fr"),
        "card_en": card_text(version, "en"),
        "firings_from": None if version.schedule is None else now,
    }


def traits_of(version: OfferVersion) -> int:
    """What the order of offers must know of a version, as one number."""
    for_some = bool(version.for_whom or version.use_limits)
    return FALLBACK * version.is_fallback + FOR_SOME * for_some + AUTOMATIC * version.is_automatic


def card_text(version: OfferVersion, language: Language) -> str:
    """The offer as compact JSON text."""
    return orjson.dumps(description.card_of(version, language)).decode()


def forget_places(condition: ColumnElement[bool]) -> Sequence[int]:
    """Delete rows of `offer_place`; the answer is the numbers of their stores."""
    return db.execute(delete(OfferPlace).where(condition).returning(OfferPlace.store_number)).scalars().all()


def flatten_offer(version: OfferVersion) -> Sequence[int]:
    """As `flatten`, for the one version in force of one offer, by statements that are put together once: it has one
    window, an instant in each zone. A rebuild, which goes the other way, finds nothing to change (tests)."""
    zones = [row.time_zone for row in db.send_statement(ZONES, {"offer_id": version.offer_id})]
    starts = [clock.instant_of(version.starts_local, zone) for zone in zones]
    ends = [clock.instant_of(version.ends_local, zone) for zone in zones]
    windows = {"zones": zones, "starts": starts, "ends": ends}
    return [row.store_number for row in db.send_statement(LAID_OUT, {"offer_id": version.offer_id, **windows})]


def flatten(*conditions: ColumnElement[bool]) -> Sequence[int]:
    """Write one row of `offer_place` for each open store of each version in force that the conditions let through.

    The answer is the numbers of the stores. What is given only has no row: it holds at its stores, but nobody is shown
    it there. A window that a store's clock skips altogether gives no row. Firings are written afterwards (`firings`).
    """
    at = queries.targeted(*IN_FORCE, ~OfferVersion.given_only, *conditions)
    starts, ends = _instants(at, "starts_local"), _instants(at, "ends_local")
    rows = (
        select(Store.number, Offer.number, starts.c.instant, ends.c.instant)
        .select_from(at)
        .join(Store, and_(Store.id == at.c.store_id, Store.status == "open"))
        .join(Offer, Offer.id == at.c.offer_id)
        .join(OfferVersion, and_(OfferVersion.offer_id == at.c.offer_id, OfferVersion.version == at.c.version))
        .join(starts, and_(starts.c.zone == Store.time_zone, starts.c.local == OfferVersion.starts_local))
        .join(ends, and_(ends.c.zone == Store.time_zone, ends.c.local == OfferVersion.ends_local))
        .where(starts.c.instant < ends.c.instant)
        .order_by(Store.location, Offer.number)  # neighbours on the ground become neighbours on disk
    )
    filled = insert(OfferPlace).from_select(PLACE, rows).returning(OfferPlace.store_number)
    return db.execute(filled).scalars().all()


def flatten_many(*conditions: ColumnElement[bool]) -> Sequence[int]:
    """As `flatten`, for many stores or offers, by hash joins. Of tables that were filled a moment ago, by an import or
    a restore, PostgreSQL knows nothing yet and takes them for small: five hundred offers at a thousand stores took five
    minutes of loops in loops, and eight seconds once it had looked. The order is the one in which `flatten` says it: by
    its own choice PostgreSQL began with the windows, which are alike everywhere, so that every store met every offer.
    """
    db.execute(text("SET LOCAL enable_nestloop = off"))
    db.execute(text("SET LOCAL join_collapse_limit = 1"))
    numbers = flatten(*conditions)
    db.execute(text("SET LOCAL join_collapse_limit = DEFAULT"))
    db.execute(text("SET LOCAL enable_nestloop = DEFAULT"))
    return numbers


def _one_laid_out() -> tuple[Select[Any], Insert]:
    """The zones of the stores of an offer, and its rows there."""
    at = queries.targeted(*IN_FORCE, ~OfferVersion.given_only, OfferVersion.offer_id == bindparam("offer_id"))
    stores = and_(Store.id == at.c.store_id, Store.status == "open")
    zones = select(Store.time_zone).distinct().select_from(at).join(Store, stores)
    windows = (
        func.unnest(
            bindparam("zones", type_=ARRAY(Text)),
            bindparam("starts", type_=ARRAY(DateTime(timezone=True))),
            bindparam("ends", type_=ARRAY(DateTime(timezone=True))),
        )
        .table_valued("zone", "starts_at", "ends_at")
        .render_derived(name="windows")
    )
    rows = (
        select(Store.number, Offer.number, windows.c.starts_at, windows.c.ends_at)
        .select_from(at)
        .join(Store, stores)
        .join(Offer, Offer.id == at.c.offer_id)
        .join(windows, windows.c.zone == Store.time_zone)
        .where(windows.c.starts_at < windows.c.ends_at)
        .order_by(Store.location)
    )
    return zones, insert(OfferPlace).from_select(PLACE, rows).returning(OfferPlace.store_number)


ZONES, LAID_OUT = map(db.put_together, _one_laid_out())


def _instants(at: Subquery, edge: str) -> TableValuedAlias:
    """One edge of the windows as (zone, local, instant): a few rows, since stores share zones."""
    local = getattr(OfferVersion, edge)
    pairs = db.rows(
        select(Store.time_zone, local)
        .distinct()
        .select_from(at)
        .join(Store, Store.id == at.c.store_id)
        .join(OfferVersion, and_(OfferVersion.offer_id == at.c.offer_id, OfferVersion.version == at.c.version))
    )
    return (
        func.unnest(
            literal([zone for zone, _ in pairs], ARRAY(Text)),
            literal([time for _, time in pairs], ARRAY(DateTime)),
            literal([clock.instant_of(time, zone) for zone, time in pairs], ARRAY(DateTime(timezone=True))),
        )
        .table_valued("zone", "local", "instant")
        .render_derived(name=edge)
    )


def mark_offered(store_numbers: Sequence[int] | set[int]) -> None:
    """Say of each of these places whether a live offer holds there."""
    numbers = sorted(set(store_numbers))
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        offered = set(db.all_of(queries.places_with_offers(batch)))
        places.set_offered(store_numbers=sorted(offered), offered=True)
        places.set_offered(store_numbers=[number for number in batch if number not in offered], offered=False)
