"""What the means of payment of a sale may come to: the total, and what a law and a brand say of titres-restaurant."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app import clock
from app.languages import Money
from app.sql import db, locks
from offers.checkout import queries
from offers.checkout.errors import CagnotteDiffers, MealVouchersOverArticles, MealVouchersOverDay, TendersDiffer
from offers.checkout.pricing import Asked, PricedSale
from offers.checkout.situation import Situation
from wallet.programmes.rules import TenderRules
from wallet.purchases.basket import Basket
from wallet.purchases.tender_kinds import TenderKind, paid_by


class DailyCap(NamedTuple):
    """The most that titres-restaurant pay on one day of one person, from its first day on."""

    country: str
    amount_minor: int
    currency: str
    since: date
    law: str


DAILY_CAPS = (DailyCap("FR", 2_500, "EUR", date(2022, 10, 1), "Code du travail, R. 3262-10 (2022-1266)"),)
"""One line for each rule, the newest first. A rule that changes gets a new line; old sales keep the old one."""


def cap_on(day: date, *, countries: Collection[str], currency: str) -> DailyCap | None:
    """The rule of this day, if there is one."""
    standing = (cap for cap in DAILY_CAPS if cap.since <= day and cap.currency == currency)
    return next((cap for cap in standing if cap.country in countries), None)


def check_tenders(basket: Basket, *, payable_minor: int) -> None:
    """Hold what was paid against what was to be paid. Raises `TendersDiffer`, `CagnotteDiffers`."""
    if all(one.kind is TenderKind.MANUFACTURER_COUPON for one in basket.tenders):
        return  # these come of their codes: the till said nothing of others
    cagnotte = paid_by(basket.tenders, TenderKind.CAGNOTTE)
    paid = sum(one.amount_minor for one in basket.tenders) - cagnotte
    if paid != payable_minor:
        payable, tendered = (Money(amount, basket.currency) for amount in (payable_minor, paid))
        raise TendersDiffer(payable_minor=payable, tendered_minor=tendered)
    if any(one.kind is TenderKind.CAGNOTTE for one in basket.tenders) and cagnotte != basket.points_minor:
        points, said = (Money(amount, basket.currency) for amount in (basket.points_minor, cagnotte))
        raise CagnotteDiffers(paid_minor=points, said_minor=said)


def lock_meal_vouchers(asked: Asked, *, member_id: uuid.UUID) -> None:
    """Make another sale of this member that is paid by titres-restaurant wait, so that adding them up is exact."""
    if paid_by(asked.basket.tenders, TenderKind.MEAL_VOUCHER) and not asked.is_paid:
        locks.lock_name(f"meal_vouchers:{member_id}")


def check_meal_vouchers(asked: Asked, weighed: PricedSale, *, found: Situation) -> None:
    """Hold titres-restaurant against the articles that they pay for, and against the day's cap, together with the
    member's other sales at the brand: what was paid elsewhere the issuer knows.

    Raises `MealVouchersOverArticles`, `MealVouchersOverDay`.
    """
    basket = weighed.stacked.basket
    said = paid_by(basket.tenders, TenderKind.MEAL_VOUCHER)
    if not said or asked.is_paid:
        return
    rules = found.in_force.programme.tenders if found.in_force else TenderRules()
    most = meal_minor(basket, rules, paid=weighed.manufacturers.by_line())
    if said > most:
        raise MealVouchersOverArticles(most_minor=Money(most, basket.currency), said_minor=Money(said, basket.currency))
    day = clock.day_of(basket.bought_at, found.store_zone)
    cap = cap_on(day, countries=found.countries, currency=basket.currency)
    if cap is None:
        return
    since, until = clock.start_of(day, found.store_zone), clock.start_of(day + timedelta(days=1), found.store_zone)
    left = max(cap.amount_minor - _paid_before(weighed.member_id, found.brand_id, since=since, until=until), 0)
    if said > left:
        raise MealVouchersOverDay(
            most_minor=Money(cap.amount_minor, cap.currency), left_minor=Money(left, cap.currency), law=cap.law
        )


def meal_minor(basket: Basket, rules: TenderRules, *, paid: Mapping[int, int]) -> int:
    """What is to be paid for the articles that titres-restaurant pay for, taxes included, less what coupons of
    manufacturers paid of these lines."""
    lines = [line for line in basket.lines if rules.meal_articles.include(line)]
    on_top = 0 if basket.tax_included else sum(line.tax_minor(tax_included=False) for line in lines)
    return sum(line.net_minor - paid.get(line.position, 0) for line in lines) + on_top


def _paid_before(member_id: uuid.UUID, brand_id: uuid.UUID, *, since: datetime, until: datetime) -> int:
    asked = {"member": member_id, "brand": brand_id, "since": since, "until": until}
    [(paid,)] = db.send_statement(queries.MEAL_VOUCHERS, asked | {"kind": str(TenderKind.MEAL_VOUCHER)})
    return int(paid)
