"""Budgets: every unit is given once, and nobody is told "nothing left" while something is."""

import uuid
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.accounts.models import Brand
from app.sql import db
from offers.planning import budgets, jobs
from offers.planning.budgets import TOTAL
from offers.planning.models import OfferVersion
from tests.factories import NOON, make_brand
from tests.planning.factories import make_draft, make_offer
from tests.racing import at_once
from tests.sizes import chosen

TODAY = date(2026, 5, 18)


class GaveUp(Exception):
    """The claim around the unit failed."""


@pytest.fixture(scope="module")
def brand(app: Any) -> Brand:
    return make_brand()


def budget(brand: Brand, units: int, day: date = TOTAL) -> uuid.UUID:
    """An offer with a budget of so many units."""
    offer = make_draft(brand)
    with db.system_transaction():
        budgets._make(offer.id, day, units)
    return offer.id


def take(offer_id: uuid.UUID, day: date = TOTAL, *, limit: int = 0, fail: bool = False) -> bool:
    """Take a unit in a transaction of its own, which may fail afterwards."""
    try:
        with db.system_transaction():
            taken = budgets.take_unit(offer_id=offer_id, day=day, limit=limit) is not None
            if fail:
                raise GaveUp
            return taken
    except GaveUp:
        return False


def left(offer_id: uuid.UUID, day: date = TOTAL) -> int | None:
    with db.system_transaction():
        return budgets.remaining(offer_id, day)


@given(st.integers(0, 10**9))
def test_shares_are_even_and_add_up(units: int) -> None:
    shares = budgets.shares(units)
    assert sum(shares) == units
    assert len(shares) == min(64, units)
    assert len(set(shares) - {min(shares, default=0), min(shares, default=0) + 1}) == 0


def test_a_unit_taken_is_gone(brand: Brand) -> None:
    offer = budget(brand, 2)
    assert [take(offer), take(offer), take(offer)] == [True, True, False]
    assert left(offer) == 0


def test_a_unit_whose_claim_fails_comes_back(brand: Brand) -> None:
    offer = budget(brand, 1)
    take(offer, fail=True)
    assert take(offer)


def test_the_answer_says_how_many_are_left(brand: Brand) -> None:
    offer = budget(brand, 200)
    with db.system_transaction():
        assert [budgets.take_unit(offer_id=offer, day=TOTAL, limit=200) for _ in range(3)] == [199, 198, 197]


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("units", [1, 7, 64, 100])
def test_of_many_at_once_exactly_so_many_get_a_unit(brand: Brand, units: int) -> None:
    offer = budget(brand, units)
    taken = at_once(64, lambda _: take(offer))
    assert sum(taken) == min(64, units)
    assert left(offer) == units - sum(taken)


@pytest.mark.usefixtures("crowd")
def test_nobody_is_refused_for_a_unit_that_a_failing_claim_holds(brand: Brand) -> None:
    offer = budget(brand, 32)
    taken = at_once(64, lambda number: take(offer, fail=number % 2 == 0))
    assert sum(taken) == 32
    assert left(offer) == 0


@pytest.mark.usefixtures("crowd")
def test_the_first_claims_of_a_day_make_its_budget_once(brand: Brand) -> None:
    offer = budget(brand, 1000)
    taken = at_once(64, lambda _: take(offer, TODAY, limit=20))
    assert sum(taken) == 20
    assert left(offer, TODAY) == 0


@pytest.mark.usefixtures("crowd")
def test_claims_that_need_the_total_and_the_day_do_not_wait_in_a_circle(brand: Brand) -> None:
    offer = budget(brand, 40)

    def claim(_: int) -> bool:
        try:
            with db.system_transaction():
                if budgets.take_unit(offer_id=offer, day=TOTAL, limit=40) is None:
                    return False
                if budgets.take_unit(offer_id=offer, day=TODAY, limit=30) is None:
                    raise GaveUp
                return True
        except GaveUp:
            return False

    assert sum(at_once(64, claim)) == 30
    assert (left(offer), left(offer, TODAY)) == (10, 0)


changes = st.lists(st.tuples(st.sampled_from(["take", "limit"]), st.integers(1, 12)), max_size=8)


@settings(max_examples=chosen().rows)
@given(first=st.one_of(st.none(), st.integers(1, 12)), changes=changes)
def test_whatever_the_limits_become_no_more_is_given_than_the_limit_in_force(
    brand: Brand, first: int | None, changes: list[tuple[str, int]]
) -> None:
    offer = make_draft(brand)
    before, given, limit = None, 0, first
    with db.system_transaction():
        for act, number in [("limit", first), *changes]:
            if act == "limit":
                after = OfferVersion(offer_id=offer.id, total_limit=number, daily_limit=None)
                budgets.set_limits(before=before, after=after, claimed=given, claimed_today=given, today=TODAY)
                before, limit = after, number
            elif limit is not None:
                room = max(0, limit - given)
                got = [budgets.take_unit(offer_id=offer.id, day=TOTAL, limit=limit) for _ in range(number or 0)]
                assert sum(unit is not None for unit in got) == min(room, number or 0)
                given += sum(unit is not None for unit in got)


def test_units_of_members_who_left_are_not_given_again(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=10)
    with db.system_transaction():
        for _ in range(6):
            budgets.take_unit(offer_id=offer.id, day=TOTAL, limit=10)
        before = db.get(OfferVersion, (offer.id, 1))
        after = OfferVersion(offer_id=offer.id, total_limit=8, daily_limit=None)
        budgets.set_limits(before=before, after=after, claimed=0, claimed_today=0, today=TODAY)
        assert budgets.remaining(offer.id, TOTAL) == 2


def test_budgets_of_past_days_are_forgotten_and_the_total_is_kept(brand: Brand) -> None:
    offer = budget(brand, 5)
    with db.system_transaction():
        budgets._make(offer, date(2026, 5, 1), 5)
        budgets._make(offer, TODAY, 5)
        jobs.forget_past_days(now=NOON)
        days = db.execute(text("SELECT DISTINCT day FROM budget_slot WHERE offer_id = :offer"), {"offer": offer})
        assert set(days.scalars()) == {TOTAL, TODAY}
