"""Sales: quoted, opened, closed; what is used, what is refused, and that once is once."""

from datetime import UTC, datetime

import pytest

from app.languages import Money
from app.sql import db
from offers.checkout.errors import (
    CouponOfSomebodyElse,
    PointsPayNothing,
    SaleChanged,
    SaleCurrencyForeign,
    TotalDiffers,
)
from offers.checkout.models import SaleState
from offers.coupons.errors import CouponAlreadyRedeemed, CouponExpired, CouponKept, UsedInSale
from offers.coupons.queries import redemptions_of_sale
from offers.planning.models import Stacking
from tests.checkout.factories import Counter, minutes
from tests.coupons.factories import redeem, undo
from tests.factories import NOON, make_member
from tests.points.factories import make_currency
from tests.wallet.factories import make_card
from wallet.cards import replacement
from wallet.cards.errors import CardBlocked
from wallet.ledger.errors import NotEnoughPoints
from wallet.passes.errors import CardLost
from wallet.purchases.basket import BasketLine, Products

FREE = {"kind": "free_item", "item": {"fr": "Un café", "en": "A coffee"}}


def test_a_quote_uses_nothing_and_keeps_nothing() -> None:
    counter = Counter(points=200)
    coupon = counter.percent(10)
    before = counter.stands()
    weighed = counter.quotes(1_000, coupons=[coupon], points=100)
    assert weighed.stacked.basket.net_minor == 400
    assert counter.stands() == before


def test_a_sale_uses_its_coupon_spends_its_points_and_earns_on_what_is_left() -> None:
    counter = Counter(earns=True, points=200)
    sale = counter.sells(2_000, coupons=[counter.percent(10)], points=100)
    assert (sale.state, sale.payable_minor, sale.points_spent) == (SaleState.CLOSED, 1_300, 100)
    assert counter.available == 200 - 100 + 13
    assert counter.stands()["coupons"][0][1] == "redeemed"


def test_eight_paid_and_two_free_less_twenty_percent_and_with_tax_come_to_the_public_sum() -> None:
    """Odoo, sale_loyalty, numbers, taxes and rules: 250.00 and 80 % of eight at 368.00."""
    counter = Counter()
    lines = (
        BasketLine(1, 10, 25_000, category="drawers"),
        BasketLine(2, 10, 320_000, category="cabinets", tax_bp=1_500),
    )
    cabinets = Products(categories=frozenset({"cabinets"}))
    coupons = [
        *(counter.coupon(benefit=FREE, products=cabinets) for _ in range(2)),
        counter.percent(20, products=cabinets),
    ]
    assert counter.sells(*lines, coupons=coupons, tax_included=False).payable_minor == 260_520


def test_a_coupon_of_a_free_unit_for_which_none_is_left_is_not_used() -> None:
    counter = Counter()
    coupons = [counter.coupon(benefit=FREE, products=Products(categories=frozenset({"food"}))) for _ in range(3)]
    sale = counter.sells(BasketLine(1, 2, 2_000, category="food"), coupons=coupons)
    assert (sale.payable_minor, [left["reason"] for left in sale.trace["left_out"]]) == (0, ["no_effect"])
    assert sorted(status for _, status, *_ in counter.stands()["coupons"]) == ["active", "redeemed", "redeemed"]


def test_points_that_pay_earn_no_points() -> None:
    counter = Counter(earns=True, points=400)
    counter.sells(2_000, points=400)
    assert counter.available == 0


def test_a_quote_says_what_a_sale_will_earn() -> None:
    weighed = Counter(earns=True).quotes(2_000)
    assert [award.points for award in weighed.awards] == [20]


def test_the_same_sale_sent_twice_is_one_sale() -> None:
    counter = Counter(earns=True, points=200)
    asked = counter.asks(2_000, coupons=[counter.percent(10)], points=100)
    first, second = counter.commits(asked), counter.commits(asked, now=NOON + minutes(60))
    assert (first.id, first.purchase_id) == (second.id, second.purchase_id)
    assert counter.available == 113


@pytest.mark.parametrize("sold", ["036000291452", "0036000291452", "00036000291452"])
def test_an_offer_on_an_article_takes_part_however_its_number_is_written(sold: str) -> None:
    counter = Counter()
    coupon = counter.percent(10, products=Products(gtins=frozenset({"0036000291452"})))
    assert counter.sells(BasketLine(1, 1, 1_000, gtin=sold), coupons=[coupon]).payable_minor == 900


