"""A sale gives a gift card: once, when it is closed; it goes when all of the sale comes back."""

from collections import Counter as Count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.errors import Problem
from app.sql import db
from offers.checkout.models import Sale
from offers.checkout.sale_cards import quote_card, sale_card
from offers.planning.caps.capped_categories import map_categories
from offers.planning.caps.price_caps import Goods
from offers.planning.errors import CapBroken, CurrencyForeign
from offers.planning.models import Audience
from offers.planning.spending.errors import BudgetSpent
from tests.checkout.factories import Counter, minutes
from tests.checkout.test_by_themselves import offers
from tests.factories import NOON, made, make_brand
from tests.gift_cards.factories import TEN_EUROS, balance, by_card, let_sell, sell_card
from tests.planning.factories import approve, make_draft
from tests.racing import at_once
from tests.sizes import chosen
from wallet.gift_cards import issuance, queries
from wallet.gift_cards.errors import (
    GiftCardAmountOutside,
    GiftCardCancelled,
    GiftCardsNotSold,
    GiftCardUnknown,
)
from wallet.gift_cards.issuance import Issued
from wallet.gift_cards.models import GiftCard
from wallet.purchases.basket import BasketLine
from wallet.purchases.tender_kinds import Tender, TenderKind

MANY = 16


@pytest.fixture
def counter() -> Counter:
    return till()


def till(**given: Any) -> Counter:
    counter = Counter(**given)
    let_sell(counter.brand)
    return counter


def gives(counter: Counter, **offer: Any) -> Any:
    """A coupon of ten euros on a gift card, from a hundred on."""
    return counter.coupon(benefit=TEN_EUROS, **({"minimum_minor": 10_000} | offer))


def sells(counter: Counter, *lines: Any, **given: Any) -> Sale:
    return counter.sells(*(lines or (10_000,)), coupons=[gives(counter)], **given)


def cards_of(counter: Counter) -> list[GiftCard]:
    with db.system_transaction():
        return list(db.all_of(queries.cards_of(counter.brand.id).order_by(GiftCard.id)))


def card_of(counter: Counter) -> Issued:
    [card] = [one for one in cards_of(counter) if one.name.startswith("sale:")]
    return Issued(card, issuance.code_of_given(brand_id=counter.brand.id, card_id=card.id))


def stays(back: Any) -> list[tuple[str, int]]:
    return [(one["code"], one["facts"]["money_minor"]) for one in back.outcome["not_undone"]]


def told(counter: Counter, sale: Sale) -> dict[str, Any]:
    return sale_card(counter.reads(sale), counter.returns_of(sale), language="fr", now=NOON)


def test_a_sale_that_reaches_the_minimum_gives_a_card_that_pays(counter: Counter) -> None:
    sale = sells(counter)
    card = card_of(counter)
    assert (sale.payable_minor, balance(card)) == (10_000, 1_000)
    counter.sells(400, tenders=(by_card(card, 400),), now=NOON + minutes(1))
    assert balance(card) == 600


def test_below_the_minimum_it_gives_none(counter: Counter) -> None:
    sale = sells(counter, 9_999)
    assert [left["reason"] for left in sale.trace["left_out"]] == ["minimum_not_reached"]
    assert cards_of(counter) == []


def test_it_is_valid_as_long_as_one_that_is_sold(counter: Counter) -> None:
    sells(counter)
    assert card_of(counter).card.expires_at == sell_card(counter, 1_000).card.expires_at


def test_it_is_told_by_its_end_with_its_last_day(counter: Counter) -> None:
    [one] = told(counter, sells(counter))["gift_cards_given"]
    card = card_of(counter).card
    assert (one["ending"], one["code"], one["amount_minor"]) == (card.ending, None, 1_000)
    assert one["text"].startswith(f"Carte cadeau …{card.ending} : 10,00\xa0€, valable jusqu'au ")


def test_what_is_kept_of_it_holds_no_code(counter: Counter) -> None:
    sale = sells(counter)
    assert card_of(counter).code not in str((sale.trace, sale.asked))


def test_a_quote_and_a_hold_say_that_it_would_be_given_and_give_none(counter: Counter) -> None:
    coupon = gives(counter)
    quoted = quote_card(counter.quotes(10_000, coupons=[coupon]), language="fr")["gift_cards_given"]
    held = told(counter, counter.opens(counter.asks(10_000, coupons=[coupon])))["gift_cards_given"]
    assert quoted == held
    assert (quoted[0]["ending"], quoted[0]["text"]) == (
        None,
        "Une carte cadeau de 10,00\xa0€ est remise à l'encaissement.",
    )
    assert cards_of(counter) == []


