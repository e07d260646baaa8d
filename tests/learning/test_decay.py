"""Counts that fade are exact: their sums do not depend on the order, and a half-life halves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.learning import decay

DAY = date(2026, 5, 18)
DAYS = st.dates(date(2022, 1, 1), date(2040, 1, 1))
HALF_LIVES = st.sampled_from([decay.REACTION, decay.STORE, decay.ARTICLE, decay.CATEGORY])


def test_one_unit_on_the_epoch_is_the_scale() -> None:
    assert decay.weigh_event(1, decay.EPOCH, decay.ARTICLE) == decay.SCALE


@pytest.mark.parametrize("half_life", [decay.REACTION, decay.STORE, decay.ARTICLE, decay.CATEGORY])
def test_a_half_life_halves(half_life: int) -> None:
    before = decay.weigh_event(8, DAY, half_life)
    assert decay.value_at(before, DAY + timedelta(days=half_life), half_life) == pytest.approx(4, rel=1e-3)


def test_a_weight_of_an_old_day_is_the_number_it_was() -> None:
    assert decay.weigh_event(1, date(2026, 11, 28), decay.REACTION) == 20731113786206356312335562738


@given(events=st.lists(st.tuples(st.integers(1, 10**7), DAYS), max_size=8), half_life=HALF_LIVES, data=st.data())
def test_sums_are_the_same_in_any_order_and_parts_add_up(
    events: list[tuple[int, date]], half_life: int, data: st.DataObject
) -> None:
    weights = [decay.weigh_event(amount, day, half_life) for amount, day in events]
    cut = data.draw(st.integers(0, len(weights)))
    assert sum(weights[:cut]) + sum(weights[cut:]) == sum(data.draw(st.permutations(weights)))


@given(amount=st.integers(2, 10**7), day=DAYS, half_life=HALF_LIVES, data=st.data())
def test_what_is_taken_back_bit_by_bit_leaves_nothing(
    amount: int, day: date, half_life: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, amount - 1))
    whole = decay.weigh_event(amount, day, half_life)
    assert whole - decay.weigh_event(first, day, half_life) - decay.weigh_event(amount - first, day, half_life) == 0


@given(day=DAYS, later=st.integers(0, 4000), half_life=HALF_LIVES)
def test_a_value_is_what_the_formula_says(day: date, later: int, half_life: int) -> None:
    value = decay.value_at(decay.weigh_event(1, day, half_life), day + timedelta(days=later), half_life)
    assert value == pytest.approx(2 ** (-later / half_life), rel=2e-3)
