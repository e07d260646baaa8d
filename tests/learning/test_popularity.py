"""What a brand sells lately is counted over members who permit it, and over five at least: nothing about anybody."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from app.accounts.models import Brand
from offers.learning import decay, popularity
from offers.learning.models import ArticlePopularity
from tests.factories import NOON, made, make_brand, make_member, make_store
from tests.learning.factories import A_DAY, BREAD, forbid, permit
from tests.purchases.factories import MILK, buy, line, take_back
from wallet.purchases.basket import Products

DAIRY, BREADS = "food/dairy/milk", "food/bread"


class Market:
    """A brand where five members who permit it bought milk, four of them bread too, and one who refuses bought tea."""

    def __init__(self) -> None:
        with made():
            self.brand: Brand = make_brand()
            self.store = make_store(self.brand)
            self.members = [make_member() for _ in range(5)]
            self.refusing = make_member()
        for place, member in enumerate(self.members):
            permit(member, self.brand)
            bread = () if place == 0 else (line(position=2, gtin=BREAD, category=BREADS),)
            self.last = buy(member, self.store, line(), *bread)
        self.refuse()

    def refuse(self) -> None:
        for _ in range(6):
            buy(self.refusing, self.store, line(gtin=None, sku="tea", category="food/tea"))

    def weigh(self) -> Mapping[str, int]:
        with made():
            popularity.weigh_brand(self.brand.id, now=NOON)
            mine = select(ArticlePopularity).where(ArticlePopularity.brand_id == self.brand.id)
            from app.sql import db

            return {one.key: int(one.weight) for one in db.all_of(mine)}

    def shares(self, *products: Products) -> list[float]:
        with made():
            return popularity.shares_of(brand_id=self.brand.id, products=products)


@pytest.fixture
def market() -> Market:
    return Market()


ONE = decay.weigh_event(1, NOON.date(), decay.POPULARITY)


def test_an_article_counts_once_five_members_bought_it(market: Market) -> None:
    assert market.weigh() == {"": 9 * ONE, f"gtin:0{MILK}": 5 * ONE}


def test_a_share_is_of_all_that_is_sold(market: Market) -> None:
    market.weigh()
    shares = market.shares(
        Products(gtins=frozenset({MILK})),
        Products(categories=frozenset({"food/dairy"})),
        Products(gtins=frozenset({BREAD})),
    )
    assert shares == pytest.approx([5 / 9, 5 / 9, 0])


def test_whoever_refuses_leaves_no_trace_in_it(market: Market) -> None:
    before = market.weigh()
    market.refuse()
    assert market.weigh() == before


def test_a_fifth_member_who_withdraws_takes_the_article_along(market: Market) -> None:
    market.weigh()
    forbid(market.members[0], market.brand)
    assert market.weigh() == {}


def test_what_came_back_was_not_sold(market: Market) -> None:
    take_back(market.last, {1: 1})
    assert f"gtin:0{MILK}" not in market.weigh()


def test_what_was_bought_half_a_year_ago_counts_less_and_what_is_older_not_at_all(market: Market) -> None:
    for member in market.members:
        for days in (decay.POPULARITY, popularity.HORIZON_DAYS + 1):
            at = NOON - days * A_DAY
            buy(member, market.store, bought_at=at, now=at)
    weights = market.weigh()
    assert weights[f"gtin:0{MILK}"] == pytest.approx(7.5 * ONE, rel=1e-3)


def test_a_brand_without_sales_has_none() -> None:
    brand = make_brand()
    with made():
        assert popularity.weigh_brand(brand.id, now=NOON) == 0
        assert popularity.shares_of(brand_id=brand.id, products=[Products()]) == [0]
