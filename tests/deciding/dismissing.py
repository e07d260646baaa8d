"""Offers that a member hides, for tests."""

from datetime import datetime

from app.accounts.models import Member
from offers.deciding.dismissals import dismissals
from offers.deciding.dismissals.models import OfferDismissal
from offers.planning.models import Offer
from tests.factories import NOON, made


def dismiss(member: Member, offer: Offer, *, now: datetime = NOON) -> OfferDismissal:
    """Not this."""
    with made():
        return dismissals.dismiss_offer(member_id=member.id, offer_id=offer.id, now=now)
