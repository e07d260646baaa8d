"""What a till asks, tried on what holds now: whose pass it is, which coupons can be used, and what the basket comes to.

Nothing is written here. Whoever writes afterwards asks for the locks.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from app import clock
from app.errors import Problem
from offers.checkout import costs, situation, stacking
from offers.checkout.discounts import Incentive, LeftOut, LeftOutReason, PointsPayment
from offers.checkout.errors import PointsPayNothing, SaleCurrencyForeign
from offers.checkout.offered import incentives, manufacturers
from offers.checkout.offered.incentives import Usable
from offers.checkout.purses import credit_notes
from offers.checkout.purses.standing import CagnotteStanding, find_missing, stand_cagnotte, told_cagnotte
from offers.checkout.situation import Situation, TenderCurrency
from offers.checkout.stacking import Stacked
from offers.coupons.models import Coupon
from offers.coupons.unclaimed import candidates
from offers.coupons.unclaimed.candidates import AppliesWhere
from offers.manufacturers.worth import CouponsJudged
from offers.planning.caps import price_caps
from offers.planning.models import OfferVersion, Stacking
from wallet.gift_cards.redemption import CardStanding
from wallet.ledger.errors import PointsUnknown
from wallet.points.open_books import OpenBooks
from wallet.product_lists import membership
from wallet.programmes import awards
from wallet.programmes.accrual import Award
from wallet.programmes.usage import Usage, read_usage
from wallet.purchases.basket import Basket
from wallet.purchases.basket_validation import check_basket

PAYMENT = "points"
"""The key of the points that pay."""


class Till(NamedTuple):
    """Where a sale is made."""

    brand_id: uuid.UUID
    store_id: uuid.UUID
    terminal_id: uuid.UUID


class PointsAsked(NamedTuple):
    """Points of the member that are to pay, as far as they are needed."""

    currency_id: uuid.UUID
    points: int
    by_tender: bool = False
    """Whether a tender takes them from the cagnotte, and the till said nothing of points."""


@dataclass(frozen=True)
class Asked:
    """What a till sends: the basket, the member's pass, coupons and points. `terminal` and `receipt` are its own names.

    `said_when` is when it was bought as the till said it; null when it said nothing, so that a retry says the same.
    `shown_at` is when its codes were shown, for whoever judged that a till without a network is to be believed.
    `is_paid`: it is paid already, whatever it comes to now, so its tenders are not held against anything.
    """

    code: str
    terminal: str
    receipt: str
    basket: Basket
    coupons: Sequence[str] = ()
    points: PointsAsked | None = None
    said_when: datetime | None = None
    shown_at: datetime | None = None
    is_paid: bool = False
    by_itself: bool = True
    """Whether offers apply by themselves: not where a till without a network has charged without them."""
    takes_cagnotte: bool = True
    """Whether a tender takes from the cagnotte: not where a till without a network said so in vain."""
    manufacturer_coupons: Sequence[str] = ()
    credit_minor: int | None = None
    """In an exchange, what comes of the return and may pay; null in every other sale."""


@dataclass(frozen=True)
class PricedSale:
    """What a sale comes to. `used` are the coupons that take effect, by key, and `fresh` those of them that are still
    to be written; `titled` are the offers that staff read of, by key; `refusals` say what cannot be used.
    `books` are the member's, for whoever asked for the locks: they were opened before `usage` was read."""

    member_id: uuid.UUID
    stacked: Stacked
    used: Mapping[str, Coupon]
    fresh: Sequence[Coupon]
    titled: Mapping[str, OfferVersion]
    refusals: Mapping[str, Problem]
    awards: Sequence[Award]
    cagnotte: CagnotteStanding | None
    """What a quote tells of it."""
    gift_cards: Sequence[CardStanding]
    """What a quote tells of those that are to pay."""
    moneys: Collection[uuid.UUID]
    """The brand's currencies that are money."""
    points: PointsAsked | None
    """What pays, cut to what is needed."""
    usage: Usage
    books: OpenBooks | None
    manufacturers: CouponsJudged
    """What coupons of manufacturers pay of it; why others do not stands in `refusals`."""


