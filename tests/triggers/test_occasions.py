"""Which moments speak. Pure."""

import uuid
from datetime import timedelta

import pytest

from geo.presence.models import NOWHERE
from geo.presence.transitions import Evidence, Transition, TransitionKind
from offers.deciding.decisions import Placement
from offers.triggers.models import WhyNothing
from offers.triggers.occasions import (
    MOST_IN_VISIT,
    SURE,
    Before,
    Occasion,
    find_occasions,
    may_be_one,
    shown_there,
    why_nothing,
    why_untold,
)
from offers.triggers.wording import NOTHING
from tests.factories import NOON

A, B, C = (uuid.UUID(int=number) for number in (1, 2, 3))
MINUTE = timedelta(minutes=1)

ENTERED = Transition(
    TransitionKind.ENTERED,
    A,
    B,
    C,
    None,
    None,
    None,
    NOON + timedelta(seconds=42),
    Evidence.BEACON,
    3,
    A,
    is_late=False,
)
STAYED = ENTERED._replace(kind=TransitionKind.DWELLED)
AT_SHELF = ENTERED._replace(kind=TransitionKind.ZONE_ENTERED, zone_id=B)


def one(transition: Transition = ENTERED) -> Occasion:
    return find_occasions([transition])[0]


def shown(occasion: Occasion, *numbers: int, minutes_before: int = 5) -> Before:
    assert occasion.visit_id is not None
    at = occasion.occurred_at - minutes_before * MINUTE
    return Before(occasion.visit_id, occasion.kind, occasion.zone_id, at, frozenset(numbers))


def test_a_moment_is_known_to_the_minute() -> None:
    assert one().occurred_at == NOON


@pytest.mark.parametrize(
    ("kind", "evidence", "placement"),
    [
        (TransitionKind.ENTERED, Evidence.FIX, Placement.ARRIVAL),
        (TransitionKind.DWELLED, Evidence.BEACON, Placement.DWELL),
        (TransitionKind.ZONE_ENTERED, Evidence.BEACON, Placement.ZONE),
        (TransitionKind.ZONE_ENTERED, Evidence.TAG, Placement.TAG),
    ],
)
def test_each_kind_has_its_placement(kind: TransitionKind, evidence: Evidence, placement: Placement) -> None:
    assert one(ENTERED._replace(kind=kind, evidence=evidence)).kind is placement


@pytest.mark.parametrize(
    ("transition", "why"),
    [
        (ENTERED._replace(is_late=True), WhyNothing.TOO_LATE),
        (ENTERED._replace(kind=TransitionKind.CROSSED, store_id=NOWHERE), WhyNothing.PASSED_BY),
        (ENTERED._replace(kind=TransitionKind.EXITED), None),
        (ENTERED._replace(kind=TransitionKind.EXITED, is_late=True), None),
    ],
)
def test_who_is_late_leaves_or_passes_by_is_shown_nothing(transition: Transition, why: WhyNothing | None) -> None:
    assert not may_be_one(transition)
    assert why_untold(transition) is why


@pytest.mark.parametrize("evidence", list(Evidence))
def test_what_is_hard_to_believe_brings_nothing(evidence: Evidence) -> None:
    for confidence in range(4):
        seen = one(ENTERED._replace(evidence=evidence, confidence=confidence))
        believed = confidence >= SURE[evidence]
        assert why_nothing(seen, [seen], []) is (None if believed else WhyNothing.TOO_UNSURE)


def test_the_most_telling_moment_of_a_visit_speaks() -> None:
    found = find_occasions([ENTERED, AT_SHELF, STAYED])
    assert [why_nothing(moment, found, []) for moment in found] == [WhyNothing.OUTSPOKEN, None, WhyNothing.OUTSPOKEN]


def test_of_two_shelves_the_last_speaks() -> None:
    found = find_occasions([AT_SHELF._replace(zone_id=C), AT_SHELF])
    assert [why_nothing(moment, found, []) for moment in found] == [WhyNothing.OUTSPOKEN, None]


def test_a_moment_that_nobody_believes_silences_no_other() -> None:
    found = find_occasions([ENTERED, AT_SHELF._replace(confidence=1)])
    assert [why_nothing(moment, found, []) for moment in found] == [None, WhyNothing.TOO_UNSURE]


def test_two_visits_speak_each_for_itself() -> None:
    found = find_occasions([ENTERED, AT_SHELF._replace(visit_id=B)])
    assert [why_nothing(moment, found, []) for moment in found] == [None, None]


def test_a_visit_is_answered_five_times() -> None:
    last = one(AT_SHELF)
    before = [shown(last, 7, minutes_before=number + 1) for number in range(MOST_IN_VISIT)]
    assert why_nothing(last, [last], before[:-1]) is None
    assert why_nothing(last, [last], before) is WhyNothing.TOO_OFTEN


def test_one_kind_of_moment_speaks_once_a_minute() -> None:
    here = one(AT_SHELF)
    assert why_nothing(here, [here], [shown(here, 7, minutes_before=0)]) is WhyNothing.TOO_OFTEN
    assert why_nothing(here, [here], [shown(one(), 7, minutes_before=0)]) is None


def test_what_nobody_saw_holds_nothing_back() -> None:
    here = one(AT_SHELF)
    assert why_nothing(here, [here], [shown(here, minutes_before=number) for number in range(9)]) is None


def test_a_tag_is_always_answered() -> None:
    tag = one(AT_SHELF._replace(evidence=Evidence.TAG))
    before = [shown(tag, 7, minutes_before=0)] * MOST_IN_VISIT
    assert why_nothing(tag, [tag], before) is None
    assert shown_there(tag, before) == frozenset()


def test_an_offer_is_shown_once_by_one_place_in_a_visit() -> None:
    here, elsewhere = one(AT_SHELF), one(AT_SHELF._replace(zone_id=C))
    before = [shown(here, 1, 2), shown(elsewhere, 3), shown(one(AT_SHELF._replace(visit_id=C)), 4), shown(here, 5)]
    assert shown_there(here, before) == {1, 2, 5}


def test_every_reason_is_said() -> None:
    assert set(NOTHING) == set(WhyNothing)
