"""What a member hides from themselves, in every placement, and shows again. No permission is needed to say no."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.sql import db
from offers.deciding.dismissals.models import OfferDismissal
from offers.planning.errors import OfferUnknown
from offers.planning.models import Offer


def dismiss_offer(*, member_id: uuid.UUID, offer_id: uuid.UUID, now: datetime) -> OfferDismissal:
    """Never show this offer to the member again; said twice, the first time stands.

    Raises `OfferUnknown`, also for what was never live.
    """
    if db.first(select(Offer.id).where(Offer.id == offer_id, Offer.live_version.is_not(None))) is None:
        raise OfferUnknown
    said = insert(OfferDismissal).values(member_id=member_id, offer_id=offer_id, dismissed_at=now)
    db.execute(said.on_conflict_do_nothing())
    [kept] = db.all_of(dismissals_of(member_id).where(OfferDismissal.offer_id == offer_id))
    return kept


def undo_dismissal(*, member_id: uuid.UUID, offer_id: uuid.UUID) -> None:
    """Show the offer again, where it was hidden."""
    db.execute(delete(OfferDismissal).where(OfferDismissal.member_id == member_id, OfferDismissal.offer_id == offer_id))


def hidden_offers(*, member_id: uuid.UUID) -> Sequence[OfferDismissal]:
    """What the member hid, the last first."""
    return db.all_of(dismissals_of(member_id).order_by(OfferDismissal.dismissed_at.desc(), OfferDismissal.offer_id))


def dismissals_of(member_id: uuid.UUID) -> Select[OfferDismissal]:
    """What a member hid."""
    return select(OfferDismissal).where(OfferDismissal.member_id == member_id)
