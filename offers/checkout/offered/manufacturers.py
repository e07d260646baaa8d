"""Coupons of manufacturers in a sale: tenders that an issuer pays. What they pay stands beside the price, which
stays."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app import clock
from app.errors import Problem
from app.languages import Language
from offers.checkout.models import Sale
from offers.checkout.situation import Situation
from offers.checkout.stacking import Stacked
from offers.manufacturers import register, worth
from offers.manufacturers.codes import code_of, is_key, key_of, read_code, spell_codes
from offers.manufacturers.uses import SaleOfUse
from offers.manufacturers.worth import CouponPayment, CouponsJudged, ScannedCoupon
from wallet.purchases.basket import Basket
from wallet.purchases.tender_kinds import Tender, TenderKind


def judge_coupons(
    codes: Sequence[str],
    stacked: Stacked,
    *,
    found: Situation,
    most_off: Mapping[int, int],
    deferred: Mapping[int, int],
) -> CouponsJudged:
    """What manufacturers' coupons pay of a sale of which offers and points are off, and why others do not."""
    if not codes:
        return CouponsJudged()
    shown, refusals = [], {}
    for at, code in enumerate(spell_codes(codes)):
        try:
            shown.append(ScannedCoupon(key_of(code, at), read_code(code)))
        except Problem as refusal:
            refusals[key_of(code, at)] = refusal
    known = register.find_coupons([one.read for one in shown], brand_id=found.brand_id)
    basket = stacked.basket
    given: dict[int, int] = dict(deferred)
    for step in stacked.steps:
        for position, amount in step.lines.items():
            given[position] = given.get(position, 0) + (amount if step.incentive.effect.gives_points else 0)
    most = {
        line.position: max(most_off[line.position] - line.promotion_minor - given.get(line.position, 0), 0)
        for line in basket.lines
        if line.position in most_off
    }
    day = clock.day_of(basket.bought_at, found.store_zone)
    judged = worth.judge_coupons(shown, known=known, basket=basket, most=most, day=day)
    return replace(judged, refusals={**refusals, **judged.refusals})


def pay_by_coupons(stacked: Stacked, judged: CouponsJudged) -> Stacked:
    """The basket, paid by these coupons too."""
    if not judged.payments:
        return stacked
    paid = [Tender(TenderKind.MANUFACTURER_COUPON, one.amount_minor, one.code) for one in judged.payments]
    return replace(stacked, basket=replace(stacked.basket, tenders=(*stacked.basket.tenders, *paid)))


def trace_of(judged: CouponsJudged) -> dict[str, Any]:
    """What a sale keeps of coupons: nothing where none paid."""
    if not judged.payments:
        return {}
    return {
        "manufacturer_coupons": [_payment(one) for one in judged.payments],
        "manufacturer_minor": judged.amount_minor,
    }


def _payment(one: CouponPayment) -> dict[str, Any]:
    return {
        "code": one.code,
        "issuer": one.of.issuer,
        "face_minor": one.face_minor,
        "amount_minor": one.amount_minor,
        "is_cut": one.is_cut,
        "lines": {str(at): amount for at, amount in sorted(one.lines.items())},
    }


def tell_coupons(trace: Mapping[str, Any], refusals: Mapping[str, Problem], language: Language) -> dict[str, Any]:
    """The coupons of a sale as staff read them: those that pay, and of a quote those that do not, with the reason."""
    paid = [
        one
        | {"lines": [{"position": int(at), "amount_minor": amount} for at, amount in one["lines"].items()]}
        | {"reason": None, "text": None}
        for one in trace.get("manufacturer_coupons", ())
    ]
    refused = [_refused(key, refusal, language) for key, refusal in refusals.items() if is_key(key)]
    return {"manufacturer_coupons": paid + refused, "manufacturer_minor": trace.get("manufacturer_minor", 0)}


def _refused(key: str, refusal: Problem, language: Language) -> dict[str, Any]:
    said = {"reason": refusal.code(), "text": refusal.title.say(language, refusal.facts)}
    return (
        {"code": code_of(key), "issuer": refusal.facts.get("issuer"), "face_minor": None, "amount_minor": 0}
        | said
        | {
            "is_cut": False,
            "lines": [],
        }
    )


def sale_of_use(sale: Sale, basket: Basket, *, found: Situation, closing: int) -> SaleOfUse:
    """A sale that is being closed, as the ledger of issuers names it."""
    day = clock.day_of(basket.bought_at, found.store_zone)
    return SaleOfUse(
        brand_id=sale.brand_id,
        sale_id=sale.id,
        closing=closing,
        terminal=sale.terminal,
        receipt=sale.receipt,
        store_id=sale.store_id,
        store_name=found.store_name,
        day=day,
    )
