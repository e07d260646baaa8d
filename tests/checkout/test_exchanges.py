"""Articles come back and others are bought instead, in one act: the money is right to the cent, and twice is once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.errors import Problem
from offers.checkout.errors import (
    CreditNoteDiffers,
    ExchangeCurrencyForeign,
    ExchangeOfAnother,
    SaleChanged,
    SaleUnknown,
    TendersDiffer,
)
from offers.checkout.models import Sale, SaleState
from offers.checkout.returned.exchanges import Exchange
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit
from tests.checkout.factories import Counter
from tests.factories import make_member, make_store
from tests.gift_cards.factories import balance, by_card, let_sell, sell_card
from tests.programmes.factories import rule
from tests.sizes import chosen
from tests.wallet.factories import make_card
from wallet.programmes.rules import TenderRules
from wallet.purchases.basket import BasketLine
from wallet.purchases.errors import MoreThanBought, ReturnReused
from wallet.purchases.tender_kinds import Tender, TenderKind

K = TenderKind


def money(done: Exchange) -> tuple[int, int, int]:
    return done.credit_minor, done.refund_minor, done.paid_minor


def tenders_of(sale: Sale) -> list[tuple[str, int]]:
    return [(one["kind"], one["amount_minor"]) for one in sale.trace["tenders"]]


def card(amount: int) -> Tender:
    return Tender(K.CARD, amount)


def test_what_comes_back_pays_first_and_the_till_sends_the_rest() -> None:
    counter = Counter()
    sale = counter.sells(1_000)
    done = counter.exchanges(sale, {1: 1}, counter.asks(1_500, tenders=(card(500),)))
    assert money(done) == (1_000, 0, 500)
    assert tenders_of(done.sale) == [("card", 500), ("credit_note", 1_000)]
    assert (counter.reads(sale).state, done.sale.state) == (SaleState.RETURNED, SaleState.CLOSED)


def test_what_is_left_of_the_refund_is_handed_out() -> None:
    counter = Counter()
    done = counter.exchanges(counter.sells(1_500), {1: 1}, counter.asks(900))
    assert money(done) == (900, 600, 0)


def test_more_packaging_than_articles_leaves_the_whole_refund() -> None:
    counter = Counter()
    asked = counter.asks(100, deposits=(BasketLine(2, 6, -300, deposit=True),), tenders=(Tender(K.CASH, -200),))
    assert money(counter.exchanges(counter.sells(1_000), {1: 1}, asked)) == (0, 1_000, -200)


def test_a_till_that_says_no_tenders_is_taken_at_its_word() -> None:
    counter = Counter()
    done = counter.exchanges(counter.sells(1_000), {1: 1}, counter.asks(1_500))
    assert (money(done), tenders_of(done.sale)) == ((1_000, 0, 500), [("credit_note", 1_000)])


def test_a_credit_note_that_the_till_says_is_what_comes_back() -> None:
    counter = Counter()
    sale, said = counter.sells(1_000), (Tender(K.CREDIT_NOTE, 1_000, "A-17"), card(500))
    done = counter.exchanges(sale, {1: 1}, counter.asks(1_500, tenders=said))
    assert tenders_of(done.sale) == [("credit_note", 1_000), ("card", 500)]


def test_a_credit_note_of_another_amount_is_refused_with_both() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(1_000)
    with pytest.raises(CreditNoteDiffers) as refused:
        counter.exchanges(sale, {1: 1}, counter.asks(1_500, tenders=(Tender(K.CREDIT_NOTE, 1_100), card(400))))
    body = refused.value.body(language="fr", instance="1")
    assert body["facts"] == {"credit_minor": 1_000, "said_minor": 1_100}
    assert body["title"].replace("\xa0", " ") == "L'avoir de ce retour paie 10,00 €, et non 11,00 €."
    assert (counter.reads(sale).state, counter.available) == (SaleState.CLOSED, 10)


@pytest.mark.parametrize(("tendered", "refusal"), [((card(499),), TendersDiffer), ((card(1_500),), TendersDiffer)])
def test_all_is_done_or_nothing(tendered: Sequence[Tender], refusal: type[Problem]) -> None:
    counter = Counter(earns=True)
    sale = counter.sells(1_000)
    asked = counter.asks(1_500, tenders=tuple(tendered))
    with pytest.raises(refusal):
        counter.exchanges(sale, {1: 1}, asked)
    assert (counter.returns_of(sale), counter.reads(sale).state, counter.available) == ([], SaleState.CLOSED, 10)


def test_what_gift_cards_paid_goes_back_to_them_and_pays_nothing_new() -> None:
    counter = Counter()
    let_sell(counter.brand)
    sold = sell_card(counter, 1_000)
    sale = counter.sells(1_000, tenders=(by_card(sold, 600), card(400)))
    done = counter.exchanges(sale, {1: 1}, counter.asks(1_000, tenders=(card(600),)))
    assert (money(done), balance(sold)) == ((400, 0, 600), 1_000)


def test_a_gift_card_that_gets_its_money_back_can_pay_with_it() -> None:
    counter = Counter()
    let_sell(counter.brand)
    sold = sell_card(counter, 600)
    sale = counter.sells(600, tenders=(by_card(sold, 600),))
    done = counter.exchanges(sale, {1: 1}, counter.asks(500, tenders=(by_card(sold, 500),)))
    assert (money(done), balance(sold)) == ((0, 0, 500), 100)


def test_points_that_come_back_pay_in_the_new_sale() -> None:
    counter = Counter(points=100)
    sale = counter.sells(1_000, points=100)
    done = counter.exchanges(sale, {1: 1}, counter.asks(1_000, points=100))
    assert (money(done), counter.available) == ((500, 0, 0), 0)


def test_a_coupon_that_comes_back_is_used_in_the_new_sale() -> None:
    counter = Counter()
    coupon = counter.percent(10, use_limits=(UseLimit(LimitedBy.MEMBER, LimitPeriod.EVER, 1),))
    sale = counter.sells(1_000, coupons=[coupon])
    done = counter.exchanges(sale, {1: 1}, counter.asks(2_000, coupons=[coupon]))
    assert money(done) == (900, 0, 900)


def test_points_go_with_what_came_back_and_come_with_what_was_bought() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(BasketLine(1, 2, 2_000))
    counter.exchanges(sale, {1: 1}, counter.asks(1_500))
    assert (counter.available, counter.purse.faults()) == (25, [])


def test_points_count_on_a_credit_note_as_the_programme_says() -> None:
    counter = Counter(rule(), tenders=TenderRules(earning=frozenset({K.CARD})))
    sale = counter.sells(1_000, tenders=(card(1_000),))
    counter.exchanges(sale, {1: 1}, counter.asks(1_500, tenders=(card(500),)))
    assert counter.available == 5


def test_an_exchange_is_made_at_another_store_and_of_an_open_sale() -> None:
    counter = Counter()
    sale = counter.sells(1_000)
    counter.store = make_store(counter.brand, name="Bastille")
    asked = counter.asks(1_000)
    opened = counter.opens(asked)
    assert counter.exchanges(sale, {1: 1}, asked).sale.id == opened.id


def test_the_same_exchange_sent_again_is_the_same() -> None:
    counter = Counter(earns=True)
    sale, asked = counter.sells(1_500), counter.asks(900)
    first, second = (counter.exchanges(sale, {1: 1}, asked, reference="A") for _ in range(2))
    assert (first.sale.id, first.returned.id, money(first)) == (second.sale.id, second.returned.id, money(second))
    assert (len(counter.returns_of(sale)), counter.available) == (1, 9)


def test_other_content_under_the_same_names_is_refused() -> None:
    counter = Counter()
    sale, asked = counter.sells(BasketLine(1, 3, 3_000)), counter.asks(900)
    counter.exchanges(sale, {1: 1}, asked, reference="A")
    for units, wanted, reference, refusal in (
        ({1: 2}, asked, "A", ReturnReused),
        ({1: 1}, counter.asks(900), "A", ReturnReused),
        ({1: 1}, counter.asks(901, receipt=asked.receipt), "A", SaleChanged),
        ({1: 1}, asked, "B", SaleChanged),
    ):
        with pytest.raises(refusal):
            counter.exchanges(sale, units, wanted, reference=reference)
    with pytest.raises(SaleChanged):
        counter.commits(asked)
    assert len(counter.returns_of(sale)) == 1


def test_a_return_or_a_sale_that_stood_alone_is_no_half_of_an_exchange() -> None:
    counter = Counter()
    sale, asked = counter.sells(BasketLine(1, 2, 2_000)), counter.asks(900)
    counter.returns(sale, {1: 1}, reference="A")
    with pytest.raises(ReturnReused):
        counter.exchanges(sale, {1: 1}, asked, reference="A")
    counter.commits(asked)
    with pytest.raises(SaleChanged):
        counter.exchanges(sale, {1: 1}, asked, reference="B")


def test_nothing_is_exchanged_for_itself() -> None:
    counter = Counter()
    asked = counter.asks(900)
    sale = counter.commits(asked)
    with pytest.raises(SaleChanged):
        counter.exchanges(sale, {1: 1}, asked)


def test_what_one_member_paid_buys_nothing_for_another() -> None:
    counter = Counter()
    sale = counter.sells(1_000)
    other = make_card(make_member(), counter.brand)
    with pytest.raises(ExchangeOfAnother):
        counter.exchanges(sale, {1: 1}, counter.asks(1_000, code=other.code))


def test_an_open_sale_of_somebody_else_under_this_name_is_forgotten() -> None:
    counter = Counter()
    sale, other = counter.sells(1_000), make_card(make_member(), counter.brand)
    asked = counter.asks(1_000)
    opened = counter.opens(replace(asked, code=other.code))
    assert counter.exchanges(sale, {1: 1}, asked).sale.id != opened.id


def test_what_cannot_be_returned_is_not_exchanged() -> None:
    counter, elsewhere = Counter(), Counter()
    sale = counter.sells(1_000)
    with pytest.raises(MoreThanBought):
        counter.exchanges(sale, {1: 2}, counter.asks(1_000))
    with pytest.raises(ExchangeCurrencyForeign):
        counter.exchanges(sale, {1: 1}, counter.asks(1_000, currency="CHF"))
    with pytest.raises(SaleUnknown):
        elsewhere.exchanges(sale, {1: 1}, elsewhere.asks(1_000))


LINES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3_000)), min_size=1, max_size=3)


def lines_of(drawn: list[tuple[int, int]]) -> list[BasketLine]:
    return [BasketLine(at, *line, category="food", tax_bp=550) for at, line in enumerate(drawn, start=1)]


def draw_units(data: Any, left: dict[int, int]) -> dict[int, int]:
    units = {at: data.draw(st.integers(0, many), label=f"units of {at}") for at, many in left.items()}
    return units if any(units.values()) else {at: many for at, many in left.items() if many}


@settings(
    max_examples=chosen().worlds,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    baskets=st.lists(st.tuples(LINES, st.integers(0, 130)), min_size=2, max_size=4),
    tax_included=st.booleans(),
    data=st.data(),
)
def test_money_balances_and_points_are_those_of_a_return_and_a_sale(
    baskets: list[tuple[list[tuple[int, int]], int]], tax_included: bool, data: Any
) -> None:
    """A chain of exchanges, each of the sale before, at one counter; at the other the same as two calls each."""
    one, two = (Counter(earns=True, points=50) for _ in range(2))
    (first, points), *others = baskets
    asked: dict[str, Any] = {"tax_included": tax_included}
    said = lines_of(first)
    sale, apart = (counter.sells(*said, points=min(points, counter.available), **asked) for counter in (one, two))
    paid, kept = sale.payable_minor, sale.payable_minor
    for wanted, points in others:
        units = draw_units(data, {line.position: line.quantity for line in said})
        said = lines_of(wanted)
        back = two.returns(apart, units)
        points = min(points, two.available)
        apart = two.sells(*said, points=points, **asked)
        done = one.exchanges(sale, units, one.asks(*said, points=points, **asked))
        sale = done.sale
        assert (done.returned.refund_minor, sale.payable_minor) == (back.refund_minor, apart.payable_minor)
        assert done.credit_minor + done.refund_minor == back.refund_minor
        assert done.credit_minor + done.paid_minor == sale.payable_minor
        assert min(done.credit_minor, done.refund_minor, done.paid_minor) >= 0
        assert min(done.refund_minor, done.paid_minor) == 0
        paid += done.paid_minor - done.refund_minor
        kept += sale.payable_minor - back.refund_minor
        assert one.available == two.available
    assert paid == kept
    assert (one.purse.faults(), two.purse.faults()) == ([], [])