def test_a_sale_sent_again_with_its_articles_numbered_otherwise_is_the_same() -> None:
    counter = Counter()
    first, second = (
        counter.sells(BasketLine(1, 1, 1_000, gtin=gtin), receipt="R1") for gtin in ("036000291452", "0036000291452")
    )
    assert first.id == second.id


def test_a_sale_sent_again_with_other_content_is_refused() -> None:
    counter = Counter()
    counter.sells(1_000, receipt="R1")
    with pytest.raises(SaleChanged):
        counter.sells(1_100, receipt="R1")


def test_the_order_in_which_coupons_are_shown_does_not_matter() -> None:
    counter = Counter()
    coupons = [counter.percent(10, rank=2), counter.percent(20, rank=1, minimum_minor=10_000)]
    assert counter.sells(10_500, coupons=coupons, receipt="R1").payable_minor == 7_560
    assert counter.sells(10_500, coupons=coupons[::-1], receipt="R1").payable_minor == 7_560


def test_a_total_that_is_not_what_the_till_charged_is_refused_and_nothing_is_done() -> None:
    counter = Counter(points=100)
    coupon = counter.percent(10)
    before = counter.stands()
    with pytest.raises(TotalDiffers) as refused:
        counter.commits(counter.asks(1_000, coupons=[coupon]), charged_minor=1_000)
    assert refused.value.facts == {"payable_minor": Money(900, "EUR"), "charged_minor": Money(1_000, "EUR")}
    assert counter.stands() == before


def test_a_coupon_without_effect_is_not_used_up() -> None:
    counter = Counter()
    coupon = counter.percent(10, minimum_minor=5_000)
    sale = counter.sells(1_000, coupons=[coupon])
    assert [left["reason"] for left in sale.trace["left_out"]] == ["minimum_not_reached"]
    assert counter.sells(5_000, coupons=[coupon]).payable_minor == 4_500


def test_a_coupon_that_lost_to_an_exclusive_one_is_not_used_up() -> None:
    counter = Counter()
    common, exclusive = counter.percent(10), counter.percent(30, stacking=Stacking.EXCLUSIVE)
    assert counter.sells(1_000, coupons=[common, exclusive]).payable_minor == 700
    assert counter.sells(1_000, coupons=[common]).payable_minor == 900


def test_a_coupon_is_used_once_per_sale_and_not_per_line() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    assert counter.sells(1_000, 1_000, coupons=[coupon, coupon]).payable_minor == 1_800


def test_a_used_coupon_is_refused_with_when_and_where() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    counter.sells(1_000, coupons=[coupon])
    with pytest.raises(CouponAlreadyRedeemed) as refused:
        counter.sells(1_000, coupons=[coupon])
    assert refused.value.title.say("en", refused.value.facts) == "Already used on 18 May 12:00 at Rivoli."


def test_a_quote_says_why_a_coupon_cannot_be_used() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    counter.sells(1_000, coupons=[coupon])
    weighed = counter.quotes(1_000, coupons=[coupon])
    assert isinstance(weighed.refusals[f"coupon:{coupon.code}"], CouponAlreadyRedeemed)


def test_a_coupon_of_somebody_else_is_refused() -> None:
    counter = Counter()
    with pytest.raises(CouponOfSomebodyElse):
        counter.sells(1_000, coupons=[counter.percent(10, member=make_member())])


def test_a_blocked_card_buys_nothing() -> None:
    counter = Counter()
    blocked = make_card(make_member(), counter.brand, status="blocked")
    with pytest.raises(CardBlocked):
        counter.sells(1_000, code=blocked.code)


def test_a_sale_sent_again_is_the_same_also_when_its_card_was_lost_since() -> None:
    counter = Counter()
    asked = counter.asks(1_000)
    first = counter.commits(asked)
    with db.system_transaction():
        replacement.replace_lost(member_id=counter.member.id, card_id=counter.card.id, now=NOON)
    assert counter.commits(asked).id == first.id
    with pytest.raises(CardLost):
        counter.sells(1_000)


def test_a_sale_sent_again_with_another_pass_of_the_member_is_the_same() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    first = counter.sells(1_000, receipt="R1", bought_at=NOON)
    assert counter.sells(1_000, receipt="R1", bought_at=NOON, code=coupon.code).id == first.id


def test_a_sale_sent_again_with_the_pass_of_somebody_else_is_refused() -> None:
    counter = Counter()
    counter.sells(1_000, receipt="R1")
    with pytest.raises(SaleChanged):
        counter.sells(1_000, receipt="R1", code=make_card(make_member(), counter.brand).code)


