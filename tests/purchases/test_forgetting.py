"""Purchases are kept for two years, and nothing of them longer."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.rights import jobs
from app.sql import db
from tests.factories import NOON
from tests.purchases.factories import Shop, line, take_back
from wallet.purchases import basket_validation
from wallet.purchases.models import Purchase

THEN = NOON - timedelta(days=700)
"""Before what any other test remembers."""

TABLES = ("purchase", "purchase_line", "purchase_return", "return_line", "receipt_number")


def rows_of(purchase: Purchase) -> dict[str, int]:
    with db.system_transaction():
        mine: dict[str, Any] = {"m": purchase.member_id}
        return {
            table: int(db.execute(text(f"SELECT count(*) FROM {table} WHERE member_id = :m"), mine).scalar_one())
            for table in TABLES
        }


@pytest.fixture(scope="module")
def bought() -> Purchase:
    made = Shop().buy(line(quantity=2), bought_at=THEN, now=THEN)
    take_back(made, {1: 1}, now=THEN)
    return made


def forget(days: int) -> None:
    with db.system_transaction():
        jobs.forget_purchases(now=THEN + basket_validation.KEPT + timedelta(days=days))


def test_until_then_everything_is_there(bought: Purchase) -> None:
    forget(-1)
    assert set(rows_of(bought).values()) == {1}


def test_after_two_years_lines_returns_and_number_go_with_the_purchase(bought: Purchase) -> None:
    forget(1)
    assert set(rows_of(bought).values()) == {0}
