"""How many statements a till's question costs: bound here, in one place, so that none comes back unseen.

For five lines, a coupon and points that pay, in a programme; what a request costs by itself is not counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.sql import db
from offers.checkout import sales
from offers.checkout.pricing import Asked
from offers.checkout.returned import returns
from offers.planning.spending.periods import BudgetPeriod
from tests.checkout.factories import Counter
from tests.checkout.test_by_themselves import offers
from tests.factories import NOON
from tests.stamps.factories import COFFEE, CoffeeBar
from tests.tracing import sent_statements
from wallet.purchases.basket import BasketLine

QUOTE, HOLD, SALE, SALE_OF_A_HOLD, PLAIN_SALE, RETURN = 4, 10, 11, 15, 8, 31
LINES = [BasketLine(at, 1, 500 + at, category="food") for at in range(1, 6)]


@pytest.fixture
def counter() -> Counter:
    return Counter(earns=True, points=10_000)


@pytest.fixture
def asked(counter: Counter) -> Asked:
    """What a till asks, once what never changes is known."""
    found = counter.asks(*LINES, coupons=[counter.percent(10)], points=20)
    ask(counter, sales.quote_sale, found)
    return found


@contextmanager
def counted(counter: Counter) -> Iterator[list[str]]:
    """A transaction of the staff at the till, and the statements that it sends, in their order."""
    with db.transaction():
        staff = db.Staff("terminal", counter.brand.id, counter.store.id)
        db.become(brand_id=counter.brand.id, principal_id=counter.terminal.id, staff=staff)
        with sent_statements() as sent:
            yield sent


def ask(counter: Counter, verb: Any, asked: Asked) -> int:
    """How many statements a verb of the till sends."""
    with counted(counter) as sent:
        verb(asked=asked, till=counter.till, now=NOON)
    return len(sent)


def test_a_quote_reads_what_holds_once(counter: Counter, asked: Asked) -> None:
    assert ask(counter, sales.quote_sale, asked) <= QUOTE


def test_a_hold_reads_once_and_writes_once(counter: Counter, asked: Asked) -> None:
    assert ask(counter, sales.open_sale, asked) <= HOLD


def test_a_sale_reads_once_and_writes_once(counter: Counter, asked: Asked) -> None:
    assert ask(counter, sales.commit_sale, asked) <= SALE


def test_a_sale_of_what_was_held_reads_once_and_writes_once(counter: Counter, asked: Asked) -> None:
    ask(counter, sales.open_sale, asked)
    assert ask(counter, sales.commit_sale, asked) <= SALE_OF_A_HOLD


def test_a_sale_without_coupon_and_points_costs_less(counter: Counter) -> None:
    ask(counter, sales.quote_sale, counter.asks(*LINES))
    assert ask(counter, sales.commit_sale, counter.asks(*LINES)) <= PLAIN_SALE


def test_a_sale_asks_nothing_more_where_stamps_fill_a_card() -> None:
    bar = CoffeeBar(size=5)
    bar.drinks(1)
    coffees = [BasketLine(1, many, many * 200, gtin=COFFEE, category="drinks") for many in (2, 2)]
    plain, filling = (ask(bar, sales.commit_sale, bar.asks(line)) for line in coffees)
    assert (filling, len(bar.coupons())) == (plain, 1)
    assert plain <= PLAIN_SALE


def test_an_offer_that_applies_by_itself_is_a_lock_a_look_and_two_writes_more(counter: Counter) -> None:
    offers(counter)
    ask(counter, sales.quote_sale, counter.asks(*LINES))
    assert ask(counter, sales.quote_sale, counter.asks(*LINES)) <= QUOTE
    assert ask(counter, sales.commit_sale, counter.asks(*LINES)) <= PLAIN_SALE + 4


def test_one_more_that_applies_by_itself_is_one_write_more(counter: Counter) -> None:
    for _ in range(2):
        offers(counter)
    ask(counter, sales.quote_sale, counter.asks(*LINES))
    assert ask(counter, sales.commit_sale, counter.asks(*LINES)) <= PLAIN_SALE + 5


def test_a_coupon_more_is_no_statement_more(counter: Counter) -> None:
    coupons = [counter.percent(10), counter.percent(20), counter.percent(5)]
    found = counter.asks(*LINES, coupons=coupons, points=20)
    ask(counter, sales.quote_sale, found)
    assert ask(counter, sales.commit_sale, found) <= SALE


def test_what_never_changes_is_not_read_again(counter: Counter) -> None:
    found = counter.asks(*LINES, coupons=[counter.percent(10)])
    first, second = (ask(counter, sales.quote_sale, found) for _ in range(2))
    assert second == first - 1  # what the programme says; what the offer says was read with the claim


def test_a_return_opens_the_books_once(counter: Counter, asked: Asked) -> None:
    sale = counter.commits(asked)
    with counted(counter) as sent:
        whose = {"sale_id": sale.id, "brand_id": counter.brand.id, "now": NOON}
        returns.return_units(**whose, units={1: 1}, reference="1")
    assert len(sent) <= RETURN
    assert sum("FOR UPDATE OF points_balance" in one for one in sent) == 1


def test_budgets_in_money_are_one_statement_more(counter: Counter, asked: Asked) -> None:
    counter.sets(100_000)
    counter.sets(100_000, BudgetPeriod.DAY)
    counter.sells(*LINES, coupons=[counter.percent(10)])  # the first sale of a period makes its slots
    ask(counter, sales.quote_sale, asked)
    assert ask(counter, sales.commit_sale, asked) <= SALE + 1


def test_what_an_open_sale_keeps_of_budgets_is_one_statement_more(counter: Counter, asked: Asked) -> None:
    counter.sets(100_000)
    counter.sells(*LINES, coupons=[counter.percent(10)])
    assert ask(counter, sales.open_sale, asked) <= HOLD + 1
    assert ask(counter, sales.commit_sale, asked) <= SALE_OF_A_HOLD + 1
