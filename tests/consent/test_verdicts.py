"""The rule of permissions, without a database."""

import itertools
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consent.decision.phone_conditions import Phone
from app.consent.decision.verdicts import ANSWERING, Cell, standing_of, verdict_of
from app.consent.errors import REFUSALS, refusal_for
from app.consent.models import NO, PERMITTING, Level, Reason, ScopeKind, State
from tests.factories import NOON

BRAND, AREA, OTHER_AREA, STORE, OTHER_STORE = (uuid.uuid4() for _ in range(5))
PAST, FUTURE = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)


def cell(scope_kind=ScopeKind.BRAND, scope_id=BRAND, **given):
    fields = {
        "state": State.GIVEN,
        "level": Level.PROACTIVE,
        "expires_at": FUTURE,
        "uses_left": None,
        "event_id": uuid.uuid4(),
        "touchpoint": "geofence",
    }
    if "location" in given:
        given["phone"] = Phone(given.pop("location"))
    return Cell(scope_kind=scope_kind, scope_id=scope_id, **(fields | given))


def verdict(*cells, store_id=STORE, area_ids=(AREA,)):
    return verdict_of(cells, brand_id=BRAND, store_id=store_id, area_ids=area_ids, now=NOON)


def test_only_a_living_unused_covering_sufficient_yes_permits():
    scopes = {
        (ScopeKind.BRAND, BRAND): True,
        (ScopeKind.AREA, AREA): True,
        (ScopeKind.STORE, STORE): True,
        (ScopeKind.AREA, OTHER_AREA): False,
        (ScopeKind.STORE, OTHER_STORE): False,
        (ScopeKind.BRAND, uuid.uuid4()): False,
    }
    phones = {None: True, "while_using": True, "once": True, "always": True, "denied": False, "not_determined": False}
    ends = {None: True, FUTURE: True, NOON: False, PAST: False}
    uses = {None: True, 1: True, 0: False}
    wrong = []
    for state, end, left, scope, level, phone in itertools.product(State, ends, uses, scopes, Level, phones):
        right = (
            state in ("given", "renewed")
            and ends[end]
            and uses[left]
            and scopes[scope]
            and level in ("one_shot", "this_visit", "alert_on_request", "proactive")
            and phones[phone]
        )
        one = cell(*scope, state=state, expires_at=end, uses_left=left, level=level, location=phone)
        if verdict(one).allowed is not right:
            wrong.append(one)
    assert wrong == []


def test_nothing_asked_is_said():
    assert verdict().reason is Reason.NOT_ASKED


@pytest.mark.parametrize("state", [state for state in State if state not in PERMITTING])
def test_the_reason_of_a_state_that_does_not_permit_is_its_name(state):
    assert verdict(cell(state=state, level=Level.NONE)).reason == state


def test_a_yes_for_another_store_is_out_of_scope():
    assert verdict(cell(ScopeKind.STORE, OTHER_STORE)).reason is Reason.OUT_OF_SCOPE


def test_a_no_of_the_store_beats_a_yes_of_the_brand():
    assert verdict(cell(), cell(ScopeKind.STORE, STORE, state=State.REFUSED)).reason is Reason.REFUSED


def test_a_yes_of_the_store_beats_a_no_of_the_brand():
    assert verdict(cell(state=State.REFUSED), cell(ScopeKind.STORE, STORE)).allowed


def test_of_two_areas_that_share_the_store_the_no_wins():
    cells = cell(ScopeKind.AREA, AREA), cell(ScopeKind.AREA, OTHER_AREA, state=State.WITHDRAWN)
    assert verdict(*cells, area_ids=(AREA, OTHER_AREA)).reason is Reason.WITHDRAWN


def test_a_used_up_yes_of_the_store_leaves_the_yes_of_the_brand_standing():
    assert verdict(cell(), cell(ScopeKind.STORE, STORE, state=State.EXHAUSTED, uses_left=0)).allowed


def test_a_lower_level_at_the_store_beats_a_higher_one_of_the_brand():
    assert verdict(cell(), cell(ScopeKind.STORE, STORE, level=Level.CONTACT_ONCE)).reason is Reason.LEVEL_INSUFFICIENT


def test_the_event_that_allows_is_named():
    narrow = cell(ScopeKind.STORE, STORE)
    assert verdict(cell(), narrow).event_id == narrow.event_id


STORES = [uuid.uuid4() for _ in range(3)]
AREAS = [uuid.uuid4() for _ in range(3)]
SCOPES = [
    (ScopeKind.BRAND, BRAND),
    *((ScopeKind.AREA, area) for area in AREAS),
    *((ScopeKind.STORE, store) for store in STORES),
]
trees = st.dictionaries(st.sampled_from(STORES), st.sets(st.sampled_from(AREAS)))
some_cells = st.lists(
    st.builds(
        lambda scope, **fields: cell(*scope, **fields),
        st.sampled_from(SCOPES),
        state=st.sampled_from(State),
        level=st.sampled_from(Level),
        expires_at=st.sampled_from([None, PAST, FUTURE]),
        uses_left=st.sampled_from([None, 0, 1]),
        location=st.sampled_from([None, "denied", "while_using"]),
    ),
    max_size=8,
    unique_by=lambda one: one.scope_id,
)
NARROWNESS = {ScopeKind.STORE: 0, ScopeKind.AREA: 1, ScopeKind.BRAND: 2}


def covers(one, store, areas):
    return one.scope_id == BRAND or one.scope_id == store or one.scope_id in areas


@given(some_cells, trees, st.sampled_from(STORES))
def test_in_any_scope_tree_a_yes_permits_unless_something_as_narrow_or_narrower_stands_against_it(cells, tree, store):
    areas = tree.get(store, set())
    here = [one for one in cells if covers(one, store, areas)]
    standings = {one: standing_of(one, levels=ANSWERING, now=NOON) for one in here}
    against = [
        one
        for one, reason in standings.items()
        if one.state in NO or reason in (Reason.LEVEL_INSUFFICIENT, Reason.OS_INSUFFICIENT)
    ]
    permits = any(
        reason is Reason.ALLOWED and not any(NARROWNESS[no.scope_kind] <= NARROWNESS[one.scope_kind] for no in against)
        for one, reason in standings.items()
    )
    assert verdict(*cells, store_id=store, area_ids=areas).allowed is permits


@given(some_cells, trees)
def test_a_yes_of_stores_and_areas_never_opens_the_brand(cells, tree):
    narrow = [one for one in cells if one.scope_kind != ScopeKind.BRAND]
    assert not verdict(*narrow, store_id=None, area_ids=()).allowed


@given(some_cells, trees, st.sampled_from(STORES))
def test_a_no_of_the_store_always_wins_there(cells, tree, store):
    others = [one for one in cells if one.scope_id != store]
    no = cell(ScopeKind.STORE, store, state=State.WITHDRAWN, level=Level.NONE)
    assert verdict(*others, no, store_id=store, area_ids=tree.get(store, set())).reason is Reason.WITHDRAWN


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.ALLOWED])
def test_every_reason_becomes_a_refusal_with_a_remedy_to_show(reason):
    refusal = refusal_for(reason)
    assert (refusal.status, refusal.facts["reason"], refusal.remedy is not None) == (403, reason, True)


def test_every_refusal_speaks_for_a_reason():
    assert {reason for reason in Reason if reason is not Reason.ALLOWED} == set(REFUSALS)
