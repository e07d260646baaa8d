"""Offers and rules name lists: what was on a list when something was bought counts, however late anybody asks."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.sql import db
from offers.checkout import sales
from offers.checkout.models import Sale
from offers.checkout.pricing import Asked
from offers.planning.caps import capped_categories
from offers.planning.caps.price_caps import Goods
from tests.checkout.factories import Counter
from tests.coupons.factories import acting_at
from tests.factories import NOON, made, make_brand
from tests.product_lists.factories import CHEESE, EARLIER, OIL, WINE, make_list, put_articles
from tests.programmes.factories import award, put_in_force, rule
from tests.tracing import sent_statements
from wallet.product_lists import membership
from wallet.product_lists.queries import LISTED_THEN
from wallet.programmes.rules import Programme, RuleKind
from wallet.purchases import records
from wallet.purchases.basket import Basket, BasketLine, Products
from wallet.purchases.models import Purchase

WINES = Products(lists=frozenset({"wines"}))
NO_WINES = Products(but_not_lists=frozenset({"wines"}))


@pytest.fixture
def counter() -> Counter:
    counter = Counter()
    make_list(counter.brand, "wines", WINE)
    return counter


def bottle(gtin: str = WINE, at: int = 1, cents: int = 1_000) -> BasketLine:
    return BasketLine(at, 1, cents, gtin=gtin, category="drinks")


def test_an_offer_is_about_the_articles_of_a_list(counter: Counter) -> None:
    coupon = counter.percent(10, products=WINES)
    assert counter.sells(bottle(), bottle(CHEESE, 2), coupons=[coupon]).payable_minor == 1_900


def test_an_offer_leaves_the_articles_of_a_list_out(counter: Counter) -> None:
    coupon = counter.percent(10, products=NO_WINES)
    assert counter.sells(bottle(), bottle(CHEESE, 2), coupons=[coupon]).payable_minor == 1_900


@pytest.mark.parametrize("spelling", ["036000291452", "0036000291452", "00036000291452"])
def test_an_article_is_on_a_list_in_whatever_way_its_number_is_written(counter: Counter, spelling: str) -> None:
    make_list(counter.brand, "oils", OIL)
    coupon = counter.percent(10, products=Products(lists=frozenset({"oils"})))
    assert counter.sells(bottle(spelling), coupons=[coupon]).payable_minor == 900


def test_a_list_of_another_brand_names_nothing_here(counter: Counter) -> None:
    make_list(make_brand(), "wines", CHEESE)
    coupon = counter.percent(10, products=WINES)
    assert counter.sells(bottle(CHEESE), bottle(WINE, 2), coupons=[coupon]).payable_minor == 1_900


def test_an_article_that_left_a_list_was_on_it_before(counter: Counter) -> None:
    coupon = counter.percent(10, products=WINES)
    put_articles(counter.brand, "wines", CHEESE, now=NOON + timedelta(hours=1))
    later = {"coupons": [coupon], "now": NOON + timedelta(hours=2)}
    assert counter.quotes(bottle(), bought_at=NOON, **later).stacked.basket.net_minor == 900
    assert counter.quotes(bottle(), bottle(CHEESE, 2), **later).stacked.basket.net_minor == 1_900
    assert [step.lines for step in counter.quotes(bottle(CHEESE), **later).stacked.steps] == [{1: 100}]


def test_a_sale_comes_back_as_it_was_although_the_list_changed(counter: Counter) -> None:
    coupon = counter.percent(10, products=WINES)
    sale: Sale = counter.sells(bottle(), coupons=[coupon])
    put_articles(counter.brand, "wines", now=NOON + timedelta(minutes=1))
    assert counter.returns(sale, {1: 1}, now=NOON + timedelta(hours=1)).refund_minor == 900


def test_an_article_may_come_again() -> None:
    brand = make_brand()
    make_list(brand, "wines", WINE)
    for minute, gtins in enumerate([(), (WINE,), (), (WINE,)]):
        put_articles(brand, "wines", *gtins, now=NOON + timedelta(minutes=minute))
    seen = [is_on(brand.id, NOON + timedelta(minutes=minute, seconds=30)) for minute in range(-1, 4)]
    assert seen == [True, False, True, False, True]


def test_a_change_back_at_one_instant_is_none() -> None:
    brand = make_brand()
    make_list(brand, "wines", WINE)
    for gtins in [(), (WINE,)]:
        put_articles(brand, "wines", *gtins)
    assert is_on(brand.id, NOON)


def is_on(brand_id: uuid.UUID, at: datetime) -> bool:
    basket = Basket("EUR", at, (bottle(),))
    with db.system_transaction():
        found = membership.list_baskets({0: basket}, brand_id=brand_id)
    return found[0].lines[0].lists == {"wines"}


def earns_on(counter: Counter, products: Products) -> None:
    """From now on each unit of these articles brings five points."""
    mine = rule("wine", RuleKind.ITEM, points=5, products=products, currency_id=counter.currency.id)
    put_in_force(counter.brand, Programme("EUR", (mine,)))


def test_a_rule_counts_the_articles_of_a_list(counter: Counter) -> None:
    earns_on(counter, WINES)
    counter.sells(bottle(), bottle(CHEESE, 2))
    assert counter.available == 5


def test_a_purchase_that_comes_late_is_counted_by_what_was_on_the_list_then(counter: Counter) -> None:
    earns_on(counter, WINES)
    put_articles(counter.brand, "wines", CHEESE)
    bought = [buy_basket(counter, bottle(gtin), at=NOON + timedelta(hours=hours)) for gtin, hours in LATE]
    assert [sum(one.points for one in award(purchase, now=LATER)) for purchase in bought] == [5, 0, 0, 5]


LATER = NOON + timedelta(days=2)
LATE = [(WINE, -1), (WINE, 1), (CHEESE, -1), (CHEESE, 1)]


def buy_basket(counter: Counter, line: BasketLine, *, at: datetime) -> Purchase:
    with made():
        basket = Basket("EUR", at, (line,), store_id=counter.store.id)
        said = {"basket": basket, "terminal": "1", "receipt": uuid.uuid4().hex, "now": LATER}
        return records.record_purchase(member_id=counter.member.id, brand_id=counter.brand.id, **said)


def test_one_of_a_list_is_free_for_two_of_the_offers_articles(counter: Counter) -> None:
    gift = {"kind": "free_of_list", "free_list": "wines", "bought_units": 2, "most_free": 1}
    coupon = counter.coupon(benefit=gift, products=Products(categories=frozenset({"food"})))
    food = [BasketLine(at, 1, 500, category="food") for at in (2, 3)]
    assert counter.quotes(bottle(), food[0], coupons=[coupon]).stacked.basket.net_minor == 1_500
    sale = counter.sells(bottle(), *food, bottle(CHEESE, 4), coupons=[coupon])
    assert sale.payable_minor == 2_000


def test_a_free_article_of_a_list_is_cut_to_what_the_law_allows(counter: Counter) -> None:
    with made():
        capped_categories.map_categories(brand_id=counter.brand.id, categories={Goods.FOOD: ["drinks"]})
    gift = {"kind": "free_of_list", "free_list": "wines", "bought_units": 1, "most_free": 1}
    coupon = counter.coupon(benefit=gift, products=Products(categories=frozenset({"food"})))
    assert counter.sells(bottle(), BasketLine(2, 1, 500, category="food"), coupons=[coupon]).payable_minor == 1_160


def test_lists_are_read_with_what_else_holds(counter: Counter) -> None:
    coupon = counter.percent(10, products=WINES)
    asked = counter.asks(bottle(), coupons=[coupon])
    plain = counter.asks(bottle(), coupons=[counter.percent(10)])

    def sent(one: Asked) -> int:
        counter.quotes(bottle(), coupons=[coupon])
        with acting_at(counter.terminal), sent_statements() as statements:
            sales.quote_sale(asked=one, till=counter.till, now=NOON)
        return len(statements)

    assert sent(asked) == sent(plain)


def test_a_list_of_two_hundred_thousand_articles_costs_a_sale_some_looks_into_an_index() -> None:
    """A basket of fifty articles, half of them on the list."""
    brand = make_brand()
    made_list = make_list(brand, "assortment")
    with db.system_transaction():
        whose = {"brand": brand.id, "list": made_list.id, "since": EARLIER}
        db.execute(FILL, whose)
        db.execute(text("ANALYZE product_list_article"))
        asked = {"brand": brand.id, "gtins": [*range(0, 50_000, 1_000)], "at": NOON}
        plan = db.execute(PLAN, asked).scalar_one()[0]["Plan"]
    assert plan["Actual Rows"] == 50
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 50 * 6
    assert "pk_product_list_article" in str(plan)


FILL = text("""
INSERT INTO product_list_article (brand_id, gtin, list_id, since)
SELECT :brand, gtin, :list, :since FROM generate_series(0, 199999) AS gtin
""")
PLAN = text(f"""
EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)
SELECT gtin FROM product_list_article AS article WHERE gtin = ANY(CAST(:gtins AS bigint[]))
AND {LISTED_THEN.format(brand="CAST(:brand AS uuid)", at="CAST(:at AS timestamptz)")}
""")