def test_an_amount_in_another_currency_is_refused_and_never_converted() -> None:
    counter = Counter()
    coupon = counter.coupon(benefit={"kind": "amount", "amount_minor": 100, "currency": "EUR"})
    with pytest.raises(SaleCurrencyForeign):
        counter.sells(1_000, coupons=[coupon], currency="CHF")


def test_points_that_are_missing_are_said_in_a_quote_and_refused_in_a_sale() -> None:
    counter = Counter(points=50)
    weighed = counter.quotes(1_000, points=100)
    assert weighed.refusals["points"].facts == {"required": 100, "available": 50, "missing": 50}
    assert weighed.stacked.basket.net_minor == 1_000
    with pytest.raises(NotEnoughPoints):
        counter.sells(1_000, points=100)


def test_points_without_a_worth_pay_nothing() -> None:
    counter = Counter()
    counter.currency = make_currency(counter.brand)
    with pytest.raises(PointsPayNothing):
        counter.sells(1_000, points=100)


def test_a_coupon_that_gives_points_gives_them_with_the_sale() -> None:
    counter = Counter()
    counter.sells(1_000, coupons=[counter.coupon(benefit={"kind": "points", "points": 50})])
    assert counter.available == 50


def test_an_open_sale_with_a_coupon_that_gives_points_gives_them_when_it_is_closed() -> None:
    counter = Counter()
    asked = counter.asks(1_000, coupons=[counter.coupon(benefit={"kind": "points", "points": 50})])
    counter.opens(asked)
    counter.commits(asked)
    assert counter.available == 50


def test_an_open_sale_keeps_its_coupon_from_other_sales() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    counter.opens(counter.asks(1_000, coupons=[coupon], receipt="R1"))
    with pytest.raises(CouponKept):
        counter.sells(1_000, coupons=[coupon], receipt="R2")
    with pytest.raises(CouponKept):
        redeem(coupon, counter.terminal)


def test_an_open_sale_keeps_its_points() -> None:
    counter = Counter(points=100)
    counter.opens(counter.asks(1_000, points=100))
    with pytest.raises(NotEnoughPoints):
        counter.sells(1_000, points=100)


def test_a_coupon_does_not_expire_while_a_sale_keeps_it() -> None:
    counter = Counter()
    coupon = counter.percent(10, coupon_valid_days=0)
    midnight = datetime(2026, 5, 18, 22, tzinfo=UTC)
    asked = counter.asks(1_000, coupons=[coupon], bought_at=midnight - minutes(1))
    counter.opens(asked, now=midnight - minutes(1))
    assert counter.commits(asked, now=midnight + minutes(1)).payable_minor == 900


def test_a_coupon_that_nobody_keeps_expires_at_midnight() -> None:
    counter = Counter()
    coupon = counter.percent(10, coupon_valid_days=0)
    with pytest.raises(CouponExpired):
        counter.sells(1_000, coupons=[coupon], now=datetime(2026, 5, 18, 22, tzinfo=UTC))


def test_a_use_in_a_sale_is_undone_by_the_sale_and_not_by_itself() -> None:
    counter = Counter()
    sale = counter.sells(1_000, coupons=[counter.percent(10)])
    with db.system_transaction():
        [use] = db.all_of(redemptions_of_sale(sale.member_id, sale.id))
    with pytest.raises(UsedInSale):
        undo(use, counter.terminal)


def test_a_quote_counts_what_its_own_sale_keeps() -> None:
    counter = Counter(points=100)
    given = {"coupons": [counter.percent(10)], "points": 100, "receipt": "R1"}
    counter.opens(counter.asks(1_000, **given))
    weighed = counter.quotes(1_000, **given)
    assert (weighed.stacked.basket.net_minor, weighed.refusals) == (400, {})
    assert "points" in counter.quotes(1_000, points=100, receipt="R2").refusals


def test_what_an_open_sale_keeps_is_free_again_by_itself() -> None:
    counter = Counter(points=100)
    coupon = counter.percent(10)
    sale = counter.opens(counter.asks(1_000, coupons=[coupon], points=100))
    later = NOON + minutes(5)
    assert sale.state_at(later) is SaleState.LAPSED
    assert counter.sells(1_000, coupons=[coupon], points=100, now=later).payable_minor == 400


def test_closing_an_open_sale_uses_what_it_kept() -> None:
    counter = Counter(points=100)
    asked = counter.asks(1_000, coupons=[counter.percent(10)], points=100)
    opened = counter.opens(asked)
    closed = counter.commits(asked, now=NOON + minutes(1))
    assert (closed.id, closed.payable_minor, counter.available) == (opened.id, 400, 0)
    assert counter.purse.kinds()[-1] == "hold_captured"


