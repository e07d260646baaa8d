"""What a till asks, tried on what holds now: whose pass it is, which coupons can be used, and what the basket comes to.

Nothing is written here. Whoever writes afterwards asks for the locks.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.errors import Problem
from app.sql import db
from offers.checkout import queries, stacking
from offers.checkout.discounts import Incentive, IncentiveKind, LeftOut, LeftOutReason, Worth
from offers.checkout.errors import CouponOfSomebodyElse, PointsPayNothing
from offers.checkout.stacking import Stacked
from offers.coupons import sale_use
from offers.coupons.models import Coupon
from offers.planning import capped_categories, price_caps
from offers.planning.models import PercentBase, Stacking
from wallet.ledger.errors import NotEnoughPoints, PointsUnknown
from wallet.ledger.models import PointsCurrency
from wallet.ledger.queries import currencies_of
from wallet.points import currencies, statements
from wallet.programmes import awards
from wallet.programmes.accrual import Award
from wallet.purchases.basket import Basket
from wallet.purchases.basket_validation import check_basket
from wallet.scanning import scans

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


@dataclass(frozen=True)
class Asked:
    """What a till sends: the basket, the member's pass, coupons and points. `terminal` and `receipt` are its own names.

    `said_when` is when it was bought as the till said it; null when it said nothing, so that a retry says the same.
    """

    code: str
    terminal: str
    receipt: str
    basket: Basket
    coupons: Sequence[str] = ()
    points: PointsAsked | None = None
    said_when: datetime | None = None


@dataclass(frozen=True)
class PricedSale:
    """What a sale comes to. `used` are the coupons that take effect, by key; `refusals` say what cannot be used."""

    member_id: uuid.UUID
    stacked: Stacked
    used: Mapping[str, Coupon]
    refusals: Mapping[str, Problem]
    awards: Sequence[Award]
    bonus_currency: PointsCurrency | None
    points: PointsAsked | None
    """What pays, cut to what is needed."""


def find_member_by_code(code: str, *, brand_id: uuid.UUID) -> uuid.UUID:
    """Whose pass this is, as a scan would say.

    Raises `CodeMistyped`; `PassUnknown`, also for a closed card; `CardBlocked`; `CardLost`.
    """
    return scans.find_pass(code=code, brand_id=brand_id).member_id


def price_sale(
    asked: Asked,
    *,
    member_id: uuid.UUID,
    till: Till,
    sale_id: uuid.UUID | None,
    now: datetime,
    locked: bool,
    kept_points: int = 0,
) -> PricedSale:
    """Try everything that was asked. What cannot be used is left out, with its refusal. `kept_points` of what is to pay
    are kept for this sale already.

    Raises `CodeMistyped`, `CouponUnknown`, `CouponOfSomebodyElse`, `PointsUnknown`, `PointsPayNothing`,
    `SaleCurrencyForeign`, and what `purchases.checking.check` raises.
    """
    basket = asked.basket
    check_basket(basket, now=now)
    coupons, refusals = _coupons(asked, member_id=member_id, till=till, sale_id=sale_id, now=now, locked=locked)
    bonus_currency = db.first(currencies_of(till.brand_id).order_by(PointsCurrency.created_at, PointsCurrency.id))
    incentives = {key: _of_coupon(key, coupon, bonus=bonus_currency) for key, coupon in coupons.items()}
    payment = _payment(asked, brand_id=till.brand_id)
    most_off = _caps(basket, till=till)
    deferred = _deferred(basket, member_id=member_id, till=till, now=now) if most_off else {}
    can = [one for key, one in incentives.items() if key not in refusals]
    stacked = stacking.stack_incentives(basket, [*can, *payment], most_off=most_off, deferred=deferred)
    paying = next((step for step in stacked.steps if step.incentive.kind is IncentiveKind.PAYMENT), None)
    if paying is not None and not locked and asked.points is not None:
        # Whoever takes the points finds out by taking them.
        wanted = paying.points - kept_points
        missing = _missing(asked.points.currency_id, wanted, member_id=member_id, now=now)
        if missing is not None:
            refusals[PAYMENT], paying = missing, None
            stacked = stacking.stack_incentives(basket, can, most_off=most_off, deferred=deferred)
    refused = [
        LeftOut(one, LeftOutReason.REFUSED, {}) for one in [*incentives.values(), *payment] if one.key in refusals
    ]
    return PricedSale(
        member_id=member_id,
        stacked=replace(stacked, left_out=(*stacked.left_out, *refused)),
        used={
            step.incentive.key: coupons[step.incentive.key] for step in stacked.steps if step.incentive.key in coupons
        },
        refusals=refusals,
        awards=awards.quote_awards(member_id=member_id, brand_id=till.brand_id, basket=stacked.basket, now=now),
        bonus_currency=bonus_currency,
        points=asked.points._replace(points=paying.points) if asked.points and paying else None,
    )


def worth_of(currency: PointsCurrency | None) -> Worth | None:
    """What points of a currency are worth; None where they cannot pay."""
    if currency is None or currency.worth_points is None or currency.worth_minor is None:
        return None
    return Worth(currency.worth_points, currency.worth_minor)


def _coupons(
    asked: Asked, *, member_id: uuid.UUID, till: Till, sale_id: uuid.UUID | None, now: datetime, locked: bool
) -> tuple[dict[str, Coupon], dict[str, Problem]]:
    known = sale_use.codes_of_coupons(codes=asked.coupons, brand_id=till.brand_id)
    if any(code.member_id != member_id for code in known):
        raise CouponOfSomebodyElse
    judged = sale_use.coupons_for_sale(
        member_id=member_id,
        brand_id=till.brand_id,
        store_id=till.store_id,
        coupon_ids=[code.target_id for code in known],
        sale_id=sale_id,
        now=now,
        locked=locked,
    )
    coupons = {f"coupon:{coupon.code}": coupon for coupon, _ in judged}
    refusals = {f"coupon:{coupon.code}": refusal for coupon, refusal in judged if refusal is not None}
    return coupons, refusals


def _of_coupon(key: str, coupon: Coupon, *, bonus: PointsCurrency | None) -> Incentive:
    version = coupon.version
    benefit: Mapping[str, Any] = version.benefit
    return Incentive(
        key=key,
        kind=IncentiveKind(benefit["kind"]),
        percent=benefit.get("percent", 0),
        amount_minor=benefit.get("amount_minor", 0),
        currency=benefit.get("currency"),
        points=benefit.get("points", 0) if bonus else 0,
        worth=worth_of(bonus),
        products=version.articles,
        minimum_minor=version.minimum_minor,
        stacking=Stacking(version.stacking),
        base=PercentBase(version.base),
        rank=version.rank,
        ends_at=coupon.expires_at,
    )


def _payment(asked: Asked, *, brand_id: uuid.UUID) -> list[Incentive]:
    if asked.points is None:
        return []
    worth = worth_of(currencies.the_currency(brand_id=brand_id, currency_id=asked.points.currency_id))
    if worth is None:
        raise PointsPayNothing
    return [
        Incentive(PAYMENT, IncentiveKind.PAYMENT, points=asked.points.points, worth=worth, stacking=Stacking.ALWAYS)
    ]


def _missing(currency_id: uuid.UUID, points: int, *, member_id: uuid.UUID, now: datetime) -> Problem | None:
    try:
        available = statements.read_balance(member_id=member_id, currency_id=currency_id, now=now).book.available
    except PointsUnknown:
        available = 0
    if points <= available:
        return None
    return NotEnoughPoints(required=points, available=available, missing=points - available)


def _caps(basket: Basket, *, till: Till) -> dict[int, int]:
    """What a law allows to be off each line that it is about."""
    paths = capped_categories.capped_categories(brand_id=till.brand_id)
    if not paths:
        return {}
    countries = capped_categories.countries_of(till.brand_id)
    zone = db.rows(queries.stores_named([till.store_id]))[0].time_zone
    day, found = clock.day_of(basket.bought_at, zone), {}
    for line in basket.lines:
        goods = price_caps.goods_in(line.category, paths)
        cap = price_caps.cap_for(goods, countries=countries, day=day) if goods else None
        if cap is not None:
            found[line.position] = cap.most_off(line.gross_minor)
    return found


def _deferred(basket: Basket, *, member_id: uuid.UUID, till: Till, now: datetime) -> dict[int, int]:
    """What the points that the basket would earn are worth, line by line, before anything is off: at least as much as
    they will be in the end."""
    worth = {one.id: worth_of(one) for one in db.all_of(currencies_of(till.brand_id))}
    found: dict[int, int] = {}
    for award in awards.quote_awards(member_id=member_id, brand_id=till.brand_id, basket=basket, now=now):
        known = worth.get(award.currency_id)
        for position, points in award.shares.items():
            found[position] = found.get(position, 0) + (known.at_most(points) if known else 0)
    return found
