"""What is known of touchpoints stands in one place, whole, and agrees with the table and with who reads it."""

from dataclasses import fields

import pytest
from sqlalchemy import select

from app.accounts.models import IdentifierKind
from app.consent.models import Touchpoint
from app.consent.registry.touchpoints import (
    TOUCHPOINTS,
    PhoneSetting,
    TouchpointFacts,
    address_kind,
    opened_by,
    phone_settings,
)
from app.messages.envelopes import CARRIERS
from app.sql import db

EMAIL = TOUCHPOINTS["email"]


@pytest.fixture
def table(app):
    with db.system_transaction():
        return db.all_of(select(Touchpoint).order_by(Touchpoint.code))


def test_the_table_has_these_touchpoints_in_this_order(table):
    assert [row.code for row in table] == list(TOUCHPOINTS)


def test_the_table_calls_them_the_same(table):
    assert [(row.label_fr, row.label_en) for row in table] == [(f.label.fr, f.label.en) for f in TOUCHPOINTS.values()]


def test_the_table_lets_them_carry_the_same_levels(table):
    assert [row.levels for row in table] == [list(facts.levels) for facts in TOUCHPOINTS.values()]


@pytest.mark.parametrize("fact", [field.name for field in fields(TouchpointFacts)])
def test_no_fact_has_a_default(fact):
    known = {field.name: getattr(EMAIL, field.name) for field in fields(EMAIL) if field.name != fact}
    with pytest.raises(TypeError, match=fact):
        TouchpointFacts(**known)


def test_messages_leave_through_what_has_a_carrier():
    assert {code for code, facts in TOUCHPOINTS.items() if facts.carried} == set(CARRIERS)


def test_an_address_opens_the_touchpoints_that_reach_a_member_by_it():
    assert {kind: opened_by(kind) for kind in IdentifierKind} == {
        IdentifierKind.EMAIL: ["email"],
        IdentifierKind.PHONE: ["phone", "sms"],
    }


def test_a_touchpoint_without_an_address_names_none():
    with pytest.raises(LookupError, match="geofence"):
        address_kind("geofence")


def test_what_knows_a_position_needs_the_phone_to_allow_it():
    assert {code for code, facts in TOUCHPOINTS.items() if facts.positioned} == {"beacon", "geofence"}


def test_a_code_that_is_none_needs_nothing_of_a_phone():
    assert phone_settings("pigeon") == frozenset()


def test_a_push_needs_notifications():
    assert phone_settings("push") == {PhoneSetting.NOTIFICATIONS}
