"""What a phone is told to watch: only what changed, by names that stay."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from geo.owntracks.waypoints import FIRST_TST, NOWHERE, Given, Watch, compare_watches, fence_named, plain_desc

IDS = [uuid.UUID(int=number) for number in range(1, 6)]


def watch(number, **given):
    fields = {"name": f"Magasin {number}", "lon": 2.35, "lat": 48.85, "radius_m": 150.0}
    return Watch(IDS[number - 1], number, **(fields | given))


def told(given, *wished, again=False, held=None):
    """What is said, by the number of each fence: its radius, or None for one that comes off; and what is kept."""
    said, after = compare_watches(given, wished, again=again, held=held)
    return {one["tst"] - FIRST_TST: None if one["lat"] == NOWHERE else one["rad"] for one in said}, after


def test_a_fence_has_two_names_for_good():
    said, _ = compare_watches([], [watch(3)], again=False)
    assert (said[0]["rid"], said[0]["tst"]) == (str(IDS[2]), FIRST_TST + 3)
    assert fence_named(said[0]["rid"], None) == IDS[2]
    assert fence_named(None, said[0]["tst"]) == 3
    assert fence_named("a1b2c3", said[0]["tst"]) == 3


def test_a_waypoint_of_its_owners_own_is_none_of_ours():
    assert fence_named("a1b2c3", 1_790_000_000) is None
    assert fence_named(None, None) is None


def test_only_what_changed_is_said():
    _, given = told([], watch(1), watch(2))
    assert told(given, watch(1), watch(2))[0] == {}
    assert told(given, watch(1), watch(2, radius_m=300), watch(3))[0] == {2: 300, 3: 150}


def test_what_is_watched_no_longer_comes_off_the_phone_last():
    _, given = told([], watch(1), watch(2))
    said, after = compare_watches(given, [watch(3)], again=False)
    assert [one["lat"] == NOWHERE for one in said] == [False, True, True]
    assert {one.number for one in after if one.digest is None} == {1, 2}


def test_what_came_off_is_said_once_and_again_if_the_answer_was_lost():
    _, given = told([], watch(1))
    said, after = told(given)
    assert said == {1: None}
    assert told(after)[0] == {}
    assert told(after, again=True)[0] == {1: None}


def test_an_answer_that_was_lost_is_said_again():
    _, given = told([], watch(1), watch(2))
    assert told(given, watch(1), watch(2), again=True)[0] == {1: 150, 2: 150}


def test_a_phone_that_lost_a_fence_is_told_again():
    _, given = told([], watch(1), watch(2))
    assert told(given, watch(1), watch(2), held={str(IDS[0]), "maison"})[0] == {2: 150}


def test_a_phone_that_still_has_what_came_off_is_told_again():
    given = [Given(IDS[0], 1, None)]
    assert told(given, held={str(FIRST_TST + 1)})[0] == {1: None}
    assert told(given, held=set())[0] == {}


def test_a_circle_is_no_smaller_than_a_phone_can_tell():
    assert told([], watch(1, radius_m=12))[0] == {1: 100}


def test_a_name_is_nothing_but_a_name():
    assert plain_desc("-Épicerie: Rivoli") == "Épicerie Rivoli"
    assert plain_desc("+follow") == "follow"
    assert plain_desc(":::") == "Ici"


SOME = st.sets(st.integers(1, 5))


@given(st.lists(SOME, max_size=5))
def test_a_phone_that_hears_every_answer_watches_what_is_wished(wishes):
    given, phone = [], set()
    for wish in wishes:
        said, given = told(given, *(watch(number) for number in sorted(wish)))
        phone = (phone | {number for number, radius in said.items() if radius}) - {n for n, r in said.items() if not r}
        assert phone == wish
