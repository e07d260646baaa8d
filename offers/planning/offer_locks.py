"""The locks of this room, and the order in which they are taken, so that nobody waits in a circle.

1. the offer's row (console writes);
2. the places of the brand, when the read model will change (`geo.places.read_model.lock_places`). An import of stores
   holds them for a while, so they come before anything that claims wait for;
3. the offer itself: *shared* by each claim, *exclusive* for a change of its state or its limits. So a change waits for
   the claims under way and later ones see it: after the answer to "pause", no coupon of the offer appears. It is a
   lock in memory: claims of one offer write no common row;
4. a member's claims of one offer, so that counting them is exact.

All end with the transaction.
"""

import uuid
from collections.abc import Collection
from operator import itemgetter

from app.errors import PreconditionFailed
from app.sql import db, locks
from geo.places.read_model import lock_places
from offers.planning import queries
from offers.planning.errors import OfferUnknown
from offers.planning.models import Offer

SHARED_OF_COUPON = f"""
SELECT offer_id, {locks.sharing("'offer:' || offer_id::text")}
FROM coupon WHERE member_id = $1 AND id = $2
"""  # noqa: S608 (our own constants)
"""The offer of a coupon, its lock shared. The table by its name: a plan knows no coupons."""


def offer_to_change(*, brand_id: uuid.UUID, offer_id: uuid.UUID, revision: int) -> Offer:
    """The brand's offer, its row locked for a change by somebody who read `revision`.

    Raises `OfferUnknown`, also for another brand's offer, and `PreconditionFailed` when it was changed since.
    """
    offer = offer_to_stop(brand_id=brand_id, offer_id=offer_id)
    if offer.revision != revision:
        raise PreconditionFailed
    return offer


def offer_to_stop(*, brand_id: uuid.UUID, offer_id: uuid.UUID) -> Offer:
    """The brand's offer, its row locked for somebody who stops it, whatever they read of it: stopping never waits.

    Raises `OfferUnknown`, also for another brand's offer.
    """
    offer = db.first(db.locked(queries.offer_of(brand_id, offer_id)))
    if offer is None:
        raise OfferUnknown
    return offer


def lock_offer(offer: Offer) -> None:
    """Before a change that members see: wait for the claims under way, and keep out new ones until it has committed."""
    lock_places([offer.brand_id])
    locks.lock_name(f"offer:{offer.id}")


def lock_offers(offers: Collection[Offer]) -> None:
    """Before a change of several offers that members see: wait for the claims of them, and keep out new ones."""
    lock_places(list({offer.brand_id for offer in offers}))
    locks.lock_names([f"offer:{offer_id}" for offer_id in sorted(offer.id for offer in offers)])


def share_offer_of_coupon(*, member_id: uuid.UUID, coupon_id: uuid.UUID) -> uuid.UUID | None:
    """Share the offer of a member's coupon, which is returned; None when there is no such coupon. One round trip."""
    offers = db.fetch(SHARED_OF_COUPON, [member_id, coupon_id], shape=itemgetter(0))
    return offers[0] if offers else None


def share_offers(offer_ids: Collection[uuid.UUID]) -> None:
    """Share several offers, in the order in which everybody locks them. One round trip."""
    if offer_ids:
        locks.share_names([f"offer:{offer_id}" for offer_id in sorted(offer_ids)])


def hold_for_sale(offer_ids: Collection[uuid.UUID], *, claimed: Collection[uuid.UUID], member_id: uuid.UUID) -> None:
    """Share the offers of a sale, and let the member use those of them that apply by themselves once at a time. One
    round trip, and none for no offer."""
    if claimed:
        locks.share_then_lock(
            shared=[f"offer:{offer_id}" for offer_id in sorted(offer_ids)],
            held=[f"claim:{offer_id}:{member_id}" for offer_id in sorted(claimed)],
        )
    else:
        share_offers(offer_ids)


def lock_claim(*, offer_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Let a member claim an offer once at a time, while the offer stays as it is. One round trip."""
    locks.share_and_lock(shared=f"offer:{offer_id}", held=f"claim:{offer_id}:{member_id}")
