"""BG/NBD and Gamma-Gamma find what was published for the CDNOW sample, and say where nothing can be found."""

import csv
import subprocess
import sys
from collections import defaultdict
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from offers.learning import lifetime_value
from offers.learning.lifetime_value import FitImpossible, SpendingModel

DATA = find_spec("lifetimes")  # its files are read, and it is never imported
with_data = pytest.mark.skipif(DATA is None, reason="the public customers are not installed (make setup)")

CALIBRATED, HELD_OUT = date(1997, 9, 30), date(1998, 6, 30)
WEEKS_AHEAD = (HELD_OUT - CALIBRATED).days / 7


def data_file(name: str) -> Path:
    assert DATA is not None
    assert DATA.submodule_search_locations is not None
    return Path(DATA.submodule_search_locations[0]) / "datasets" / name


@pytest.fixture(scope="module")
def customers() -> dict[str, list[float]]:
    """Frequency, recency and age in weeks, and the mean amount of later purchases, of 2,357 customers."""
    with data_file("cdnow_customers_summary_with_transactions.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in ("x", "t_x", "T", "zbar")}


@with_data
def test_the_published_model_of_buying_is_found(customers: dict[str, list[float]]) -> None:
    model, likelihood = lifetime_value.fit_bgnbd(customers["x"], customers["t_x"], customers["T"])
    assert [round(one, 3) for one in model] == [0.243, 4.414, 0.793, 2.426]
    assert round(likelihood, 1) == -9582.4


@with_data
def test_the_published_model_of_spending_is_found(customers: dict[str, list[float]]) -> None:
    model, _ = lifetime_value.fit_gamma_gamma(customers["x"], customers["zbar"])
    assert model == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


@with_data
def test_a_fit_in_days_is_the_fit_in_weeks(customers: dict[str, list[float]]) -> None:
    weeks, _ = lifetime_value.fit_bgnbd(customers["x"], customers["t_x"], customers["T"])
    in_days = ([7 * one for one in customers[name]] for name in ("t_x", "T"))
    days, _ = lifetime_value.fit_bgnbd(customers["x"], *in_days)
    assert days._replace(alpha=days.alpha / 7) == pytest.approx(weeks, rel=1e-3)


@with_data
def test_what_the_next_weeks_bring_is_foretold_better_than_by_going_on_as_before(
    customers: dict[str, list[float]],
) -> None:
    """1,882 purchases came in the 39 weeks after; the model says 1,653, everybody's rate until then 2,930."""
    history = [customers[name] for name in ("x", "t_x", "T")]
    model, _ = lifetime_value.fit_bgnbd(*history)
    foretold = lifetime_value.expected_purchases(model, *history, ahead=WEEKS_AHEAD).sum()
    as_before = sum(x / age * WEEKS_AHEAD for x, age in zip(customers["x"], customers["T"], strict=True))
    came = purchases_held_out()
    assert came == 1882
    assert foretold == pytest.approx(1653, abs=5)
    assert abs(foretold - came) < abs(as_before - came)


def purchases_held_out() -> int:
    days: defaultdict[str, set[date]] = defaultdict(set)
    for line in data_file("CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, *_ = line.split()
        days[customer].add(date.fromisoformat(day))
    return sum(day > CALIBRATED for some in days.values() for day in some - {min(some)})


@with_data
def test_who_came_lately_is_expected_more_than_who_stayed_away_after_as_many_purchases(
    customers: dict[str, list[float]],
) -> None:
    model, _ = lifetime_value.fit_bgnbd(customers["x"], customers["t_x"], customers["T"])
    away, lately, once = lifetime_value.expected_purchases(model, [5, 5, 0], [10, 35, 0], [38, 38, 38], ahead=39)
    assert 0 < away < lately
    assert 0 < once < lately


def test_what_one_purchase_comes_to_lies_between_the_own_mean_and_that_of_all() -> None:
    model = SpendingModel(6.25, 3.74, 15.44)
    never, seldom, often = lifetime_value.expected_value(model, [0, 1, 100], [0, 100, 100])
    assert never == pytest.approx(model.mean)
    assert model.mean < seldom < often < 100


def test_a_simulated_brand_gives_back_its_own_model() -> None:
    """Rates and leavings are drawn of a known model, and the fit finds it again."""
    random = np.random.default_rng(7)
    histories = [simulate(random) for _ in range(4000)]
    model, _ = lifetime_value.fit_bgnbd(*(list(column) for column in zip(*histories, strict=True)))
    assert model == pytest.approx((1.0, 4.0, 1.5, 3.0), rel=0.3)


def simulate(random: np.random.Generator) -> tuple[float, float, float]:
    rate, leaves, age = random.gamma(1.0, 1 / 4.0), random.beta(1.5, 3.0), random.uniform(20, 60)
    now, last, bought = 0.0, 0.0, 0
    while (now := now + random.exponential(1 / rate)) <= age:
        last, bought = now, bought + 1
        if random.random() < leaves:
            break
    return bought, last, age


@pytest.mark.parametrize(
    "history",
    [
        ([], [], []),
        ([0, 0], [0, 0], [5, 9]),
        ([1], [9], [5]),
        ([1], [0], [5]),
        ([0], [3], [5]),
        ([-1], [0], [5]),
        ([1, 2], [3], [5]),
        ([1], [float("nan")], [5]),
    ],
)
def test_what_is_no_history_is_no_model(history: tuple[list[float], list[float], list[float]]) -> None:
    with pytest.raises(FitImpossible):
        lifetime_value.fit_bgnbd(*history)


def test_members_all_alike_determine_no_model() -> None:
    with pytest.raises(FitImpossible):
        lifetime_value.fit_bgnbd([3] * 50, [30] * 50, [40] * 50)
    with pytest.raises(FitImpossible):
        lifetime_value.fit_gamma_gamma([3, 3], [20, 20])


def test_amounts_whose_mean_is_without_end_have_no_value() -> None:
    with pytest.raises(FitImpossible):
        lifetime_value.expected_value(SpendingModel(2, 0.9, 10), [1], [10])


def test_a_server_does_not_load_what_only_the_fit_needs() -> None:
    said = "import sys; import offers.learning.lifetime_value; print('scipy' in sys.modules, 'numpy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]
