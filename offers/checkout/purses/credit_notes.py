"""In an exchange, what comes of the return pays what is bought instead, before anything else does."""

from dataclasses import replace

from app.languages import Money
from offers.checkout.errors import CreditNoteDiffers
from offers.checkout.stacking import Stacked
from wallet.purchases.basket import Basket
from wallet.purchases.tender_kinds import Tender, TenderKind, paid_by


def pay_by_return(stacked: Stacked, credit_minor: int | None) -> Stacked:
    """The basket, paid by up to `credit_minor` of a return as a credit note, as far as coupons of manufacturers leave
    something to pay; null: nothing is exchanged. What a till said of a credit note by itself stays as it said it.

    Raises `CreditNoteDiffers` if it said another amount.
    """
    if credit_minor is None:
        return stacked
    basket = stacked.basket
    due = _payable_minor(basket) - paid_by(basket.tenders, TenderKind.MANUFACTURER_COUPON)
    credit = min(credit_minor, max(due, 0))
    if any(one.kind is TenderKind.CREDIT_NOTE for one in basket.tenders):
        said = paid_by(basket.tenders, TenderKind.CREDIT_NOTE)
        if said != credit:
            right, wrong = (Money(amount, basket.currency) for amount in (credit, said))
            raise CreditNoteDiffers(credit_minor=right, said_minor=wrong)
        return stacked
    if not credit:
        return stacked
    return replace(stacked, basket=replace(basket, tenders=(*basket.tenders, Tender(TenderKind.CREDIT_NOTE, credit))))


def _payable_minor(basket: Basket) -> int:
    """What is to be paid, taxes included, packaging too."""
    lines = (*basket.lines, *basket.deposits)
    on_top = 0 if basket.tax_included else sum(line.tax_minor(tax_included=False) for line in lines)
    return sum(line.net_minor for line in lines) + on_top