def read_situation(asked: Asked, *, till: Till, now: datetime) -> Situation:
    """What holds when a till asks this."""
    return situation.read_situation(
        code=asked.code,
        coupons=asked.coupons,
        terminal=asked.terminal,
        receipt=asked.receipt,
        brand_id=till.brand_id,
        store_id=till.store_id,
        basket=asked.basket,
        by_itself=asked.by_itself,
        now=now,
    )


def price_sale(
    asked: Asked,
    *,
    found: Situation,
    member_id: uuid.UUID,
    till: Till,
    sale_id: uuid.UUID | None,
    now: datetime,
    locked: bool,
    currencies: Collection[uuid.UUID] | None = None,
    kept: PointsAsked | None = None,
) -> PricedSale:
    """Try everything that was asked. What cannot be used is left out, with its refusal. `kept` is what this sale keeps
    already of what can pay. The member's books are opened if there are `currencies`, and these are made.

    Raises `CodeMistyped`, `CouponUnknown`, `CouponOfSomebodyElse`, `PointsUnknown`, `PointsPayNothing`,
    `SaleCurrencyForeign`, `CreditNoteDiffers`, and what `purchases.checking.check` raises.
    """
    check_basket(asked.basket, now=now)
    basket = membership.list_lines(asked.basket, found.listed)
    where = _where(asked, found=found, member_id=member_id, sale_id=sale_id, now=now)
    usable = incentives.find_usable(asked.coupons, found=found, where=where, locked=locked)
    coupons, refusals = usable.coupons, dict(usable.refusals)
    offered = {
        key: incentives.incentive_of(
            key, one.version, given=incentives.given_in(one.version, found, basket), ends_at=one.expires_at
        )
        for key, one in coupons.items()
        if incentives.fits(key, one.version, found=found, currency=basket.currency)
    }
    payment = _payment(asked, found=found)
    books = (
        None
        if currencies is None
        else OpenBooks(member_id=member_id, brand_id=till.brand_id, currencies=currencies, now=now)
    )
    cagnotte = None if locked else told_cagnotte(asked.points and asked.points.currency_id, found=found)
    usage = _usage(asked, found=found, member_id=member_id, shown=cagnotte, now=now)
    stands: dict[str, Any] = {"found": found, "usage": usage, "now": now}
    most_off = _caps(basket, found=found)
    deferred = _deferred(basket, found=found, usage=usage) if most_off else {}
    stack = partial(stacking.stack_incentives, basket, most_off=most_off, deferred=deferred)
    can = [one for key, one in offered.items() if key not in refusals]
    stacked, too_dear, gone = _stack_what_is_left(
        stack, [*can, *payment], usable, found, basket, now=now, locked=locked
    )
    refusals |= {key: refusal for key, refusal in too_dear.items() if not incentives.is_by_itself(key)}
    over = {key for key in (*too_dear, *gone) if incentives.is_by_itself(key)}
    can = [one for one in can if one.key not in over and one.key not in refusals]
    used_up = [
        incentives.incentive_of(key, version, given=incentives.given_in(version, found, basket))
        for key, version in {**usable.used_up, **{key: coupons[key].version for key in over}}.items()
        if incentives.fits(key, version, found=found, currency=basket.currency)
    ]
    paying = next((step for step in stacked.steps if step.incentive.pays), None)
    currency = found.currency(asked.points.currency_id) if asked.points else None
    if paying is not None and not locked and currency is not None:
        # Whoever takes the points finds out by taking them.
        mine = _kept_of(kept, currency)
        missing = find_missing(currency, paying.points - mine, kept=mine, **stands)
        if missing is not None:
            refusals[PAYMENT], paying = missing, None
            stacked = stack(can)
    judged = manufacturers.judge_coupons(
        asked.manufacturer_coupons, stacked, found=found, most_off=most_off, deferred=deferred
    )
    stacked = credit_notes.pay_by_return(manufacturers.pay_by_coupons(stacked, judged), asked.credit_minor)
    refused = [LeftOut(one, LeftOutReason.REFUSED, {}) for one in [*offered.values(), *payment] if one.key in refusals]
    told = incentives.worth_telling(stacked.left_out)
    return PricedSale(
        member_id=member_id,
        stacked=replace(stacked, left_out=(*told, *refused, *incentives.missed(basket, used_up))),
        used={
            step.incentive.key: coupons[step.incentive.key] for step in stacked.steps if step.incentive.key in coupons
        },
        fresh=usable.fresh_of({step.incentive.key for step in stacked.steps}),
        titled={key: one.version for key, one in coupons.items()} | dict(usable.used_up),
        refusals={**refusals, **judged.refusals},
        awards=awards.judge_basket(found.in_force, stacked.basket, usage),
        cagnotte=stand_cagnotte(cagnotte, stacked.basket, kept=_kept_of(kept, cagnotte), **stands),
        gift_cards=(),
        moneys=[one.id for one in found.cagnottes],
        points=asked.points._replace(points=paying.points) if asked.points and paying else None,
        usage=usage,
        books=books,
        manufacturers=judged,
    )


