"""A coupon of a manufacturer, the cagnotte, a gift card and money pay one sale together, and each gets its own back."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from offers.manufacturers.series import Series
from tests.checkout.factories import minutes
from tests.factories import NOON
from tests.gift_cards.factories import balance, by_card, let_sell, sell_card
from tests.manufacturers.factories import COFFEE, EURO, CouponCounter, article, euro, of
from tests.sizes import chosen
from wallet.purchases.basket import BasketLine
from wallet.purchases.tender_kinds import Tender, TenderKind

K = TenderKind
MONEY: dict[str, Any] = {"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"}
POT, ON_CARD = 5_000, 10_000

units_and_cents = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2_000)), min_size=1, max_size=3)
coupons = st.lists(st.integers(1, 900), max_size=2)
parts = st.tuples(st.integers(0, 100), st.integers(0, 100))


class Till(CouponCounter):
    """A till of a brand with a cagnotte, gift cards and an issuer of coupons, and a member who has all of it."""

    def __init__(self) -> None:
        super().__init__(Series(EURO, products=of(COFFEE)), points=POT, counts=MONEY)
        let_sell(self.brand)
        self.gift_card = sell_card(self, ON_CARD)

    @property
    def owed_minor(self) -> int:
        return sum(one.amount_minor for one in self.ledger())

    def stands_now(self) -> tuple[int, int, int]:
        return self.available, balance(self.gift_card), self.owed_minor


@given(lines=units_and_cents, values=coupons, percents=parts, draw=st.randoms(use_true_random=False))
@settings(
    max_examples=chosen().worlds,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
def test_what_comes_back_goes_to_whoever_paid_it_and_all_of_it_in_the_end(
    lines: list[tuple[int, int]], values: list[int], percents: tuple[int, int], draw: Any
) -> None:
    till = Till()
    bought = [article(at, units * cents, quantity=units) for at, (units, cents) in enumerate(lines, start=1)]
    total = sum(one.gross_minor for one in bought)
    of_pot, of_card = percents
    from_pot = min(total * of_pot // 200, POT)
    pot = [Tender(K.CAGNOTTE, from_pot)] if from_pot else []
    codes = tuple(euro(value, f"{at:02}") for at, value in enumerate(values, start=1))
    quoted = till.asked(till.shows(*bought, codes=codes, tenders=tuple(pot)))
    codes = tuple(one.code for one in quoted.manufacturers.payments)
    by_issuer = quoted.manufacturers.amount_minor
    rest = total - from_pot - by_issuer
    from_card = min(rest * of_card // 100, ON_CARD)
    money = [by_card(till.gift_card, from_card)] if from_card else []
    money += [Tender(K.CASH, rest - from_card)] if rest > from_card else []
    sale = till.commits(replace(till.shows(*bought, codes=codes, tenders=(*pot, *money))))
    assert till.stands_now() == (POT - from_pot, ON_CARD - from_card, by_issuer)

    singly = [at for at, (units, _) in enumerate(lines, start=1) for _ in range(units)]
    draw.shuffle(singly)
    refunded = 0
    for number, at in enumerate(singly, start=1):
        back = till.returns(sale, {at: 1}, now=NOON + minutes(number))
        assert back.refund_minor >= sum(one["amount_minor"] for one in back.outcome["gift_cards"])
        refunded += back.refund_minor
    assert refunded == rest
    assert till.stands_now() == (POT, ON_CARD, 0)
    assert till.purse.faults() == []


def test_a_cancelled_sale_gives_each_its_own_back_at_once() -> None:
    till = Till()
    bought = BasketLine(1, 2, 2_000, gtin=COFFEE, category="food")
    tenders = (Tender(K.CAGNOTTE, 500), by_card(till.gift_card, 700), Tender(K.CASH, 500))
    sale = till.commits(till.shows(bought, codes=(euro(300),), tenders=tenders))
    assert till.stands_now() == (POT - 500, ON_CARD - 700, 300)
    till.cancels(sale)
    [back] = till.returns_of(sale)
    assert (back.refund_minor, back.outcome["gift_cards"][0]["amount_minor"]) == (1_200, 700)
    assert till.stands_now() == (POT, ON_CARD, 0)
