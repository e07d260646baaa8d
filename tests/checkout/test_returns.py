"""What comes back: by units, in any order, all of it; cancelled, reopened; and that buying and returning is nothing."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from offers.checkout.errors import SaleCancelled, SaleElsewhere, SaleOpen, SalePartlyReturned
from offers.checkout.models import Sale, SaleState
from tests.checkout.factories import Counter, minutes
from tests.factories import NOON, make_store
from tests.product_lists.factories import make_list
from tests.programmes.factories import rule
from tests.sizes import chosen
from wallet.programmes.rules import RuleKind
from wallet.purchases.basket import BasketLine, Products
from wallet.purchases.errors import MoreThanBought, ReturnReused

FREE: dict[str, Any] = {"kind": "free_item", "item": {"fr": "Un café", "en": "A coffee"}}
FOOD = Products(categories=frozenset({"food"}))


def test_returning_the_first_of_six_and_four_euros_less_ten_percent_gives_five_forty() -> None:
    counter = Counter()
    sale = counter.sells(600, 400, coupons=[counter.percent(10)])
    assert counter.returns(sale, {1: 1}).refund_minor == 540


def test_a_partial_return_gives_back_points_in_proportion_and_the_rest_with_the_rest() -> None:
    counter = Counter(points=100)
    sale = counter.sells(1_000, 500, points=100)  # 5.00 of 15.00: 3.33 and 1.67
    assert [counter.returns(sale, {at: 1}).points_given_back for at in (1, 2)] == [66, 34]
    assert counter.available == 100


def test_what_money_pays_and_what_points_pay_come_back_separately() -> None:
    counter = Counter(points=100)
    sale = counter.sells(1_000, points=100)
    back = counter.returns(sale, {1: 1})
    assert (back.refund_minor, back.points_given_back) == (500, 100)


def test_a_return_takes_back_the_points_that_its_units_earned() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(BasketLine(1, 4, 4_000))
    assert counter.available == 40
    counter.returns(sale, {1: 1})
    assert counter.available == 30


def test_units_of_a_line_come_back_to_the_cent_in_any_steps() -> None:
    counter = Counter()
    sale = counter.sells(BasketLine(1, 3, 1_000))
    assert sum(counter.returns(sale, {1: 1}).refund_minor for _ in range(3)) == 1_000


def test_tax_on_top_of_a_price_comes_back_with_it() -> None:
    counter = Counter()
    sale = counter.sells(BasketLine(1, 3, 1_000, tax_bp=550), tax_included=False)
    assert sum(counter.returns(sale, {1: 1}).refund_minor for _ in range(3)) == sale.payable_minor == 1_055


def test_a_coupon_comes_back_with_the_last_unit_and_not_before() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    sale = counter.sells(600, 400, coupons=[coupon])
    assert counter.returns(sale, {1: 1}).outcome["coupons"] == []
    assert counter.returns(sale, {2: 1}).outcome["coupons"] == [coupon.code]
    assert counter.sells(1_000, coupons=[coupon]).payable_minor == 900


def test_a_cancelled_sale_gives_the_coupon_back() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    counter.cancels(counter.sells(1_000, coupons=[coupon]))
    assert counter.sells(1_000, coupons=[coupon]).payable_minor == 900


def test_a_return_does_not_make_the_rest_dearer() -> None:
    """The minimum was reached when it was sold; what stays keeps its price."""
    counter = Counter()
    sale = counter.sells(600, 400, coupons=[counter.percent(10, minimum_minor=1_000)])
    assert sum(counter.returns(sale, {at: 1}).refund_minor for at in (1, 2)) == 900


def test_never_more_comes_back_than_was_bought() -> None:
    counter = Counter()
    sale = counter.sells(BasketLine(1, 2, 1_000))
    counter.returns(sale, {1: 1})
    with pytest.raises(MoreThanBought):
        counter.returns(sale, {1: 2})


def test_the_same_return_sent_twice_is_one_return() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(BasketLine(1, 2, 2_000))
    counter.returns(sale, {1: 1}, reference="A")
    counter.returns(sale, {1: 1}, reference="A", now=NOON + minutes(5))
    assert (len(counter.returns_of(sale)), counter.available) == (1, 10)


def test_the_same_return_with_other_units_is_refused() -> None:
    counter = Counter()
    sale = counter.sells(BasketLine(1, 2, 2_000))
    counter.returns(sale, {1: 1}, reference="A")
    with pytest.raises(ReturnReused):
        counter.returns(sale, {1: 2}, reference="A")


def test_a_sale_says_how_much_of_it_came_back() -> None:
    counter = Counter()
    sale = counter.sells(600, 400)
    counter.returns(sale, {1: 1})
    assert counter.reads(sale).state == SaleState.PARTIALLY_RETURNED
    counter.returns(sale, {2: 1})
    assert counter.reads(sale).state == SaleState.RETURNED


def test_cancelling_what_was_partly_returned_takes_back_the_rest() -> None:
    counter = Counter(earns=True, points=100)
    before = counter.stands()
    sale = counter.sells(600, 400, points=100)
    counter.returns(sale, {1: 1})
    counter.cancels(sale)
    assert counter.stands() == before
    assert [one.refund_minor for one in counter.returns_of(sale)] == [300, 200]


def test_cancelling_twice_is_once() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(1_000)
    first = counter.cancels(sale)
    assert counter.cancels(sale, now=NOON + minutes(9)).cancelled_at == first.cancelled_at
    assert len(counter.returns_of(sale)) == 1


def test_nothing_comes_back_of_an_open_or_a_cancelled_sale() -> None:
    counter = Counter()
    sale = counter.opens(counter.asks(1_000))
    with pytest.raises(SaleOpen):
        counter.returns(sale, {1: 1})
    counter.cancels(sale)
    with pytest.raises(SaleCancelled):
        counter.returns(sale, {1: 1})


def test_only_the_store_of_a_sale_cancels_it() -> None:
    counter = Counter()
    sale = counter.sells(1_000)
    counter.store = make_store(counter.brand, name="Bastille")
    with pytest.raises(SaleElsewhere) as refused:
        counter.cancels(sale)
    assert refused.value.facts == {"store": "Rivoli"}


def test_points_come_back_as_old_as_they_were() -> None:
    counter = Counter(points=60)
    counter.purse.earn(60, lasts="1D")
    before = counter.stands()
    sale = counter.sells(1_000, points=100)
    counter.returns(sale, {1: 1})
    assert counter.stands() == before


def test_points_that_come_back_after_their_time_expire_and_the_return_says_so() -> None:
    counter = Counter()
    counter.purse.earn(100, lasts="1D")
    sale = counter.sells(1_000, points=100)
    back = counter.returns(sale, {1: 1}, now=NOON + timedelta(days=2))
    assert counter.available == 0
    assert back.outcome["not_undone"] == [{"code": "points_over", "facts": {"points": 100}}]


def test_earned_points_that_were_spent_are_not_taken_back_and_the_return_says_so() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(10_000)
    counter.purse.spend(60)
    back = counter.returns(sale, {1: 1})
    assert (counter.available, back.outcome["points_taken_back"]) == (0, 40)
    assert back.outcome["not_undone"] == [{"code": "points_earned_spent", "facts": {"points": 60}}]


def test_points_of_a_coupon_are_taken_back_with_the_last_unit() -> None:
    counter = Counter()
    sale = counter.sells(600, 400, coupons=[counter.coupon(benefit={"kind": "points", "points": 50})])
    counter.returns(sale, {1: 1})
    assert counter.available == 50
    counter.returns(sale, {2: 1})
    assert counter.available == 0


def test_a_gift_that_was_handed_over_is_not_undone() -> None:
    counter = Counter()
    item = {"fr": "Un café", "en": "A coffee"}
    sale = counter.sells(1_000, coupons=[counter.coupon(benefit={"kind": "free_item", "item": item})])
    counter.cancels(sale)
    assert counter.returns_of(sale)[0].outcome["not_undone"] == [{"code": "item_handed_over", "facts": item}]


def test_a_reopened_sale_keeps_its_coupon_and_points_and_is_closed_anew() -> None:
    counter = Counter(earns=True, points=100)
    coupon = counter.percent(10)
    sale = counter.sells(2_000, coupons=[coupon], points=100, receipt="R1")
    reopened = counter.reopens(sale)
    assert (reopened.state, counter.available) == (SaleState.OPEN, 0)
    closed = counter.sells(3_000, coupons=[coupon], points=100, receipt="R1")
    assert (closed.id, closed.payable_minor, counter.available) == (sale.id, 2_200, 22)
    assert closed.purchase_id != sale.purchase_id


def test_reopening_says_what_it_does_not_undo() -> None:
    counter = Counter()
    sale = counter.sells(1_000)
    counter.reopens(sale)
    assert [one["code"] for one in counter.returns_of(sale)[0].outcome["not_undone"]] == ["receipt_stays"]


def test_a_sale_of_which_something_came_back_is_reopened_no_more() -> None:
    counter = Counter()
    sale = counter.sells(600, 400)
    counter.returns(sale, {1: 1})
    with pytest.raises(SalePartlyReturned):
        counter.reopens(sale)


def test_a_reopened_sale_that_is_cancelled_leaves_nothing() -> None:
    counter = Counter(earns=True, points=100)
    coupon = counter.percent(10)
    before = counter.stands()
    sale = counter.sells(2_000, coupons=[coupon], points=100)
    counter.reopens(sale)
    counter.cancels(sale)
    assert counter.stands() == before


def test_buying_returning_and_buying_again_makes_no_points() -> None:
    """Buy, return, keep the points, repeat."""
    counter = Counter(earns=True)
    for _ in range(3):
        counter.cancels(counter.sells(1_000))
    assert (counter.available, counter.purse.faults()) == (0, [])


def test_a_return_takes_no_points_a_second_time() -> None:
    counter = Counter(earns=True, points=50)
    sale = counter.sells(BasketLine(1, 2, 2_000))
    for _ in range(2):
        counter.returns(sale, {1: 1})
    assert counter.available == 50


def test_a_reduction_that_was_cut_comes_back_as_it_was_given() -> None:
    """Ten euros off a basket of six: six were given, so nothing was paid and nothing comes back."""
    counter = Counter()
    coupon = counter.coupon(benefit={"kind": "amount", "amount_minor": 1_000, "currency": "EUR"})
    sale = counter.sells(400, 200, coupons=[coupon])
    assert [counter.returns(sale, {at: 1}).refund_minor for at in (1, 2)] == [0, 0]


def test_units_of_which_two_were_free_come_back_for_what_was_paid_for_them_all() -> None:
    counter = Counter()
    coupons = [counter.coupon(benefit=FREE, products=FOOD) for _ in range(2)]
    sale = counter.sells(BasketLine(1, 4, 4_000, category="food"), coupons=coupons)
    assert [counter.returns(sale, {1: 1}).refund_minor for _ in range(4)] == [500] * 4
    assert counter.sells(BasketLine(1, 4, 4_000, category="food"), coupons=coupons).payable_minor == 2_000


GIFT_GTIN = "3017620422003"


@st.composite
def basket(draw: st.DrawFn) -> tuple[BasketLine, ...]:
    gtins = st.sampled_from([None, GIFT_GTIN])
    lines = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3_000), gtins), min_size=1, max_size=3))
    return tuple(
        BasketLine(at, quantity, gross, gtin=gtin, category="food", tax_bp=550)
        for at, (quantity, gross, gtin) in enumerate(lines, start=1)
    )


def undo_in_some_order(counter: Counter, sale: Sale, lines: tuple[BasketLine, ...], data: Any) -> int:
    """Give units back one by one in any order; perhaps stop and cancel. What that refunds."""
    units = data.draw(st.permutations([line.position for line in lines for _ in range(line.quantity)]))
    singly = data.draw(st.integers(0, len(units)))
    for step, position in enumerate(units[:singly], start=1):
        counter.returns(sale, {position: 1}, now=NOON + minutes(step))
    if singly < len(units):
        counter.cancels(sale, now=NOON + minutes(len(units)))
    return sum(back.refund_minor for back in counter.returns_of(sale))


BENEFITS: list[dict[str, Any]] = [
    FREE,
    {"kind": "percent", "percent": 33},
    {"kind": "amount", "amount_minor": 700, "currency": "EUR"},
    {"kind": "points", "points": 40},
    {"kind": "points_by_amount", "step_points": 2, "step_minor": 150, "currency": "EUR"},
    {"kind": "percent_up_to", "percent_bp": 1_250, "at_most_minor": 300, "currency": "EUR"},
    {"kind": "nth_percent", "every": 2, "percent": 50},
    {"kind": "units_free", "set_units": 3, "free_units": 1},
    {"kind": "free_of_list", "free_list": "gifts", "bought_units": 1, "most_free": 2},
    {"kind": "fixed_price", "unit_price_minor": 199, "currency": "EUR"},
    {"kind": "set_price", "set_units": 2, "set_price_minor": 500, "currency": "EUR"},
    {"kind": "amount_per_unit", "unit_amount_minor": 50, "most_units": 3, "currency": "EUR"},
    {
        "kind": "stepped_amount",
        "counted": "amount",
        "currency": "EUR",
        "amount_steps": [{"at_least": 500, "amount_minor": 60}, {"at_least": 1_500, "amount_minor": 250}],
    },
    {
        "kind": "stepped_percent",
        "counted": "units",
        "percent_steps": [{"at_least": 2, "percent": 10}, {"at_least": 4, "percent": 25}],
    },
]


# Each example makes a brand of its own: a failing one is small already, and making it smaller would take minutes.
@settings(
    max_examples=chosen().worlds,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    lines=basket(),
    points=st.integers(0, 130),
    benefits=st.lists(st.sampled_from(BENEFITS), max_size=4),
    tax_included=st.booleans(),
    reopened=st.booleans(),
    data=st.data(),
)
def test_buying_and_returning_everything_in_any_order_is_the_identity(
    lines: tuple[BasketLine, ...],
    points: int,
    benefits: list[dict[str, Any]],
    tax_included: bool,
    reopened: bool,
    data: Any,
) -> None:
    """Balance, lots with their age, coupons, and money to the cent; whatever came back when."""
    counter = Counter(rule(), rule("visit", RuleKind.VISIT, points=7), points=50)
    counter.purse.earn(80, lasts="3M")
    make_list(counter.brand, "gifts", GIFT_GTIN)
    coupons = [counter.coupon(benefit=benefit, products=FOOD) for benefit in benefits]
    before = counter.stands()
    asked = counter.asks(*lines, coupons=coupons, points=points, tax_included=tax_included)
    sale = counter.commits(asked)
    if reopened:
        counter.reopens(sale)
        sale = counter.commits(asked)
    times = 1 + reopened
    refunds = undo_in_some_order(counter, sale, lines, data)
    assert (refunds, counter.stands()) == (times * sale.payable_minor, before)
    assert counter.purse.faults() == []
