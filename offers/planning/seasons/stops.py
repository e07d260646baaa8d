"""Stop many offers at once: all with a tag, or all of a brand. Stopping never waits for what somebody read."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.logs import log
from app.sql import db
from app.staff.assignments import assigned_places
from app.staff.assignments.models import StaffPlaces
from offers.planning import offer_locks, places_of_staff, queries
from offers.planning.models import Offer, OfferStatus, OfferVersion
from offers.planning.read_model import publication

MOST_AT_ONCE = 2_000
"""Each holds a lock in memory, of which a server has some thousands."""


class StoppedOffers(NamedTuple):
    """What was stopped; how many offers hold elsewhere too and go on; whether there were more than go at once."""

    stopped: Sequence[uuid.UUID]
    outside_your_places: int
    more: bool


def stop_offers(*, brand_id: uuid.UUID, tag: str | None, by: uuid.UUID, now: datetime) -> StoppedOffers:
    """Pause the live offers of a brand, perhaps only those with a tag, as far as they hold only where somebody plans.

    After the answer no coupon of them appears, and none is used.
    """
    found = _live_offers(brand_id, tag)
    mine = assigned_places.find_places(user_id=by)
    allowed = found if mine is None else _covered_by(mine, found)
    offers = allowed[:MOST_AT_ONCE]
    if offers:
        offer_locks.lock_offers(offers)
        for offer in offers:
            offer.status, offer.updated_at = OfferStatus.PAUSED, now
            offer.revision += 1
        db.session().flush()
        publication.withdraw_offers([offer.number for offer in offers])
    for offer in offers:
        log.info("offer_paused", offer_id=str(offer.id), revision=offer.revision, by=str(by))
    return StoppedOffers([offer.id for offer in offers], len(found) - len(allowed), len(offers) < len(allowed))


def _live_offers(brand_id: uuid.UUID, tag: str | None) -> Sequence[Offer]:
    """Their rows locked, in the order in which everybody locks them."""
    which = [] if tag is None else [Offer.tags.contains([tag])]
    live = select(Offer).where(Offer.brand_id == brand_id, Offer.status == OfferStatus.LIVE, *which)
    return db.all_of(db.locked(live.order_by(Offer.id)))


def _covered_by(mine: StaffPlaces, offers: Sequence[Offer]) -> Sequence[Offer]:
    held = (
        select(Offer.id, OfferVersion.targets)
        .join(OfferVersion, OfferVersion.offer_id == Offer.id)
        .where(queries.among(Offer.id, [offer.id for offer in offers]))
        .where(OfferVersion.version.in_((Offer.live_version, Offer.draft_version)))
    )
    elsewhere = {id for id, target in db.rows(held) if not places_of_staff.covers_target(mine, target)}
    return [offer for offer in offers if offer.id not in elsewhere]
