"""Purchases are written down once, whenever and however often they arrive."""

from datetime import timedelta

import pytest

from app.sql import db
from tests.factories import NOON, make_member, make_store
from tests.purchases.factories import MILK, Shop, basket, basket_of, keep_another_hash, line, lines_of, purchases_of
from tests.racing import at_once
from wallet.purchases import basket_validation, records
from wallet.purchases.basket import Basket
from wallet.purchases.errors import GtinWrong, LineUnsound, PurchaseInFuture, PurchaseTooOld, ReceiptReused
from wallet.purchases.models import Purchase


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def test_a_purchase_holds_the_sums_of_its_lines(shop: Shop) -> None:
    made = shop.buy(line(2000, promotion_minor=250), line(500, position=2, quantity=3))
    assert (made.gross_minor, made.promotion_minor, made.net_minor) == (2500, 250, 2250)


def test_what_was_bought_is_read_as_it_was_written(shop: Shop) -> None:
    wanted = basket(
        shop.store, line(999, promotion_minor=1, tax_bp=550), line(1, position=2, gtin=None, sku="A-1", quantity=4)
    )
    with db.system_transaction():
        made = records.record_purchase(
            member_id=shop.member.id, brand_id=shop.brand.id, basket=wanted, terminal="2", receipt="77", now=NOON
        )
    with db.system_transaction():
        assert basket_of(made) == wanted


def test_the_same_receipt_twice_is_one_purchase(shop: Shop) -> None:
    first = shop.buy(receipt="same")
    again = shop.buy(receipt="same", now=NOON + timedelta(hours=1))
    assert (again.id, again.recorded_at) == (first.id, first.recorded_at)


def test_a_receipt_number_that_comes_back_with_another_amount_is_refused(shop: Shop) -> None:
    shop.buy(receipt="reused")
    with pytest.raises(ReceiptReused):
        shop.buy(line(999), receipt="reused")


def test_a_receipt_number_that_comes_back_with_another_card_is_refused(shop: Shop) -> None:
    shop.buy(receipt="taken")
    with pytest.raises(ReceiptReused):
        shop.buy(receipt="taken", member=make_member())


def test_the_same_number_of_another_till_is_another_purchase(shop: Shop) -> None:
    first, second = shop.buy(receipt="9", terminal="8"), shop.buy(receipt="9", terminal="9")
    assert first.id != second.id


def test_the_same_number_of_another_store_is_another_purchase(shop: Shop) -> None:
    first = shop.buy(receipt="10")
    shop.store = make_store(shop.brand)
    assert shop.buy(receipt="10").id != first.id


def test_what_arrives_late_and_out_of_order_is_as_old_as_it_is(shop: Shop) -> None:
    member = make_member()
    for days in (1, 300, 30):
        shop.buy(member=member, bought_at=NOON - timedelta(days=days))
    assert sorted(p.bought_at for p in purchases_of(member)) == [NOON - timedelta(days=d) for d in (300, 30, 1)]


def test_a_till_whose_clock_is_a_little_ahead_is_believed(shop: Shop) -> None:
    assert shop.buy(bought_at=NOON + basket_validation.SKEW).bought_at == NOON + basket_validation.SKEW


def test_a_purchase_of_the_future_is_refused(shop: Shop) -> None:
    with pytest.raises(PurchaseInFuture):
        shop.buy(bought_at=NOON + timedelta(hours=1))


def test_a_purchase_that_would_be_forgotten_at_once_is_refused(shop: Shop) -> None:
    with pytest.raises(PurchaseTooOld):
        shop.buy(bought_at=NOON - basket_validation.KEPT)


def test_a_wrong_digit_in_an_article_number_is_refused(shop: Shop) -> None:
    with pytest.raises(GtinWrong):
        shop.buy(line(gtin=MILK[:-1] + "5"))


def test_a_voided_line_is_no_line(shop: Shop) -> None:
    with pytest.raises(LineUnsound):
        shop.buy(line(quantity=0))


def test_a_promotion_above_the_price_is_refused(shop: Shop) -> None:
    with pytest.raises(LineUnsound):
        shop.buy(line(100, promotion_minor=101))


def test_the_same_receipt_with_its_articles_numbered_otherwise_is_one_purchase(shop: Shop) -> None:
    first = shop.buy(line(gtin="036000291452"), receipt="same")
    assert shop.buy(line(gtin="0036000291452"), receipt="same").id == first.id


def test_a_number_is_kept_as_it_was_sent(shop: Shop) -> None:
    assert [one.gtin for one in lines_of(shop.buy(line(gtin="0036000291452")))] == ["0036000291452"]


def test_a_purchase_of_a_time_in_which_spellings_were_articles_is_known_again(shop: Shop) -> None:
    first = shop.buy(line(gtin="0036000291452"), receipt="old")
    keep_another_hash(first)
    assert shop.buy(line(gtin="036000291452"), receipt="old").id == first.id


def test_a_receipt_that_sixteen_tills_send_at_once_is_one_purchase(shop: Shop) -> None:
    member = make_member()
    made = at_once(16, lambda _: shop.buy(member=member, receipt="raced"))
    assert len({purchase.id for purchase in made}) == 1
    assert len(purchases_of(member)) == 1


def test_of_two_purchases_that_want_one_number_at_once_one_is_refused(shop: Shop) -> None:
    def attempt(number: int) -> Purchase | None:
        try:
            return shop.buy(line(100 + number), receipt="contested")
        except ReceiptReused:
            return None

    assert sum(made is not None for made in at_once(8, attempt)) == 1


def test_lines_know_how_many_units_came_back(shop: Shop) -> None:
    assert [(found.position, found.returned_quantity) for found in lines_of(shop.buy())] == [(1, 0)]


def test_a_basket_of_nothing_is_a_purchase_without_lines(shop: Shop) -> None:
    with db.system_transaction():
        made = records.record_purchase(
            member_id=shop.member.id,
            brand_id=shop.brand.id,
            basket=Basket("EUR", NOON, (), shop.store.id),
            terminal="1",
            receipt="empty",
            now=NOON,
        )
    assert (made.net_minor, lines_of(made)) == (0, [])
