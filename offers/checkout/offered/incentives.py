"""What may make a sale cheaper besides points: the coupons that are shown, and the offers that apply by themselves."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import Problem
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.benefits.given.money_given import MoneyGiven
from offers.checkout.discounts import Incentive, LeftOut, LeftOutReason
from offers.checkout.errors import CouponOfSomebodyElse
from offers.checkout.situation import Situation, TenderCurrency
from offers.checkout.stacking import stack_incentives
from offers.coupons import sale_use
from offers.coupons.models import Coupon
from offers.coupons.sale_use import ShownCoupon
from offers.coupons.unclaimed import candidates
from offers.coupons.unclaimed.candidates import AppliesWhere, Candidates
from offers.planning import offer_locks
from offers.planning.models import OfferVersion, PercentBase, Stacking
from offers.planning.purchase_bounds import CountedTax
from wallet.purchases.basket import Basket

Keyed = dict[str, Coupon]
"""Coupons by the names that they have in a sale."""

BY_ITSELF = "offer:"
"""What the keys of offers begin with that apply by themselves."""


@dataclass(frozen=True)
class Usable:
    """What a sale may use. `coupons` are those that were shown or apply by themselves, by key; `refusals` say which of
    those that were shown cannot be used, `used_up` which offers no longer apply. `new` are not written yet."""

    coupons: Keyed
    refusals: Mapping[str, Problem]
    used_up: Mapping[str, OfferVersion]
    new: Collection[uuid.UUID]

    def fresh_of(self, keys: Collection[str]) -> list[Coupon]:
        """Those of these that are not written yet."""
        return [one for key, one in self.coupons.items() if key in keys and one.id in self.new]


def find_usable(codes: Sequence[str], *, found: Situation, where: AppliesWhere, locked: bool) -> Usable:
    """What this sale may use. Locked, it stays so until the end of the transaction, but for what an offer has left.

    Raises `CodeMistyped`, `CouponUnknown`, `CouponOfSomebodyElse`.
    """
    shown = sale_use.require_coupons(codes, known=found.coupons)
    if any(one.member_id != where.member_id for one in shown):
        raise CouponOfSomebodyElse
    named = {one.offer_id for one in shown}
    kept = [one for one in found.kept if one.member_id == where.member_id and one.offer_id not in named]
    listed = [key for key in found.automatic if key[0] not in named]
    if locked:
        offers = {one.offer_id for one in (*shown, *kept) if one.offer_id is not None} | {id for id, _ in listed}
        offer_locks.hold_for_sale(offers, claimed=[id for id, _ in listed], member_id=where.member_id)
    by_themselves = candidates.find_candidates(listed, where)
    unused = {one.coupon_id: one for one in (*kept, *by_themselves.unused)}
    if not shown and not unused and not by_themselves.new and not (locked and where.sale_id):
        return Usable({}, {}, _used_up(by_themselves, {}), ())
    return _judged(shown, list(unused.values()), by_themselves, where=where, locked=locked)


def _judged(
    shown: Sequence[ShownCoupon],
    unused: Sequence[ShownCoupon],
    by_themselves: Candidates,
    *,
    where: AppliesWhere,
    locked: bool,
) -> Usable:
    judged = sale_use.coupons_for_sale(
        [*shown, *unused],
        member_id=where.member_id,
        brand_id=where.brand_id,
        store_id=where.store_id,
        zone=where.zone,
        sale_id=where.sale_id,
        now=where.now,
        bought_at=where.bought_at,
        locked=locked,
        new=by_themselves.new,
    )
    by_code = {one.code for one in shown}
    mine = [(f"coupon:{one.code}", one, refusal) for one, refusal in judged if one.code in by_code]
    applied: Keyed = {}
    for one, refusal in judged:
        if one.code not in by_code and refusal is None:
            applied.setdefault(key_of(one.offer_id), one)
    new = {one.id for one in by_themselves.new}
    return Usable(
        coupons={key: one for key, one, _ in mine} | applied,
        refusals={key: refusal for key, _, refusal in mine if refusal is not None},
        used_up=_used_up(by_themselves, applied),
        new={one.id for one in applied.values() if one.id in new},
    )


def _used_up(by_themselves: Candidates, applied: Collection[str]) -> dict[str, OfferVersion]:
    keyed = {key_of(one.offer_id): one for one in by_themselves.versions}
    return {key: version for key, version in keyed.items() if key not in applied}


def given_in(version: OfferVersion, found: Situation, basket: Basket) -> TenderCurrency | None:
    """What an offer gives in, if it gives something for later to the member's account: points, or money of the basket's
    currency."""
    if isinstance(version.gives, GiftCardAmount):
        return None
    if not isinstance(version.gives, MoneyGiven):
        return found.points_currency
    return next(iter(found.cagnottes), None) if basket.currency == found.money else None


def incentive_of(
    key: str, version: OfferVersion, *, given: TenderCurrency | None, ends_at: datetime | None = None
) -> Incentive:
    """What a version of an offer does in a sale; `given` is what it gives in, if it gives something for later."""
    return Incentive(
        key=key,
        effect=version.gives,
        counts_points=given is not None,
        given_in=given.id if given else None,
        worth=given.worth if given else None,
        products=version.articles,
        minimum_minor=version.minimum_minor,
        maximum_minor=version.maximum_minor,
        counted_tax=CountedTax(version.counted_tax),
        stacking=Stacking(version.stacking),
        base=PercentBase(version.base),
        rank=version.rank,
        ends_at=ends_at,
    )


def key_of(offer_id: uuid.UUID) -> str:
    """The name in a sale of an offer that applies by itself."""
    return f"{BY_ITSELF}{offer_id}"


def is_by_itself(key: str) -> bool:
    """Whether this is the name of an offer that nobody showed a coupon of."""
    return key.startswith(BY_ITSELF)


def fits(key: str, version: OfferVersion, *, found: Situation, currency: str) -> bool:
    """Whether a sale in this currency can use an offer: what was shown is refused where it cannot, what applies by
    itself does not apply."""
    if not is_by_itself(key):
        return True
    budgets = (one for one in found.allotments if one.offer_id in (None, version.offer_id))
    return version.gives.money in (None, currency) and all(one.currency == currency for one in budgets)


def missed(basket: Basket, used_up: Collection[Incentive]) -> list[LeftOut]:
    """Those that would have done something to this basket, as it was before anything else."""
    return [LeftOut(one, LeftOutReason.USED_UP, {}) for one in used_up if stack_incentives(basket, [one]).steps]


def worth_telling(left_out: Sequence[LeftOut]) -> list[LeftOut]:
    """What staff read of what did nothing: of offers that nobody showed, not those about other articles."""
    return [
        one for one in left_out if one.reason is not LeftOutReason.NO_ARTICLES or not is_by_itself(one.incentive.key)
    ]
