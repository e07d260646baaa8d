"""A gift card pays a part of a sale, never more than it holds, and gets back first what comes back."""

from collections import Counter as Count
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.errors import Problem
from offers.checkout.sale_cards import quote_card
from tests.checkout.factories import Counter, minutes
from tests.factories import NOON, make_member
from tests.gift_cards.factories import balance, by_card, let_sell, reads_card, sell_card
from tests.programmes.factories import rule
from tests.racing import at_once
from tests.sizes import chosen
from tests.wallet.factories import make_card
from wallet.gift_cards.errors import (
    GiftCardCurrencyForeign,
    GiftCardOver,
    GiftCardShort,
    GiftCardUnknown,
)
from wallet.purchases.basket import BasketLine
from wallet.purchases.tender_kinds import Tender, TenderKind

K = TenderKind
MANY = 24
MONEY: dict[str, Any] = {"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"}


def till(*rules: Any, **given: Any) -> Counter:
    counter = Counter(*rules, **given)
    let_sell(counter.brand)
    return counter


def test_a_card_pays_what_is_said_and_earns_nothing_unless_the_programme_says_so() -> None:
    counter = till(rule())
    sold = sell_card(counter, 2_500)
    sale = counter.sells(1_000, tenders=(by_card(sold, 600), Tender(K.CARD, 400)))
    assert (sale.payable_minor, balance(sold), counter.available) == (1_000, 1_900, 4)


def test_what_a_sale_keeps_of_a_card_is_the_end_of_its_code() -> None:
    counter = till()
    sold = sell_card(counter, 2_500)
    sale = counter.reads(counter.sells(1_000, tenders=(by_card(sold, 1_000),)))
    assert sale.trace["tenders"] == [{"kind": "gift_card", "amount_minor": 1_000, "card": f"…{sold.code[-4:]}"}]
    assert sold.code not in str(sale.asked)


def test_more_than_is_on_it_is_refused_and_takes_nothing_from_any() -> None:
    counter = till()
    first, second = sell_card(counter, 500), sell_card(counter, 300)
    with pytest.raises(GiftCardShort) as refused:
        counter.sells(900, tenders=(by_card(first, 500), by_card(second, 400)))
    assert refused.value.body(language="fr", instance="1")["title"] == (
        f"Il reste 3,00\xa0€ sur la carte cadeau …{second.card.ending}, et non 4,00\xa0€."
    )
    assert (balance(first), balance(second)) == (500, 300)


def test_one_card_in_two_tenders_is_asked_for_both() -> None:
    counter = till()
    sold = sell_card(counter, 500)
    with pytest.raises(GiftCardShort):
        counter.sells(600, tenders=(by_card(sold, 300), by_card(sold, 300)))
    counter.sells(500, tenders=(by_card(sold, 300), by_card(sold, 200)))
    assert balance(sold) == 0


def test_a_card_of_elsewhere_over_or_of_other_money_does_not_pay() -> None:
    counter, other = till(), till()
    with pytest.raises(GiftCardUnknown):
        counter.sells(100, tenders=(by_card(sell_card(other, 100), 100),))
    sold = sell_card(counter, 500)
    with pytest.raises(GiftCardOver):
        counter.sells(100, tenders=(by_card(sold, 100),), now=NOON + timedelta(days=367))
    with pytest.raises(GiftCardCurrencyForeign):
        counter.sells(100, tenders=(by_card(sold, 100),), currency="CHF")


def test_a_quote_says_what_is_on_a_card_and_why_it_does_not_pay() -> None:
    counter = till()
    sold = sell_card(counter, 500)
    good, bad = (
        quote_card(counter.quotes(900, tenders=(by_card(sold, amount),)), language="fr")["gift_cards"][0]
        for amount in (500, 501)
    )
    assert (good["available_minor"], good["reason"]) == (500, None)
    assert good["text"] == f"Carte cadeau …{sold.card.ending} : 5,00\xa0€."
    assert (bad["available_minor"], bad["reason"]) == (500, "gift_card_short")


def test_the_same_sale_sent_again_pays_once() -> None:
    counter = till()
    sold = sell_card(counter, 500)
    asked = counter.asks(500, tenders=(by_card(sold, 500),))
    assert counter.commits(asked).id == counter.commits(asked).id
    assert balance(sold) == 0


def test_what_comes_back_goes_to_the_card_first_and_the_rest_is_handed_out() -> None:
    counter = till()
    sold = sell_card(counter, 600)
    sale = counter.sells(BasketLine(1, 4, 1_000), tenders=(by_card(sold, 600), Tender(K.CARD, 400)))
    left = []
    for _ in range(4):
        back = counter.returns(sale, {1: 1})
        left.append((back.refund_minor, sum(one["amount_minor"] for one in back.outcome["gift_cards"]), balance(sold)))
    assert left == [(250, 250, 250), (250, 250, 500), (250, 100, 600), (250, 0, 600)]


