"""The truth table of a permission: of all combinations of its conditions, exactly one permits."""

import itertools
import uuid
from datetime import timedelta

from app.consent.decision.phone_conditions import FRESH, Facts, Phone
from app.consent.decision.verdicts import ANSWERING, Cell, verdict_of
from app.consent.models import Level, Reason, ScopeKind, State
from tests.factories import NOON

BRAND, STORE, OTHER_STORE = (uuid.uuid4() for _ in range(3))
TOUCHPOINT = "beacon"

CONDITIONS = (
    "given",
    "confirmed",
    "not_expired",
    "uses_left",
    "in_scope",
    "level_enough",
    "age_rule",
    "notice_current",
    "not_objected",
    "not_restricted",
    "phone_allows",
    "phone_is_fresh",
)
REASON_OF = {
    "given": "withdrawn",
    "confirmed": "pending_confirmation",
    "not_expired": "expired",
    "uses_left": "exhausted",
    "in_scope": "out_of_scope",
    "level_enough": "level_insufficient",
    "age_rule": "age_rule",
    "notice_current": "notice_superseded",
    "not_objected": "objected",
    "not_restricted": "restricted",
    "phone_allows": "os_insufficient",
    "phone_is_fresh": "os_stale",
}
"""The reason that is told when this condition alone fails."""


def verdict(**holds):
    """The verdict when some conditions hold and the others do not."""
    state = State.GIVEN if holds["confirmed"] else State.REQUESTED
    cell = Cell(
        scope_kind=ScopeKind.STORE,
        scope_id=STORE if holds["in_scope"] else OTHER_STORE,
        state=state if holds["given"] else State.WITHDRAWN,
        level=Level.PROACTIVE if holds["level_enough"] else Level.CONTACT_ONCE,
        expires_at=NOON + timedelta(seconds=1 if holds["not_expired"] else 0),
        uses_left=1 if holds["uses_left"] else 0,
        event_id=uuid.uuid4(),
        touchpoint=TOUCHPOINT,
        pending=None if holds["confirmed"] or not holds["given"] else "confirmation",
        with_parent=not holds["age_rule"],
        notice_until=NOON + timedelta(seconds=1 if holds["notice_current"] else 0),
        objected=not holds["not_objected"],
    )
    location = "always" if holds["phone_allows"] else "while_using"
    age = timedelta(seconds=0 if holds["phone_is_fresh"] else 1)
    phone = Phone(location, "precise", bluetooth=True, notifications=True, reported_at=NOON - FRESH - age)
    facts = Facts(restricted=not holds["not_restricted"], phones=(phone,), background=True)
    return verdict_of([cell], brand_id=BRAND, store_id=STORE, levels=ANSWERING, facts=facts, now=NOON)


def test_exactly_one_combination_permits():
    permitting = [
        values
        for values in itertools.product([True, False], repeat=len(CONDITIONS))
        if verdict(**dict(zip(CONDITIONS, values, strict=True))).allowed
    ]
    assert permitting == [(True,) * len(CONDITIONS)]


def test_each_condition_that_fails_alone_is_the_reason():
    told = {failing: verdict(**{name: name != failing for name in CONDITIONS}).reason for failing in CONDITIONS}
    assert told == REASON_OF


def test_no_combination_is_without_a_reason():
    for values in itertools.product([True, False], repeat=len(CONDITIONS)):
        found = verdict(**dict(zip(CONDITIONS, values, strict=True)))
        assert found.allowed is (found.reason is Reason.ALLOWED)
