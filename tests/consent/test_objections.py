"""An objection to direct marketing is absolute; a restriction rests everything; neither loses what was said."""

from datetime import timedelta

import pytest

from app import clock
from app.consent.decision import verdicts
from app.consent.ledger.projection import rebuild_projection
from app.consent.suppression import objections, restriction
from app.sql import db
from tests.consent.factories import CELL, evidence, give, states
from tests.deciding.factories import Town
from tests.factories import NOON, make_brand, member_token

LATER = NOON + timedelta(hours=1)


def object_to(member, brand=None, now=LATER):
    with db.system_transaction():
        return objections.object_to_marketing(member_id=member.id, brand_id=brand and brand.id, now=now)


def lift(member, brand=None):
    with db.system_transaction():
        return objections.lift_objection(member_id=member.id, brand_id=brand and brand.id, now=LATER)


def reason(member, brand, **cell):
    with db.system_transaction():
        who = {"member_id": member.id, "brand_id": brand.id, "now": LATER}
        return verdicts.decide_permission(**{**CELL, **who, **cell}).reason


def test_what_is_marketing_is_withdrawn(member, brand):
    give(member, brand)
    object_to(member, brand)
    assert states(member) == ["given", "withdrawn"]


def test_what_is_not_marketing_stays(member, brand):
    give(member, brand, touchpoint="email", purpose="satisfaction_survey")
    object_to(member, brand)
    assert reason(member, brand, touchpoint="email", purpose="satisfaction_survey") == "allowed"


@pytest.mark.parametrize("everywhere", [True, False])
def test_what_is_given_afterwards_has_no_effect(member, brand, everywhere):
    object_to(member, None if everywhere else brand)
    give(member, brand, now=LATER, evidence=evidence(now=LATER))
    assert reason(member, brand) == "objected"


def test_one_brands_marketing_is_not_anothers(member, brand):
    other = make_brand()
    give(member, other)
    object_to(member, brand)
    assert reason(member, other) == "allowed"


def test_lifted_it_lets_what_was_given_meanwhile_have_its_effect(member, brand):
    object_to(member, brand)
    give(member, brand, now=LATER, evidence=evidence(now=LATER))
    lift(member, brand)
    assert reason(member, brand) == "allowed"


def test_lifted_it_brings_nothing_back_that_was_withdrawn(member, brand):
    give(member, brand)
    object_to(member, brand)
    lift(member, brand)
    assert reason(member, brand) == "withdrawn"


def test_of_two_objections_one_lifted_leaves_the_other(member, brand):
    object_to(member, brand)
    object_to(member)
    give(member, brand, now=LATER, evidence=evidence(now=LATER))
    lift(member, brand)
    assert reason(member, brand) == "objected"


def test_objecting_twice_is_objecting_once(member, brand):
    assert object_to(member, brand).id == object_to(member, brand).id


def test_lifting_what_was_never_said_changes_nothing(member, brand):
    assert list(lift(member, brand)) == []


def test_a_rebuild_knows_the_objection(member, brand):
    object_to(member, brand)
    give(member, brand, now=LATER, evidence=evidence(now=LATER))
    with db.system_transaction():
        assert rebuild_projection(member_id=member.id) == 0


def restrict(member):
    with db.system_transaction():
        restriction.restrict_processing(member_id=member.id, now=clock.now())


def test_a_restriction_rests_everything(member, brand):
    give(member, brand)
    restrict(member)
    assert (reason(member, brand), reason(member, make_brand())) == ("restricted", "restricted")


def test_a_restriction_changes_nothing_that_was_said(member, brand):
    give(member, brand)
    restrict(member)
    assert states(member) == ["given"]


def test_a_restriction_stops_nearby_offers_on_every_phone(anyone):
    town = Town(anyone)
    restrict(town.member)
    town.phone = anyone.with_token(member_token(town.member))
    assert town.ask().json["code"] == "permission_restricted"


def test_a_lifted_restriction_is_as_if_it_never_was(anyone):
    town = Town(anyone)
    restrict(town.member)
    with db.system_transaction():
        restriction.lift_restriction(member_id=town.member.id, now=NOON)
    assert town.ask().status_code == 200


def test_the_first_restriction_is_the_one_that_is_remembered(member):
    with db.system_transaction():
        first = restriction.restrict_processing(member_id=member.id, now=NOON).restricted_at
        assert restriction.restrict_processing(member_id=member.id, now=LATER).restricted_at == first