def test_the_same_sale_sent_again_gives_no_second_card(counter: Counter) -> None:
    asked = counter.asks(10_000, coupons=[gives(counter)])
    assert counter.commits(asked).id == counter.commits(asked).id
    assert len(cards_of(counter)) == 1


def test_an_offer_that_applies_by_itself_gives_one(counter: Counter) -> None:
    offers(counter, benefit=TEN_EUROS)
    counter.sells(10_000)
    assert balance(card_of(counter)) == 1_000


def test_no_till_takes_a_given_card_back_for_money(counter: Counter) -> None:
    sells(counter)
    with pytest.raises(GiftCardUnknown), made():
        issuance.cancel_gift_card(
            card_id=card_of(counter).card.id, brand_id=counter.brand.id, store_id=counter.store.id, now=NOON
        )


def test_the_law_caps_it_like_money_off(counter: Counter) -> None:
    with made():
        map_categories(brand_id=counter.brand.id, categories={Goods.FOOD: ["food"]})
    coupons = [
        counter.coupon(benefit={"kind": "percent", "percent": 30}, capped_at_till=True, rank=1),
        gives(counter, capped_at_till=True, rank=2, minimum_minor=0),
    ]
    sale = counter.sells(2_000, coupons=coupons)
    assert (sale.payable_minor, balance(card_of(counter))) == (1_400, 80)


def test_a_draft_is_held_against_the_law_the_brands_bounds_and_its_money() -> None:
    counter = till()
    with made():
        map_categories(brand_id=counter.brand.id, categories={Goods.FOOD: ["food"]})
    with pytest.raises(CapBroken):
        make_draft(counter.brand, benefit=TEN_EUROS, prior_price_minor=2_000)
    for amount in (99, 15_001):
        with pytest.raises(GiftCardAmountOutside):
            make_draft(counter.brand, benefit=TEN_EUROS | {"amount_minor": amount})
    with pytest.raises(CurrencyForeign):
        make_draft(counter.brand, benefit=TEN_EUROS | {"currency": "CHF"})
    with pytest.raises(GiftCardsNotSold):
        make_draft(make_brand(), benefit=TEN_EUROS)


def test_it_is_held_against_the_bounds_once_more_when_it_is_approved(counter: Counter) -> None:
    offer = make_draft(counter.brand, benefit=TEN_EUROS)
    let_sell(counter.brand, most_minor=999)
    with pytest.raises(GiftCardAmountOutside):
        approve(offer, counter.brand)


def test_for_everybody_it_states_no_price_before(counter: Counter) -> None:
    make_draft(counter.brand, benefit=TEN_EUROS, audience=Audience.EVERYBODY)


def test_a_budget_bears_what_is_on_it_and_gets_it_back(counter: Counter) -> None:
    counter.sets(1_500)
    sale = sells(counter)
    with pytest.raises(BudgetSpent):
        sells(counter)
    counter.returns(sale, {1: 1})
    sells(counter)


def test_it_goes_with_the_last_article_and_not_before(counter: Counter) -> None:
    sale = sells(counter, BasketLine(1, 2, 10_000))
    first = counter.returns(sale, {1: 1})
    assert (balance(card_of(counter)), first.outcome["gift_cards_taken_back"]) == (1_000, [])
    last = counter.returns(sale, {1: 1})
    card = card_of(counter)
    assert last.outcome["gift_cards_taken_back"] == [{"ending": card.card.ending, "amount_minor": 1_000}]
    assert (card.card.state, balance(card), stays(last)) == ("cancelled", 0, [])
    assert told(counter, sale)["gift_cards_given"] == []
    with pytest.raises(GiftCardCancelled):
        counter.sells(100, tenders=(by_card(card, 100),))


def test_what_it_paid_already_is_said_and_the_rest_is_taken(counter: Counter) -> None:
    sale = sells(counter)
    card = card_of(counter)
    counter.sells(400, tenders=(by_card(card, 400),))
    back = counter.returns(sale, {1: 1})
    assert (balance(card), stays(back)) == (0, [("gift_card_spent", 400)])
    assert back.outcome["gift_cards_taken_back"][0]["amount_minor"] == 600
    [text] = [one["text"] for one in told(counter, sale)["returns"][0]["not_undone"]]
    assert text == (
        f"La carte cadeau …{card.card.ending}, remise avec cette vente, a déjà payé 4,00\xa0€, qui ne sont pas repris."
    )


def test_what_comes_back_to_a_card_that_was_taken_back_is_taken_too(counter: Counter) -> None:
    sale = sells(counter)
    card = card_of(counter)
    spent = counter.sells(400, tenders=(by_card(card, 400),))
    counter.returns(sale, {1: 1})
    back = counter.returns(spent, {1: 1})
    assert (balance(card), stays(back)) == (0, [("gift_card_asked_back", 400)])
    assert back.outcome["gift_cards"] == [{"ending": card.card.ending, "amount_minor": 400}]


