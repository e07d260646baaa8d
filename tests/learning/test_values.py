"""What members will still bring: a model of those who permit it and whose first purchase is known, and of no others."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from app.accounts.models import Brand, Member
from app.commands import preparation
from app.sql import db
from offers.learning import decay, lifetime_value
from offers.learning.commands import values
from offers.learning.lifetime_value import FitImpossible
from offers.learning.values import brand_values
from offers.learning.values.brand_values import BrandForecast
from offers.learning.values.models import ValueModel
from tests.factories import NOON, made, make_brand, make_member
from tests.learning.factories import forbid, permit
from tests.wallet.factories import make_card

HISTORIES = [
    *((1, 0, 90, 2500), (1, 0, 300, 4000), (2, 40, 60, 3100), (2, 5, 200, 1200), (3, 100, 120, 2600)),
    *((6, 200, 210, 5200), (9, 280, 300, 2100), (5, 60, 70, 1500)),
]
"""Days with a purchase, days from the first to the last and to today, and what a visit comes to."""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of a few members instead of a hundred."""
    monkeypatch.setattr(brand_values, "FEWEST", 6)


class Shop:
    """A brand whose members have done what `HISTORIES` says since they have their card."""

    def __init__(self) -> None:
        with made():
            self.brand: Brand = make_brand()
        self.members = [self.add(*one) for one in HISTORIES]

    def add(self, visits: int, known: int, age: int, amount: int, *, card_days: int | None = None) -> Member:
        """A member, whose card is as old as their first purchase unless `card_days` says otherwise."""
        with made():
            member: Member = make_member()
            card = make_card(member, self.brand)
            card.joined_at = NOON - timedelta(days=age if card_days is None else card_days)
        permit(member, self.brand)
        unit = decay.unit_on(NOON.date(), decay.VISIT)
        with made():
            db.execute(
                text(
                    "UPDATE profile SET visit_days = :visits, first_visit_on = :first, last_visit_on = :last,"
                    " visits = :weight, spend = :spend WHERE member_id = :member"
                ),
                {
                    "visits": visits,
                    "first": NOON.date() - timedelta(days=age),
                    "last": NOON.date() - timedelta(days=age - known),
                    "weight": visits * unit,
                    "spend": visits * unit * amount,
                    "member": member.id,
                },
            )
        return member

    def refit(self) -> int:
        with made():
            return brand_values.refit_brand(self.brand.id, now=NOON)

    def forecast(self, days: int = 90) -> BrandForecast | None:
        with made():
            return brand_values.forecast_brand(brand=self.brand.code, days=days, now=NOON)

    @property
    def fitted_to(self) -> int | None:
        with made():
            return db.first(select(ValueModel.members).where(ValueModel.brand_id == self.brand.id))


@pytest.fixture(scope="module")
def shop(app: Any) -> Shop:
    """One shop for all tests: each leaves as many members to be fitted as there were."""
    return Shop()


def test_what_members_will_bring_is_foretold(shop: Shop) -> None:
    assert shop.refit() == 1
    short, long = shop.forecast(30), shop.forecast(300)
    assert short is not None
    assert long is not None
    assert short.members == short.fitted_to == len(HISTORIES)
    assert 0 < short.purchases < long.purchases
    assert 0 < short.value_minor < long.value_minor
    assert 10 <= long.top_tenth_percent <= 100


def test_a_member_who_refuses_is_in_no_model(shop: Shop) -> None:
    forbid(shop.add(3, 100, 120, 2600), shop.brand)
    shop.refit()
    assert shop.fitted_to == len(HISTORIES)


def test_who_was_a_customer_before_their_card_is_in_no_model(shop: Shop) -> None:
    """Nobody knows since when they buy: the models begin with a first purchase."""
    shop.add(40, 200, 210, 3000, card_days=10)
    shop.refit()
    assert shop.fitted_to == len(HISTORIES)


def test_of_few_members_there_is_no_model_and_the_one_before_goes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.refit()
    monkeypatch.setattr(brand_values, "FEWEST", 100)
    assert shop.forecast() is None
    assert shop.refit() == 0
    assert shop.fitted_to is None


def test_where_nothing_is_determined_there_is_no_model(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(*_: Any) -> None:
        raise FitImpossible

    monkeypatch.setattr(lifetime_value, "fit_bgnbd", fit)
    assert shop.refit() == 0
    assert shop.forecast() is None


def test_a_fit_twice_is_one_model(shop: Shop) -> None:
    shop.refit()
    before = shop.forecast()
    shop.refit()
    assert shop.forecast() == before
    with made():
        mine = select(func.count()).select_from(ValueModel).where(ValueModel.brand_id == shop.brand.id)
        assert db.execute(mine).scalar_one() == 1


def test_an_operator_reads_what_all_will_bring_together(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "connect", lambda: None)
    monkeypatch.setattr("app.clock.now", lambda: NOON)
    shop.refit()
    with monkeypatch.context() as fewer:
        fewer.setattr(brand_values, "FEWEST", 100)
        nothing = CliRunner().invoke(values, ["--brand", shop.brand.code])
    said = CliRunner().invoke(values, ["--brand", shop.brand.code, "--days", "90"])
    assert nothing.output.startswith("Too few members")
    assert said.output.startswith("8 members are expected to come ")
    assert "in 90 days, for €" in said.output


def test_a_brand_that_does_not_exist_is_a_sentence(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "connect", lambda: None)
    said = CliRunner().invoke(values, ["--brand", "nobody-s-brand"])
    assert (said.exit_code, said.output) == (1, 'Error: There is no brand "nobody-s-brand".\n')
