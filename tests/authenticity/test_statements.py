"""What a code that changes costs more than a plain one, in statements; a plain one costs nothing."""

from collections.abc import Callable

import pytest

from app.sql import db
from offers.checkout import sales
from tests.authenticity.factories import shows_apple, shows_google, shows_voucher
from tests.checkout.factories import Counter
from tests.factories import NOON
from tests.tracing import sent_statements
from wallet.scanning import scans

SCAN, OF_A_CODE_THAT_CHANGES = 2, 2
"""What the code is, and the scan; then whether it is genuine, and that it was shown."""
PROVED_IN_A_SALE = 3
"""Whether it is genuine, that it is used, and that its passes show another."""


@pytest.fixture
def counter() -> Counter:
    return Counter(earns=True, points=10_000)


def counted(counter: Counter, act: Callable[[], object]) -> int:
    with db.transaction():
        staff = db.Staff("terminal", counter.brand.id, counter.store.id)
        db.become(brand_id=counter.brand.id, principal_id=counter.terminal.id, staff=staff)
        with sent_statements() as sent:
            act()
    return len(sent)


def scan(counter: Counter, text: str) -> int:
    at = {"brand_id": counter.brand.id, "store_id": counter.store.id, "terminal_id": counter.terminal.id}
    return counted(counter, lambda: scans.read_pass(code=text, **at, now=NOON))


def sell(counter: Counter, text: str, *, points: int) -> int:
    asked = counter.asks(1_000, points=points, code=text)
    return counted(counter, lambda: sales.commit_sale(asked=asked, till=counter.till, now=NOON))


def test_a_plain_code_costs_nothing_more(counter: Counter) -> None:
    assert scan(counter, counter.card.code) == SCAN


@pytest.mark.parametrize("form", ["google", "apple", "voucher"])
def test_a_scan_of_a_code_that_changes_costs_two_more(counter: Counter, form: str) -> None:
    code = counter.card.code
    shows = {
        "google": shows_google,
        "apple": shows_apple,
        "voucher": lambda code: shows_voucher(code, counter.brand.id),
    }
    assert scan(counter, shows[form](code)) == SCAN + OF_A_CODE_THAT_CHANGES


def test_a_sale_that_it_pays_costs_three_more(counter: Counter) -> None:
    sell(counter, counter.card.code, points=20)
    plain = sell(counter, counter.card.code, points=20)
    assert sell(counter, shows_google(counter.card.code), points=20) == plain + PROVED_IN_A_SALE


def test_a_sale_that_only_earns_asks_whether_it_is_genuine(counter: Counter) -> None:
    sell(counter, counter.card.code, points=0)
    plain = sell(counter, counter.card.code, points=0)
    assert sell(counter, shows_google(counter.card.code), points=0) == plain + 1