def test_a_card_that_got_all_back_that_it_paid_is_taken_whole(counter: Counter) -> None:
    sale = sells(counter)
    card = card_of(counter)
    counter.returns(counter.sells(400, tenders=(by_card(card, 400),)), {1: 1})
    assert stays(counter.returns(sale, {1: 1})) == []
    assert balance(card) == 0


@pytest.mark.parametrize("way", ["cancels", "reopens"])
def test_a_sale_that_is_undone_takes_it_back_once(counter: Counter, way: str) -> None:
    asked = counter.asks(10_000, coupons=[gives(counter)])
    sale = counter.commits(asked)
    getattr(counter, way)(sale)
    getattr(counter, way)(sale)
    assert [one.state for one in cards_of(counter)] == ["cancelled"]
    if way == "reopens":
        assert told(counter, sale)["gift_cards_given"][0]["ending"] is None
        counter.commits(asked, now=NOON + minutes(1))
        assert [(one.state, one.balance_minor) for one in cards_of(counter)] == [("cancelled", 0), ("active", 1_000)]


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_one_sale_sent_at_once_gives_one_card(counter: Counter) -> None:
    asked = counter.asks(10_000, coupons=[gives(counter)])
    at_once(MANY, lambda number: counter.commits(asked))
    assert len(cards_of(counter)) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_a_card_pays_at_many_tills_while_its_sale_comes_back(counter: Counter) -> None:
    """Whoever is first: what the card paid is said, and nothing is on it in the end."""
    paid_by = sell_card(counter, 10_000)
    sale = sells(counter, tenders=(by_card(paid_by, 10_000),))
    card = card_of(counter)
    asked = [counter.asks(100, tenders=(by_card(card, 100),)) for _ in range(MANY)]

    def act(number: int) -> str:
        if number == MANY // 2:
            counter.returns(sale, {1: 1}, reference="R1")
            return "returned"
        try:
            counter.commits(asked[number])
        except Problem as refusal:
            return refusal.code()
        return "paid"

    became = Count(at_once(MANY, act))
    assert set(became) <= {"returned", "paid", "gift_card_cancelled", "gift_card_short"}
    [back] = counter.returns_of(sale)
    assert stays(back) == ([("gift_card_spent", became["paid"] * 100)] if became["paid"] else [])
    assert (balance(card), balance(paid_by)) == (0, 10_000)


@settings(
    max_examples=chosen().worlds,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    lines=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2_000)), min_size=1, max_size=3),
    worth=st.integers(100, 3_000),
    percent=st.integers(1, 100),
    spends=st.integers(0, 3_000),
    data=st.data(),
)
def test_buying_and_returning_is_the_identity_but_for_what_was_spent(
    lines: list[tuple[int, int]], worth: int, percent: int, spends: int, data: Any
) -> None:
    """In any order of returns nothing is left on the card, no money is made, and what it paid is said."""
    counter = till()
    before = counter.stands()
    basket = tuple(BasketLine(at, many, many * price) for at, (many, price) in enumerate(lines, start=1))
    with_card = counter.coupon(benefit=TEN_EUROS | {"amount_minor": worth})
    coupons = [with_card, counter.percent(percent)]
    before = counter.stands()
    sale = counter.sells(*basket, coupons=coupons)
    cards = [one for one in cards_of(counter) if one.name.startswith("sale:")]
    paid = min(spends, sum(one.balance_minor for one in cards))
    if paid:
        counter.sells(paid, tenders=(by_card(card_of(counter), paid),))
    units = [at for at, (many, _) in enumerate(lines, start=1) for _ in range(many)]
    for number, at in enumerate(data.draw(st.permutations(units)), start=1):
        counter.returns(sale, {at: 1}, now=NOON + minutes(number))
    backs = counter.returns_of(sale)
    assert sum(back.refund_minor for back in backs) == sale.payable_minor
    assert [one for back in backs for one in stays(back)] == ([("gift_card_spent", paid)] if paid else [])
    assert sum(one.balance_minor for one in cards_of(counter)) == 0
    assert counter.stands() == before


def test_what_a_card_of_others_pays_is_given_back_before_the_given_one_goes(counter: Counter) -> None:
    paid_by = sell_card(counter, 4_000)
    sale = sells(counter, tenders=(by_card(paid_by, 4_000), Tender(TenderKind.CARD, 6_000)))
    back = counter.returns(sale, {1: 1})
    assert (balance(paid_by), balance(card_of(counter))) == (4_000, 0)
    assert back.outcome["gift_cards"] == [{"ending": paid_by.card.ending, "amount_minor": 4_000}]
