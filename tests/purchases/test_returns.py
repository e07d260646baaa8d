"""What was bought comes back: never more than was bought, never more money than was paid."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.sql import db
from tests.purchases.factories import Shop, line, lines_of, take_back
from tests.racing import at_once
from tests.sizes import chosen
from wallet.purchases import returns
from wallet.purchases.errors import MoreThanBought, PurchaseLineUnknown, PurchaseUnknown, ReturnReused
from wallet.purchases.models import PurchaseLine
from wallet.purchases.returns import value_of


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def test_six_and_four_euros_less_ten_per_cent_give_back_five_forty_for_the_first(shop: Shop) -> None:
    bought = shop.buy(line(600, promotion_minor=60), line(400, position=2, promotion_minor=40))
    assert take_back(bought, {1: 1}).amount_minor == 540


def test_units_that_come_back_one_by_one_give_back_what_was_paid(shop: Shop) -> None:
    bought = shop.buy(line(1000, quantity=3))
    assert [take_back(bought, {1: 1}).amount_minor for _ in range(3)] == [333, 333, 334]


@given(net=st.integers(0, 10_000), parts=st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_in_whatever_parts_units_come_back_together_they_are_worth_what_was_paid(net: int, parts: list[int]) -> None:
    bought, before, given_back = PurchaseLine(net_minor=net, quantity=sum(parts)), 0, 0
    for part in parts:
        given_back += value_of(bought, before=before, now=part)
        before += part
    assert given_back == net


def test_more_than_was_bought_does_not_come_back(shop: Shop) -> None:
    bought = shop.buy(line(quantity=2))
    take_back(bought, {1: 1})
    with pytest.raises(MoreThanBought) as refused:
        take_back(bought, {1: 2})
    assert refused.value.facts == {"position": 1, "left": 1, "wanted": 2}


def test_a_return_of_which_one_line_is_refused_takes_nothing_back(shop: Shop) -> None:
    bought = shop.buy(line(), line(position=2))
    with pytest.raises(MoreThanBought):
        take_back(bought, {1: 1, 2: 2})
    assert [found.returned_quantity for found in lines_of(bought)] == [0, 0]


def test_less_than_nothing_does_not_come_back(shop: Shop) -> None:
    with pytest.raises(MoreThanBought):
        take_back(shop.buy(), {1: -1})


def test_a_line_that_was_not_bought_is_unknown(shop: Shop) -> None:
    with pytest.raises(PurchaseLineUnknown):
        take_back(shop.buy(), {7: 1})


def test_a_purchase_of_somebody_else_is_unknown(shop: Shop) -> None:
    bought, theirs = shop.buy(), Shop()
    bought.member_id = theirs.member.id
    with pytest.raises(PurchaseUnknown):
        take_back(bought, {1: 1})


def test_the_same_return_twice_is_one_effect(shop: Shop) -> None:
    bought = shop.buy(line(quantity=5))
    first, again = (take_back(bought, {1: 2}, source="r1") for _ in range(2))
    assert (first.again, again.again, again.record.id) == (False, True, first.record.id)
    assert again.units == first.units == {1: (2, 0, 5)}
    assert [found.returned_quantity for found in lines_of(bought)] == [2]


def test_a_return_that_comes_back_with_other_lines_is_refused(shop: Shop) -> None:
    bought = shop.buy(line(quantity=5))
    take_back(bought, {1: 2}, source="r1")
    with pytest.raises(ReturnReused):
        take_back(bought, {1: 3}, source="r1")


def test_what_is_left_is_what_can_still_come_back(shop: Shop) -> None:
    bought = shop.buy(line(quantity=3), line(position=2))
    take_back(bought, {1: 1, 2: 1})
    with db.system_transaction():
        assert returns.what_is_left(member_id=bought.member_id, purchase_id=bought.id) == {1: 2}


def test_of_sixteen_returns_of_three_units_at_once_three_are_taken(shop: Shop) -> None:
    bought = shop.buy(line(1000, quantity=3))

    def attempt(_: int) -> int | None:
        try:
            return take_back(bought, {1: 1}).amount_minor
        except MoreThanBought:
            return None

    given_back = [amount for amount in at_once(16, attempt) if amount is not None]
    assert sorted(given_back) == [333, 333, 334]


@settings(max_examples=chosen().worlds, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_buying_and_returning_everything_in_any_order_gives_back_everything(shop: Shop, data: st.DataObject) -> None:
    lines = [
        line(gross, position=at, quantity=quantity, promotion_minor=gross * percent // 100)
        for at, (gross, quantity, percent) in enumerate(
            data.draw(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 4), st.integers(0, 100)), min_size=1)), 1
        )
    ]
    bought = shop.buy(*lines)
    units = data.draw(st.permutations([bit.position for bit in lines for _ in range(bit.quantity)]))
    assert sum(take_back(bought, {position: 1}).amount_minor for position in units[:12]) <= bought.net_minor
    left = {at: units[12:].count(at) for at in units[12:]}
    if left:
        take_back(bought, left)
    with db.system_transaction():
        total = db.execute(
            text("SELECT sum(amount_minor) FROM purchase_return WHERE purchase_id = :p"), {"p": bought.id}
        )
        assert int(total.scalar_one()) == bought.net_minor


@pytest.mark.parametrize("table", ["purchase_return", "return_line"])
def test_nobody_changes_a_return(table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db.system_transaction():
        db.execute(text(f"UPDATE {table} SET amount_minor = 0"))
