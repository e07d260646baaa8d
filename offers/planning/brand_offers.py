"""Find an offer of a brand."""

import uuid
from collections.abc import Sequence

from app.sql import db
from offers.planning import queries
from offers.planning.errors import OfferUnknown
from offers.planning.models import Offer, OfferVersion


def the_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID) -> Offer:
    """One offer with its live and draft versions. Raises `OfferUnknown`, also for another brand's."""
    offer = db.first(queries.whole_offer(brand_id, offer_id))
    if offer is None:
        raise OfferUnknown
    return offer


def versions_of_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID) -> Sequence[OfferVersion]:
    """Every version of an offer, newest first. Raises `OfferUnknown`."""
    return db.all_of(queries.versions_of(the_offer(brand_id=brand_id, offer_id=offer_id).id))
