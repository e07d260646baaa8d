"""Factors are bounded and exact, draws are the same everywhere, orders are total, and how likely a leader was is
known."""

import math
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.benefits.registry import read_benefit
from offers.deciding import discovery, factors
from offers.deciding.discovery import bits_of, percent_for, quantile_of, seed_of, strata_of
from offers.deciding.factors import BOUNDS, Factors, Weights, log_millionths, proximity_of, tier_of, value_of
from offers.deciding.scores import ScoredOffer, leaders_of, order_entries, propensity_in

seeds = st.integers(0, 2**64 - 1)
entries = st.lists(
    st.builds(
        ScoredOffer,
        offer_number=st.integers(1, 10_000),
        factors=st.builds(
            Factors,
            priority=st.integers(0, 100),
            affinity=st.integers(log_millionths(0.05), 0),
            proximity=st.sampled_from([factors.NEAR, factors.REACHED, factors.FAR]),
            value=st.integers(log_millionths(0.5), log_millionths(1.5)),
            days_left=st.integers(0, 99),
            fatigue=st.integers(0, log_millionths(51)),
            successes=st.integers(1, 50),
            failures=st.integers(1, 2000),
        ),
        weights=st.builds(Weights, **{name: st.integers(*bounds) for name, bounds in BOUNDS.items()}),
        version=st.integers(0, 3),
        plain=st.booleans(),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda entry: entry.offer_number,
)


@given(st.floats(1e-6, 1e9))
def test_a_logarithm_is_that_of_mathematics(number: float) -> None:
    assert abs(log_millionths(number) - math.log(number) * 1e6) <= 0.51


def test_there_is_no_logarithm_of_nothing() -> None:
    with pytest.raises(ValueError, match="no logarithm"):
        log_millionths(0.0)


@given(st.integers(1, 500), st.integers(1, 5000), st.sampled_from(discovery.MIDDLES[1:-1]))
def test_a_quantile_is_inside_and_grows(successes: int, failures: int, middle: float) -> None:
    found = quantile_of(successes, failures, middle)
    assert 0 < found < 1
    assert found <= quantile_of(successes + 1, failures, middle) + 1e-9


@pytest.mark.parametrize(("successes", "failures"), [(1, 49), (3, 97), (20, 400), (200, 1800)])
def test_the_strata_are_those_of_the_distribution(successes: int, failures: int) -> None:
    chance = random.Random(7)
    sample = sorted(chance.betavariate(successes, failures) for _ in range(40_000))
    for n, middle in enumerate(discovery.MIDDLES):
        truth = sample[40_000 * (2 * n + 1) // 16]
        assert quantile_of(successes, failures, middle) == pytest.approx(truth, rel=0.05, abs=0.0004)


@given(st.integers(1, 2000), st.integers(1, 5000))
def test_what_is_drawn_is_bounded(successes: int, failures: int) -> None:
    drawn = strata_of(successes, failures)
    assert list(drawn) == sorted(drawn)
    assert log_millionths(discovery.LEAST) <= drawn[0] <= drawn[-1] <= log_millionths(discovery.MOST)


def test_a_seeded_draw_is_stable() -> None:
    """The numbers themselves: whoever changes one of them changes what past decisions mean, and needs a new policy."""
    seed = seed_of("019b76da-a800-7007-9b25-d123dc0eefea", "score/1")
    assert (seed, bits_of(seed, 7, 0) % 8, bits_of(seed, 7, 1) % 8) == (SEED, *STRATA)
    assert strata_of(1, 49) == DRAWN


SEED, STRATA = 14_364_978_172_311_212_151, (0, 2)
DRAWN = (-1_386_294, -1_386_294, -945_177, -522_026, -169_892, 160_065, 512_049, 1_002_963)


def test_another_process_draws_alike() -> None:
    said = "from offers.deciding.discovery import *; print(seed_of('a', 'b'), strata_of(3, 200), bits_of(5, 6, 7))"
    other = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert other.stdout.split("\n")[0] == f"{seed_of('a', 'b')} {strata_of(3, 200)} {bits_of(5, 6, 7)}"


@given(entries, seeds, st.randoms())
def test_the_order_does_not_depend_on_how_entries_come(
    some: list[ScoredOffer], seed: int, chance: random.Random
) -> None:
    scored = [entry._replace(plain=False) for entry in some]
    shuffled = scored.copy()
    chance.shuffle(shuffled)
    assert numbers(order_of(shuffled, seed)) == numbers(order_of(scored, seed))


@given(entries, seeds)
def test_an_order_is_made_again_from_itself(some: list[ScoredOffer], seed: int) -> None:
    once = order_of(some, seed)
    again = order_entries(once, seed=seed)
    assert list(again.places) == list(range(len(some)))
    assert again.propensities == order_entries(some, seed=seed).propensities


@given(entries, seeds)
def test_priorities_that_contradict_nobody_leave_no_tie(some: list[ScoredOffer], seed: int) -> None:
    """Offers that are alike in everything are still put in one order, whichever comes first."""
    alike = [entry._replace(factors=some[0].factors, weights=some[0].weights, version=0, plain=False) for entry in some]
    assert numbers(order_of(alike, seed)) == numbers(order_of(alike[::-1], seed))


@given(entries, seeds)
def test_a_higher_tier_stands_before_all_others(some: list[ScoredOffer], seed: int) -> None:
    tiers = [tier_of(entry.factors.priority) for entry in order_of(some, seed)]
    assert tiers == sorted(tiers, reverse=True)


@given(entries, seeds)
def test_plain_offers_keep_the_plain_order_among_themselves(some: list[ScoredOffer], seed: int) -> None:
    by_priority = sorted(some, key=lambda entry: -entry.factors.priority)
    plain = [entry for entry in order_of(by_priority, seed) if entry.plain]
    assert plain == [entry for entry in by_priority if entry.plain]


@given(entries, seeds)
def test_whatever_passed_may_lead(some: list[ScoredOffer], seed: int) -> None:
    for place, entry in enumerate(some):
        like = [one for one in some if tier_of(one.factors.priority) == tier_of(entry.factors.priority)]
        assert propensity_in(place, some, seed=seed) >= (1e6 if len(like) == 1 else min(10_000, 100_000 // len(like)))


@given(entries, seeds)
def test_how_likely_each_is_to_lead_adds_up(some: list[ScoredOffer], seed: int) -> None:
    of_tiers: Counter[int] = Counter()
    for place, entry in enumerate(some):
        of_tiers[tier_of(entry.factors.priority)] += propensity_in(place, some, seed=seed)
    assert all(abs(whole - 1_000_000) <= 2 * len(some) for whole in of_tiers.values())


def test_leaders_lead_as_often_as_is_said() -> None:
    chance = random.Random(3)
    some = [
        ScoredOffer(n, Factors(50, log_millionths(chance.uniform(0.05, 1)), 0, 0, 20, 0, 1 + n % 3, 49), Weights())
        for n in range(6)
    ]
    rounds = 12_000
    led = Counter(order_entries(some, seed=seed_of(str(n), "test")).places[0] for n in range(rounds))
    for place in range(len(some)):
        said = propensity_in(place, some, seed=0) / 1e6
        assert led[place] / rounds == pytest.approx(said, abs=4 * math.sqrt(said * (1 - said) / rounds) + 0.001)


@pytest.mark.parametrize(("count", "percent"), [(1, 0), (2, 2), (10, 10), (200, 10)])
def test_chance_alone_has_a_tenth_at_most(count: int, percent: int) -> None:
    assert percent_for(count) == percent


@pytest.mark.parametrize(("metres", "factor"), [(0, 1), (500, 1), (501, 0.7), (1500, 0.7), (1501, 0.4), (None, 1)])
def test_distance_counts_by_bands(metres: float | None, factor: float) -> None:
    assert proximity_of(metres) == log_millionths(factor)


@given(st.integers(0, 10**9), st.integers(1, 10**7))
def test_the_value_of_a_use_is_bounded(margin: int, off: int) -> None:
    found = value_of(read_benefit({"kind": "amount", "amount_minor": off, "currency": "EUR"}), margin)
    assert log_millionths(0.5) <= found <= log_millionths(1.5)


def test_a_value_that_nobody_said_is_neutral() -> None:
    assert value_of(read_benefit({"kind": "percent", "percent": 10}), None) == factors.NEUTRAL


def order_of(some: Sequence[ScoredOffer], seed: int) -> list[ScoredOffer]:
    return [some[place] for place in order_entries(some, seed=seed).places]


def numbers(some: Sequence[ScoredOffer]) -> list[int]:
    return [entry.offer_number for entry in some]


def test_each_tier_has_one_leader() -> None:
    some = [
        ScoredOffer(n, Factors(priority, 0, 0, 0, 9, 0, 1, 49), Weights()) for n, priority in enumerate((95, 50, 5, 50))
    ]
    assert leaders_of(range(4), some) == {2: 0, 1: 1, 0: 2}