def _stack_what_is_left(
    stack: Callable[[Sequence[Incentive]], Stacked],
    asked: Sequence[Incentive],
    usable: Usable,
    found: Situation,
    basket: Basket,
    *,
    now: datetime,
    locked: bool,
) -> tuple[Stacked, Mapping[str, Problem], Collection[str]]:
    """Stack what budgets have enough for; locked, also what units there are for, which are taken then. Returns besides
    what is too dear, and of which offers nothing is left."""
    gone: set[str] = set()
    while True:
        stacked, too_dear = costs.stack_within_budgets(
            stack,
            [one for one in asked if one.key not in gone],
            coupons=usable.coupons,
            found=found,
            currency=basket.currency,
        )
        fresh = usable.fresh_of({step.incentive.key for step in stacked.steps})
        over = candidates.take_units(fresh, calendar=found.zone, now=now) if locked else None
        if over is None:
            return stacked, too_dear, gone
        gone.add(incentives.key_of(over))


def _where(
    asked: Asked, *, found: Situation, member_id: uuid.UUID, sale_id: uuid.UUID | None, now: datetime
) -> AppliesWhere:
    return AppliesWhere(
        member_id=member_id,
        brand_id=found.brand_id,
        store_id=found.store_id,
        zone=found.store_zone,
        calendar=found.zone,
        sale_id=sale_id,
        bought_at=asked.basket.bought_at,
        now=now,
    )


def _usage(
    asked: Asked, *, found: Situation, member_id: uuid.UUID, shown: TenderCurrency | None, now: datetime
) -> Usage:
    counting = found.counting_of(member_id)
    paying = asked.points.currency_id if asked.points else shown and shown.id
    if found.in_force is None and paying is None:
        return Usage(counting, tier=None, is_referred=False, lots=(), available=0)
    return read_usage(
        counting,
        found.in_force.programme if found.in_force else None,
        at=asked.basket.bought_at,
        paying=paying,
        now=now,
    )


def _payment(asked: Asked, *, found: Situation) -> list[Incentive]:
    if asked.points is None:
        return []
    currency = found.currency(asked.points.currency_id)
    if currency is None:
        raise PointsUnknown
    if currency.worth is None:
        raise PointsPayNothing
    if asked.basket.currency != found.money:
        raise SaleCurrencyForeign(currency=found.money)
    payment = PointsPayment(asked.points.points, currency.worth)
    return [Incentive(PAYMENT, payment, stacking=Stacking.ALWAYS)]


def _kept_of(kept: PointsAsked | None, currency: TenderCurrency | None) -> int:
    return kept.points if kept and currency and kept.currency_id == currency.id else 0


def _caps(basket: Basket, *, found: Situation) -> dict[int, int]:
    """What a law allows to be off each line that it is about."""
    day = clock.day_of(basket.bought_at, found.store_zone)
    return price_caps.most_off_lines(basket.lines, paths=found.capped, countries=found.countries, day=day)


def _deferred(basket: Basket, *, found: Situation, usage: Usage) -> dict[int, int]:
    """What the points that the basket would earn are worth, line by line, before anything is off: at least as much as
    they will be in the end."""
    worth = {one.id: one.worth for one in found.currencies}
    deferred: dict[int, int] = {}
    for award in awards.judge_basket(found.in_force, replace(basket, tenders=()), usage):
        known = worth.get(award.currency_id)
        for position, points in award.shares.items():
            deferred[position] = deferred.get(position, 0) + (known.at_most(points) if known else 0)
    return deferred