def test_the_cagnotte_pays_lines_and_the_card_the_rest_and_each_gets_its_own_back() -> None:
    counter = till(points=400, counts=MONEY)
    sold = sell_card(counter, 500)
    tenders = (Tender(K.CAGNOTTE, 400), by_card(sold, 500), Tender(K.CARD, 100))
    sale = counter.sells(600, 400, tenders=tenders)
    first = counter.returns(sale, {1: 1})
    assert (first.outcome["money_given_back_minor"], first.refund_minor, balance(sold)) == (240, 360, 360)
    second = counter.returns(sale, {2: 1})
    assert (counter.available, balance(sold)) == (400, 500)
    assert second.refund_minor - second.outcome["gift_cards"][0]["amount_minor"] == 100


def test_a_card_that_is_over_can_be_used_again_for_a_while_when_something_comes_back() -> None:
    counter = till()
    sold = sell_card(counter, 500)
    sale = counter.sells(500, tenders=(by_card(sold, 500),), now=NOON + timedelta(days=360))
    later = NOON + timedelta(days=380)
    counter.returns(sale, {1: 1}, now=later)
    assert reads_card(sold).expires_at == later + timedelta(days=90)
    counter.sells(500, tenders=(by_card(sold, 500),), now=later + timedelta(days=89))
    assert balance(sold) == 0


@pytest.mark.parametrize("way", ["cancels", "reopens"])
def test_a_sale_that_is_undone_gives_the_card_all_back_once(way: str) -> None:
    counter = till()
    sold = sell_card(counter, 500)
    asked = counter.asks(500, tenders=(by_card(sold, 500),))
    sale = counter.commits(asked)
    getattr(counter, way)(sale)
    getattr(counter, way)(sale)
    assert balance(sold) == 500
    if way == "reopens":
        again = counter.commits(asked, now=NOON + minutes(1))
        counter.returns(again, {1: 1}, now=NOON + minutes(2))
        assert balance(sold) == 500


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_one_card_at_many_tills_is_spent_once() -> None:
    counter = till()
    sold = sell_card(counter, 1_000)
    cards = [make_card(make_member(), counter.brand) for _ in range(MANY)]
    tenders = (by_card(sold, 300), Tender(K.CARD, 700))
    asked = [counter.asks(1_000, tenders=tenders, code=card.code, receipt=f"R{at}") for at, card in enumerate(cards)]

    def sell(number: int) -> str:
        try:
            counter.commits(asked[number])
        except Problem as refusal:
            return refusal.code()
        return "paid"

    assert Count(at_once(MANY, sell)) == {"paid": 3, "gift_card_short": MANY - 3}
    assert balance(sold) == 100


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_returns_at_once_give_a_card_back_what_it_paid() -> None:
    counter = till()
    sold = sell_card(counter, 1_000)
    sale = counter.sells(BasketLine(1, 16, 1_600), tenders=(by_card(sold, 1_000), Tender(K.CARD, 600)))
    at_once(16, lambda number: counter.returns(sale, {1: 1}, reference=f"R{number}"))
    assert balance(sold) == 1_000


@settings(
    max_examples=chosen().worlds,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    lines=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2_000)), min_size=1, max_size=3),
    cents=st.integers(0, 1_500),
    worths=st.lists(st.integers(100, 2_000), min_size=1, max_size=2),
    data=st.data(),
)
def test_buying_by_all_means_and_returning_in_any_order_is_the_identity(
    lines: list[tuple[int, int]], cents: int, worths: list[int], data: Any
) -> None:
    """No means gets back more than it paid, and all of them together what was paid."""
    counter = till(rule(points=5), points=cents, counts=MONEY)
    cards = [sell_card(counter, worth) for worth in worths]
    basket = tuple(BasketLine(at, many, many * price) for at, (many, price) in enumerate(lines, start=1))
    due = sum(line.gross_minor for line in basket)
    takes = data.draw(st.integers(0, min(cents, due)))
    tenders, left = [Tender(K.CAGNOTTE, takes)] if takes else [], due - takes
    for card, worth in zip(cards, worths, strict=True):
        share = data.draw(st.integers(0, min(worth, left)))
        tenders, left = tenders + ([by_card(card, share)] if share else []), left - share
    sale = counter.sells(*basket, tenders=(*tenders, Tender(K.CARD, left)))
    units = [at for at, (many, _) in enumerate(lines, start=1) for _ in range(many)]
    for number, at in enumerate(data.draw(st.permutations(units)), start=1):
        counter.returns(sale, {at: 1}, now=NOON + minutes(number))
        assert all(balance(card) <= worth for card, worth in zip(cards, worths, strict=True))
    backs = counter.returns_of(sale)
    to_cards = sum(one["amount_minor"] for back in backs for one in back.outcome["gift_cards"])
    assert [balance(card) for card in cards] == worths
    assert sum(back.refund_minor for back in backs) - to_cards == left
    assert (counter.available, counter.purse.faults()) == (cents, [])
