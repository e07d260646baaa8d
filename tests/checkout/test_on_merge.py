"""A sale goes on with the member whom its buyer became."""

import pytest

from offers.checkout.models import SaleState
from tests.checkout.factories import Counter
from tests.factories import make_member
from tests.merges.factories import merge, split
from wallet.ledger.errors import NotEnoughPoints


def become_another(counter: Counter) -> object:
    """The counter's member becomes part of a new one."""
    target = make_member()
    merged = merge(counter.member, target)
    counter.member = counter.purse.member = target
    return merged


def test_what_was_bought_before_a_merge_comes_back_after_it() -> None:
    counter = Counter(earns=True, points=100)
    coupon = counter.percent(10)
    sale = counter.sells(1_000, 1_000, coupons=[coupon], points=100)
    become_another(counter)
    backs = [counter.returns(sale, {at: 1}) for at in (1, 2)]
    assert sum(back.refund_minor for back in backs) == sale.payable_minor
    assert (counter.available, backs[1].outcome["coupons"]) == (100, [coupon.code])


def test_a_sale_that_is_sent_again_after_a_merge_is_the_same_sale() -> None:
    counter = Counter(earns=True)
    asked = counter.asks(1_000)
    sale = counter.commits(asked)
    become_another(counter)
    assert (counter.commits(asked).id, counter.available) == (sale.id, 10)


def test_an_open_sale_keeps_nothing_after_a_merge_and_can_be_closed() -> None:
    counter = Counter(points=100)
    asked = counter.asks(1_000, coupons=[counter.percent(10)], points=100)
    counter.opens(asked)
    become_another(counter)
    assert counter.available == 100
    assert counter.commits(asked).payable_minor == 400
    with pytest.raises(NotEnoughPoints):
        counter.sells(1_000, points=100)


def test_a_sale_goes_back_when_they_are_parted() -> None:
    counter = Counter(earns=True)
    sale, source = counter.sells(1_000), counter.member
    merged = become_another(counter)
    split(merged)  # type: ignore[arg-type]
    counter.member = counter.purse.member = source
    assert counter.cancels(sale).state == SaleState.CANCELLED
    assert counter.available == 0
