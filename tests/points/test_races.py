"""Whoever comes too late gets nothing: exactly what exists is given."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import Conflict
from tests.points.factories import Purse, count
from tests.racing import at_once

pytestmark = pytest.mark.usefixtures("crowd")

MANY = 64


def outcomes(do: Callable[[int], Any]) -> Counter[str]:
    """What became of many who do this at once: done, again, or the code of the refusal."""

    def tried(number: int) -> str:
        try:
            return "again" if do(number).again else "done"
        except Conflict as refusal:
            return refusal.code()

    return Counter(at_once(MANY, tried))


def test_many_spenders_of_one_balance_get_what_is_there() -> None:
    purse = Purse()
    purse.earn(60)
    purse.earn(45)
    assert outcomes(lambda _: purse.spend(10)) == {"done": 10, "not_enough_points": MANY - 10}
    assert (purse.available, purse.faults()) == (5, [])


def test_one_hold_is_captured_once() -> None:
    purse = Purse()
    purse.earn(100)
    hold = purse.hold(70)
    assert outcomes(lambda _: purse.capture(hold.id)) == {"done": 1, "hold_over": MANY - 1}
    assert (purse.available, purse.balance().totals["hold_captured"], purse.faults()) == (30, 70, [])


def test_one_source_has_one_effect() -> None:
    purse = Purse()
    assert outcomes(lambda _: purse.earn(100, source="till 1, receipt 7")) == {"done": 1, "again": MANY - 1}
    assert (purse.available, count(purse, kind="earned"), purse.faults()) == (100, 1, [])


def test_a_hold_is_either_captured_or_released() -> None:
    purse = Purse()
    purse.earn(100)
    hold = purse.hold(100)
    found = outcomes(lambda n: purse.capture(hold.id) if n % 2 else purse.release(hold.id))
    assert found["done"] == 1
    assert purse.available == (0 if "again" not in found else 100)
    assert purse.faults() == []


def test_one_spend_is_given_back_once() -> None:
    purse = Purse()
    purse.earn(100)
    spend = purse.spend(100)
    assert outcomes(lambda _: purse.give_back(spend.id, points=40)) == {"done": 2, "more_than_moved": MANY - 2}
    assert (purse.available, purse.faults()) == (80, [])
