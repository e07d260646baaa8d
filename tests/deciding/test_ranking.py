"""The ranking is pure and total."""

import random

from hypothesis import given
from hypothesis import strategies as st

from offers.deciding.ranking import EXPLAINED, GATES, MOST_SHOWN, Candidate, Outcome, rank_candidates
from offers.planning.models import FALLBACK
from tests.factories import NOON

candidates = st.lists(
    st.builds(
        Candidate,
        event_id=st.just(b"e"),
        store_number=st.integers(1, 50),
        offer_number=st.integers(1, 10_000),
        version=st.integers(1, 3),
        priority=st.integers(0, 100),
        metres=st.floats(0, 10_000),
        open=st.sampled_from([True, None]),
        outcome=st.sampled_from([1, 1, 1, 2, 3, 4, 5, 6]),
        coupon_code=st.none(),
        place_card=st.just(b"{}"),
        offer_card=st.just(b"{}"),
        ends_at=st.just(NOON),
        traits=st.just(0),
        exposures=st.just(0),
        taken=st.just(0),
        usual_ppm=st.just(20_000),
        popularity_ppm=st.just(0),
    ),
    max_size=60,
    unique_by=lambda candidate: candidate.offer_number,
)


@given(candidates, st.randoms())
def test_the_order_in_which_candidates_come_does_not_matter(given_in: list[Candidate], chance: random.Random) -> None:
    shuffled = given_in.copy()
    chance.shuffle(shuffled)
    assert rank_candidates(shuffled, is_cut=False).shown == rank_candidates(given_in, is_cut=False).shown


@given(candidates)
def test_every_candidate_is_accounted_for_once(given_in: list[Candidate]) -> None:
    told = [offer for offer, _, _, _ in rank_candidates(given_in, is_cut=False).considered]
    assert sorted(told) == sorted(candidate.offer_number for candidate in given_in)


@given(candidates)
def test_only_what_passed_every_gate_is_shown(given_in: list[Candidate]) -> None:
    shown = rank_candidates(given_in, is_cut=False).shown
    assert len(shown) == min(MOST_SHOWN, sum(c.outcome == Outcome.SHOWN for c in given_in))
    assert all(candidate.outcome == Outcome.SHOWN for candidate in shown)


@given(candidates)
def test_a_higher_priority_comes_first_and_then_the_nearer(given_in: list[Candidate]) -> None:
    order = [(-candidate.priority, candidate.metres) for candidate in rank_candidates(given_in, is_cut=False).shown]
    assert order == sorted(order)


@given(candidates)
def test_nothing_better_than_what_is_shown_is_left_out(given_in: list[Candidate]) -> None:
    passed = [candidate for candidate in given_in if candidate.outcome == Outcome.SHOWN]
    best = sorted(passed, key=lambda one: (-one.priority, one.metres, one.offer_number))
    assert list(rank_candidates(given_in, is_cut=False).shown) == best[:MOST_SHOWN]


@given(candidates)
def test_the_record_tells_what_became_of_each(given_in: list[Candidate]) -> None:
    ranked = rank_candidates(given_in, is_cut=False)
    shown = {candidate.offer_number for candidate in ranked.shown}
    became = {c.offer_number: Outcome(c.outcome) for c in given_in}
    outranked = {n: Outcome.OUTRANKED for n, outcome in became.items() if outcome == Outcome.SHOWN and n not in shown}
    assert {offer: outcome for offer, _, _, outcome in ranked.considered} == became | outranked


def test_every_outcome_is_explained() -> None:
    assert set(EXPLAINED) == set(Outcome)


def test_every_gate_has_its_place_once() -> None:
    beyond = {Outcome.SHOWN, Outcome.OUTRANKED, Outcome.FALLBACK_NOT_NEEDED, Outcome.UNSEEN}
    assert set(GATES) == set(Outcome) - beyond
    assert len(GATES) == len(set(GATES))


@given(candidates)
def test_a_fallback_is_shown_only_where_nothing_else_is(given_in: list[Candidate]) -> None:
    marked = [one._replace(traits=FALLBACK * (one.offer_number % 2)) for one in given_in]
    shown = rank_candidates(marked, is_cut=False).shown
    usual = any(one.outcome == Outcome.SHOWN and not one.traits for one in marked)
    assert all(bool(one.traits) != usual for one in shown)


@given(candidates)
def test_a_fallback_passes_every_gate_too(given_in: list[Candidate]) -> None:
    """Unlike where a fallback is shown whatever its dates and its eligibility are."""
    fallbacks = [one._replace(traits=FALLBACK) for one in given_in]
    shown = rank_candidates(fallbacks, is_cut=False).shown
    assert all(one.outcome == Outcome.SHOWN for one in shown)
    assert len(shown) == min(MOST_SHOWN, sum(one.outcome == Outcome.SHOWN for one in fallbacks))