def test_a_sale_whose_time_is_over_is_closed_with_what_is_free_then() -> None:
    counter = Counter(points=100)
    asked = counter.asks(1_000, points=100)
    counter.opens(asked)
    assert counter.commits(asked, now=NOON + minutes(30)).payable_minor == 500
    assert counter.purse.kinds()[-1] == "spent"


def test_a_sale_that_is_opened_again_replaces_what_it_kept() -> None:
    counter = Counter(points=300)
    first, second = counter.percent(10), counter.percent(20)
    counter.opens(counter.asks(2_000, coupons=[first], points=300, receipt="R1"))
    counter.opens(counter.asks(2_000, coupons=[second], points=100, receipt="R1"))
    assert counter.available == 200
    assert counter.sells(1_000, coupons=[first], receipt="R2").payable_minor == 900


def test_closing_with_less_points_than_were_kept_frees_the_rest() -> None:
    counter = Counter(points=300)
    counter.opens(counter.asks(2_000, points=300, receipt="R1"))
    counter.sells(500, points=300, receipt="R1")
    assert counter.available == 200


def test_closing_with_more_points_than_were_kept_takes_them_from_what_is_free() -> None:
    counter = Counter(points=300)
    counter.opens(counter.asks(500, points=300, receipt="R1"))
    counter.sells(1_500, points=300, receipt="R1")
    assert counter.available == 0


def test_closing_without_the_points_that_were_kept_frees_them() -> None:
    counter = Counter(points=300)
    counter.opens(counter.asks(500, points=300, receipt="R1"))
    counter.sells(500, receipt="R1")
    assert counter.available == 300


def test_another_pass_at_an_open_sale_frees_what_the_first_one_kept() -> None:
    counter = Counter(points=100)
    coupon = counter.percent(10)
    counter.opens(counter.asks(1_000, coupons=[coupon], points=100, receipt="R1"))
    other = make_card(make_member(), counter.brand)
    sale = counter.sells(1_000, receipt="R1", code=other.code)
    assert (sale.member_id, counter.available) == (other.member_id, 100)
    assert counter.sells(1_000, coupons=[coupon]).payable_minor == 900


def test_cancelling_an_open_sale_frees_what_it_kept() -> None:
    counter = Counter(points=100)
    coupon = counter.percent(10)
    before = counter.stands()
    sale = counter.opens(counter.asks(1_000, coupons=[coupon], points=100))
    assert counter.cancels(sale).state == SaleState.CANCELLED
    assert counter.stands() == before


def test_a_cancelled_sale_does_not_come_back_when_its_closing_is_sent_again() -> None:
    counter = Counter(earns=True)
    asked = counter.asks(1_000)
    sale = counter.commits(asked)
    counter.cancels(sale)
    assert counter.commits(asked).state == SaleState.CANCELLED
    assert counter.available == 0


def test_tax_is_counted_on_what_is_left_and_is_never_negative() -> None:
    counter = Counter()
    taxed = (BasketLine(1, 1, 1_000, tax_bp=2_000), BasketLine(2, 1, 100, tax_bp=550))
    coupon = counter.coupon(benefit={"kind": "amount", "amount_minor": 5_000, "currency": "EUR"})
    sale = counter.sells(*taxed, coupons=[coupon], tax_included=False)
    assert (sale.trace["net_minor"], sale.trace["tax_minor"], sale.payable_minor) == (0, 0, 0)


def test_tax_is_on_top_of_prices_without_it_and_inside_the_others() -> None:
    counter = Counter()
    line = BasketLine(1, 1, 1_000, tax_bp=2_000)
    without = counter.sells(line, coupons=[counter.percent(10)], tax_included=False)
    within = counter.sells(line, coupons=[counter.percent(10)])
    assert (without.payable_minor, without.trace["tax_minor"]) == (1_080, 180)
    assert (within.payable_minor, within.trace["tax_minor"]) == (900, 150)


def test_the_trace_keeps_every_step() -> None:
    counter = Counter(points=100)
    sale = counter.sells(10_000, coupons=[counter.percent(10)], points=100)
    steps = [
        (step["kind"], step["before_minor"], step["amount_minor"], step["after_minor"]) for step in sale.trace["steps"]
    ]
    assert steps == [("percent", 10_000, 1_000, 9_000), ("payment", 9_000, 500, 8_500)]
