"""A tender takes money of the member from their cagnotte."""

from dataclasses import replace

from offers.checkout.errors import CagnotteUnnamed
from offers.checkout.pricing import Asked, PointsAsked
from offers.checkout.situation import Situation
from wallet.purchases.tender_kinds import TenderKind, paid_by


def pay_by_tender(asked: Asked, *, found: Situation) -> Asked:
    """What is asked, with what its tenders take from the cagnotte as what is to pay, where nothing else is. Without a
    cagnotte at the brand it stays as it is, and whoever closes it is told what differs. Raises `CagnotteUnnamed`."""
    amount = tendered_minor(asked)
    if not amount or not found.cagnottes:
        return asked
    if len(found.cagnottes) > 1:
        raise CagnotteUnnamed
    return replace(asked, points=PointsAsked(found.cagnottes[0].id, amount, by_tender=True))


def tendered_minor(asked: Asked) -> int:
    """How much tenders take from the cagnotte by themselves: nothing where points are asked for, which pay then."""
    if asked.points is not None or not asked.takes_cagnotte:
        return 0
    return paid_by(asked.basket.tenders, TenderKind.CAGNOTTE)
