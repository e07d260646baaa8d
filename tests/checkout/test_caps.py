"""The French cap in a basket: what is given at once and later, by the till and by us, counts together."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.sql import db
from offers.checkout.discounts import LeftOutReason
from offers.planning.caps.capped_categories import map_categories
from offers.planning.caps.price_caps import Goods
from tests.checkout.factories import Counter
from tests.programmes.factories import rule
from wallet.purchases.basket import BasketLine, Products

PATHS = {Goods.FOOD: ["food"], Goods.EVERYDAY: ["drugstore"]}
FOOD = Products(categories=frozenset({"food"}))
HALF = {"capped_at_till": True}


def counter(*rules: Any, **given: Any) -> Counter:
    made = Counter(*rules, **given)
    with db.system_transaction():
        map_categories(brand_id=made.brand.id, categories=PATHS)
    return made


def off(made: Counter, *lines: BasketLine | int, percent: int = 50, **given: Any) -> int:
    weighed = made.quotes(*lines, coupons=[made.percent(percent, **HALF)], **given)
    return weighed.stacked.initial.net_minor - weighed.stacked.basket.net_minor


@pytest.mark.parametrize(
    ("category", "taken"), [("food/dairy", 340), ("drugstore", 400), ("toys", 500)], ids=["food", "everyday", "other"]
)
def test_an_article_is_cut_to_the_cap_of_its_goods(category: str, taken: int) -> None:
    assert off(counter(), BasketLine(1, 1, 1_000, category=category)) == taken


def test_what_the_till_took_off_counts() -> None:
    assert off(counter(), BasketLine(1, 1, 1_000, 300, category="food")) == 40


def test_several_coupons_together_stay_under_the_cap() -> None:
    made = counter()
    weighed = made.quotes(1_000, coupons=[made.percent(30, rank=1), made.percent(30, rank=2)])
    assert [(step.amount_minor, step.capped) for step in weighed.stacked.steps] == [(300, False), (40, True)]


def test_points_that_the_article_earns_count_with_what_they_are_worth() -> None:
    """One point a euro, five cents a point: ten euros bring fifty cents later."""
    assert off(counter(rule()), 1_000) == 340 - 50


def test_points_that_pay_do_not_count_again() -> None:
    made = counter(points=200)
    assert made.quotes(1_000, points=200).stacked.basket.net_minor == 0


def test_a_coupon_that_the_cap_leaves_nothing_of_is_not_used_up() -> None:
    made = counter()
    sale = made.sells(BasketLine(1, 1, 1_000, 340, category="food"), coupons=[made.percent(10)])
    assert [left["reason"] for left in sale.trace["left_out"]] == [LeftOutReason.PROMOTION_CAP]


def test_the_cap_does_not_move_the_reduction_to_another_article() -> None:
    lines = (BasketLine(1, 1, 1_000, category="food"), BasketLine(2, 1, 1_000, category="toys"))
    assert off(counter(), *lines) == 340 + 500


def test_two_for_the_price_of_three_is_under_the_cap() -> None:
    made = counter()
    item = {"fr": "Le moins cher", "en": "The cheapest"}
    free = made.coupon(benefit={"kind": "free_item", "item": item}, products=FOOD, capped_at_till=True)
    weighed = made.quotes(BasketLine(1, 3, 900, category="food"), coupons=[free])
    assert weighed.stacked.basket.net_minor == 600


def test_other_countries_have_no_cap() -> None:
    assert off(counter(countries=["BE"]), 1_000) == 500


@pytest.mark.parametrize(("day", "taken"), [("2028-04-15", 340), ("2028-04-16", 500)])
def test_the_last_day_of_the_law_is_included(day: str, taken: int) -> None:
    evening = datetime.fromisoformat(f"{day}T23:30").replace(tzinfo=ZoneInfo("Europe/Paris"))
    made = counter()
    coupon = made.percent(50, now=evening - timedelta(hours=1), **HALF)
    weighed = made.quotes(1_000, coupons=[coupon], now=evening)
    assert 1_000 - weighed.stacked.basket.net_minor == taken
