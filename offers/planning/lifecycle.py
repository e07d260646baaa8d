"""An offer stops for a while, goes on, or ends for good.

| | the offer "near me" | claiming | coupons already claimed |
|---|---|---|---|
| paused | gone | refused | refused at the till until it goes on |
| ended | gone | refused | hold until they expire: they were promised |
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete

from app.sql import db
from app.sql.queues import work_through
from offers.planning import approval, drafts, offer_locks, places_of_staff, queries
from offers.planning.errors import DraftMissing, OfferEnded, OfferNotLive, OfferNotPaused
from offers.planning.models import Offer, OfferStatus, OfferVersion
from offers.planning.read_model import publication

FARTHEST_AHEAD = timedelta(hours=14)  # where clocks are most ahead of UTC, a wall-clock time comes this much earlier

AT_ONCE = 500

Live = tuple[uuid.UUID, uuid.UUID, int, str]
"""Brand, offer, the version in force, and the zone of the brand."""


def pause_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID, by: uuid.UUID, now: datetime) -> Offer:
    """Stop a live offer. Raises `OfferUnknown`, `OutsideYourPlaces`, `OfferEnded`, `OfferNotLive`."""
    offer = offer_locks.offer_to_stop(brand_id=brand_id, offer_id=offer_id)
    places_of_staff.require_places(by, places_of_staff.targets_of(offer))
    if offer.status == OfferStatus.ENDED:
        raise OfferEnded
    if offer.status != OfferStatus.LIVE:
        raise OfferNotLive
    return _become(offer, OfferStatus.PAUSED, by=by, now=now)


def resume_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID, revision: int, by: uuid.UUID, now: datetime) -> Offer:
    """Let a paused offer go on.

    Raises `OfferUnknown`, `PreconditionFailed`, `OutsideYourPlaces`, `OfferEnded`, `OfferNotPaused`.
    """
    offer = offer_locks.offer_to_change(brand_id=brand_id, offer_id=offer_id, revision=revision)
    places_of_staff.require_places(by, places_of_staff.targets_of(offer))
    if offer.status == OfferStatus.ENDED:
        raise OfferEnded
    if offer.status != OfferStatus.PAUSED:
        raise OfferNotPaused
    return _become(offer, OfferStatus.LIVE, by=by, now=now)


def end_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID, by: uuid.UUID, now: datetime) -> Offer:
    """End an offer, or drop one that was never approved. Raises `OfferUnknown`, `OutsideYourPlaces`, `OfferEnded`."""
    offer = offer_locks.offer_to_stop(brand_id=brand_id, offer_id=offer_id)
    places_of_staff.require_places(by, places_of_staff.targets_of(offer))
    if offer.status == OfferStatus.ENDED:
        raise OfferEnded
    return _become(offer, OfferStatus.ENDED, by=by, now=now)


def delete_draft(*, brand_id: uuid.UUID, offer_id: uuid.UUID, by: uuid.UUID, now: datetime) -> None:
    """Throw the draft of an offer away; one that never was approved goes with it, and what is live stays.

    Raises `OfferUnknown`, `OutsideYourPlaces`, `DraftMissing`.
    """
    offer = offer_locks.offer_to_stop(brand_id=brand_id, offer_id=offer_id)
    places_of_staff.require_places(by, places_of_staff.targets_of(offer))
    if offer.draft_version is None:
        raise DraftMissing
    db.execute(
        delete(OfferVersion).where(OfferVersion.offer_id == offer.id, OfferVersion.version == offer.draft_version)
    )
    offer.draft_version = None
    drafts.changed(offer, "offer_draft_deleted", by=by, now=now)
    if offer.live_version is None:
        db.execute(delete(Offer).where(Offer.id == offer.id))


def end_offers_that_are_over(*, now: datetime) -> int:
    """End the live offers whose window is over in all their stores; returns how many.

    A paused offer stays paused, because ending it would make its coupons hold again: somebody must want that. In steps.
    """
    local = (now + FARTHEST_AHEAD).replace(tzinfo=None)

    def waiting(most: int) -> Sequence[Live]:
        found = db.rows(queries.live_until(local).order_by(OfferVersion.ends_local, Offer.id).limit(most))
        return [(offer.brand_id, offer.id, version.version, time_zone) for offer, version, time_zone in found]

    return work_through(
        waiting, lambda live: _end_if_over(*live, now=now), what="offers.planning.end_offers", at_once=AT_ONCE
    )


def _end_if_over(brand_id: uuid.UUID, offer_id: uuid.UUID, number: int, time_zone: str, *, now: datetime) -> bool:
    version = db.get(OfferVersion, (offer_id, number))
    if version is None or approval.ends_everywhere(version, time_zone) > now:
        return False
    held = db.first(db.locked(queries.offer_of(brand_id, offer_id)))
    return held is not None and _end_if_unchanged(held, number, now=now)


def _end_if_unchanged(offer: Offer, version: int, *, now: datetime) -> bool:
    if offer.status != OfferStatus.LIVE or offer.live_version != version:
        return False  # somebody changed it while we waited for it
    _become(offer, OfferStatus.ENDED, by=None, now=now)
    return True


def _become(offer: Offer, status: OfferStatus, *, by: uuid.UUID | None, now: datetime) -> Offer:
    offer_locks.lock_offer(offer)
    offer.status = status
    publication.publish_offer(offer_id=offer.id, now=now)
    return drafts.changed(offer, f"offer_{status}", by=by, now=now)
