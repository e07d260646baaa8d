"""Whatever is bought, counted and brought back, in whatever order: what is left is what was kept."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.sql import db
from tests.programmes.factories import Club, multiplier, rule
from tests.purchases.factories import line
from tests.sizes import chosen
from wallet.points.returns import Policy
from wallet.programmes.rules import Period, RuleKind

lines = st.tuples(st.integers(1, 4), st.integers(0, 30_000))
baskets = st.lists(lines, min_size=1, max_size=3)


def club() -> Club:
    return Club(
        rule(points=3, caps={Period.DAY: 400}),
        rule("visit", RuleKind.VISIT, points=10, caps={Period.LIFETIME: 25}),
        rule("item", RuleKind.ITEM, points=2),
        multiplier(factor_percent=150),
        ladder={},
        policy=Policy.UNLIMITED,
        currency={"may_go_negative": True},
    )


@settings(max_examples=chosen().worlds, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(baskets, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_buying_and_returning_everything_in_any_order_of_units_is_the_identity(
    wanted: list[list[tuple[int, int]]], chance: Any
) -> None:
    shop = club()
    bought = [
        shop.buys(*(line(gross, position=at, quantity=many) for at, (many, gross) in enumerate(some, start=1)))
        for some in wanted
    ]
    units = [
        (purchase, at)
        for purchase, some in zip(bought, wanted, strict=True)
        for at, (many, _) in enumerate(some, start=1)
        for _ in range(many)
    ]
    chance.shuffle(units)
    for purchase, at in units:
        before = shop.purse.balance().available
        shop.returns(purchase, {at: 1})
        assert shop.purse.balance().available <= before
    balance = shop.purse.balance()
    assert (balance.available, balance.debt, balance.pending, shop.tier) == (0, 0, 0, None)
    assert shop.purse.faults() == []


def test_what_was_given_is_never_written_anew() -> None:
    shop = Club(ladder={})
    bought = shop.buys(20000)
    shop.returns(bought, {1: 1})
    refused = []
    for table, change in (
        ("purchase_award", "points = 1"),
        ("award_return", "taken = 0"),
        ("event_award", "points = 1"),
        ("tier_change", "after = 'gold'"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.system_transaction():
            db.execute(text(f"UPDATE {table} SET {change}"))
        refused.append(table)
    assert len(refused) == 4
