"""The same things said again: twice, at once, in another order, by another phone. The member was there once."""

import random
from typing import Any

import pytest

from tests.factories import member_token
from tests.here.factories import Stroller, ago, crossing, fix, heard, rows_of
from tests.racing import at_once
from tests.speaking import Speaker


@pytest.fixture
def stroller(anyone: Speaker) -> Stroller:
    stroller = Stroller(anyone)
    for touchpoint in ("geofence", "beacon"):
        stroller.permits(touchpoint)
    return stroller


def walk(stroller: Stroller) -> dict[str, list[Any]]:
    """Into the shop by the phone's word, positions and radios, and to a shelf."""
    return {
        "crossings": [crossing(stroller.fence.id, "enter", at=ago(8))],
        "fixes": [fix(at=ago(minutes)) for minutes in (7, 5, 3)],
        "beacons": [heard(stroller.door, at=ago(6)), heard(stroller.at_the_shelf)],
    }


def told(stroller: Stroller) -> list[tuple[Any, ...]]:
    """What is kept of visits, without what was made up for it."""
    names = ("store_id", "entered_at", "seen_at", "dwelled_at", "exited_at", "evidence", "confidence", "touchpoint")
    return [tuple(getattr(visit, name) for name in names) for visit in stroller.visits()]


def offers_of(answers: list[Any]) -> list[str]:
    """The offers that these answers showed."""
    return [offer["offer"]["id"] for one in answers for offer in one.get_json()["offers"]]


def test_a_batch_that_comes_again_brings_nothing_new(stroller: Stroller) -> None:
    batch = walk(stroller)
    answers = [stroller.reports(**batch)]
    before, triggers = told(stroller), stroller.kept()["trigger"]
    answers += [stroller.reports(**batch) for _ in range(2)]
    assert (told(stroller), stroller.kept()["trigger"]) == (before, triggers)
    assert offers_of(answers) == [str(stroller.offer.id)]


def test_also_at_once_and_by_two_phones(stroller: Stroller, crowd: Any) -> None:
    batch = walk(stroller)
    phones = [stroller.phone, stroller.phone.with_token(member_token(stroller.member))]
    answers = at_once(8, lambda number: stroller.reports(by=phones[number % 2], **batch))
    assert {one.status_code for one in answers} == {200}
    assert len(stroller.visits()) == 1
    assert offers_of(answers) == [str(stroller.offer.id)]


@pytest.mark.parametrize("seed", range(4))
def test_one_by_one_in_any_order_it_is_the_same_visit(anyone: Speaker, seed: int) -> None:
    rng = random.Random(seed)
    whole, parts = (Stroller(anyone) for _ in range(2))
    for one in (whole, parts):
        one.permits("geofence"), one.permits("beacon")
    batch = walk(whole)
    whole.reports(**batch)
    theirs = {"fence": str(parts.fence.id), "door": parts.door.hex(), "shelf": parts.at_the_shelf.hex()}
    ours = {"fence": str(whole.fence.id), "door": whole.door.hex(), "shelf": whole.at_the_shelf.hex()}
    swap = {ours[name]: theirs[name] for name in ours}
    items = [(kind, {k: swap.get(str(v), v) for k, v in one.items()}) for kind, many in batch.items() for one in many]
    rng.shuffle(items)
    for kind, item in items:
        assert parts.reports(**{kind: [item]}).status_code == 200
    assert [one[1:] for one in told(parts)] == [one[1:] for one in told(whole)]


def test_what_both_phones_saw_is_one_visit_with_one_arrival(stroller: Stroller) -> None:
    tablet = stroller.phone.with_token(member_token(stroller.member))
    first = stroller.hears(stroller.door)
    second = stroller.hears(stroller.door, by=tablet)
    third = stroller.reports(by=tablet, fixes=[fix()])
    assert offers_of([first, second, third]) == [str(stroller.offer.id)]
    assert [one.kind for one in rows_of(stroller.member.id, "trigger")] == ["arrival"]
