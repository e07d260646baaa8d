"""Learning costs the same few statements however much there is to learn, and one of them writes it all."""

import pytest

from app.sql import db
from offers.learning import lessons, profiles
from tests.factories import NOON
from tests.learning.factories import A_DAY, BREAD, Regular
from tests.purchases.factories import line, take_back
from tests.tracing import sent_statements

LEARN = 4
"""The lock, what was bought, how offers were taken, and the one statement that writes."""
SETTLE = 1


@pytest.fixture
def regular() -> Regular:
    return Regular()


def learning(regular: Regular) -> list[str]:
    with db.system_transaction(), sent_statements() as sent:
        lessons.learn_profile(regular.member.id, regular.brand.id, now=NOON)
    return sent


def writing(sent: list[str]) -> list[str]:
    return [one for one in sent if "INSERT" in one or "DELETE" in one or "UPDATE profile" in one]


def test_one_purchase_costs_four_statements_of_which_one_writes(regular: Regular) -> None:
    regular.buy()
    sent = learning(regular)
    assert (len(sent), len(writing(sent))) == (LEARN, 1)


def test_many_purchases_of_many_lines_and_returns_cost_no_more(regular: Regular) -> None:
    for days in range(12):
        lines = [line(position=place, gtin=None, sku=f"{days}-{place}") for place in range(1, 9)]
        take_back(regular.buy(*lines, line(position=9, gtin=BREAD), bought_at=NOON - days * A_DAY), {1: 1})
    sent = learning(regular)
    assert (len(sent), len(writing(sent))) == (LEARN, 1)


def test_nothing_new_costs_no_more(regular: Regular) -> None:
    learning(regular)
    assert len(learning(regular)) == LEARN


def test_a_change_of_a_permission_is_followed_by_one_statement(regular: Regular) -> None:
    with db.system_transaction(), sent_statements() as sent:
        profiles.settle_profiles(regular.member.id, now=NOON)
    assert len(sent) == SETTLE
