"""A time that a phone claims is measured both ways: not too long ago, and not before it comes."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.consent.decision.phone_conditions import FRESH, Phone, is_fresh
from app.phones.installations import AHEAD
from app.sql import db
from tests.consent.factories import body, cell_address, evidence, ledger, states
from tests.factories import NOON, make_brand, make_member, member_token
from tests.phones.test_installations import decide

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def member(app):
    return make_member()


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def answer(phone, brand, ahead, **given):
    return phone.put(cell_address(brand, "push"), body(evidence=evidence(now=clock.now() + ahead), **given))


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=1), timedelta(days=20_000)])
def test_a_report_from_the_future_proves_nothing(phone, member, ahead):
    refused = answer(phone, make_brand(), ahead)
    assert (refused.status_code, refused.json["code"]) == (422, "report_from_the_future")
    assert states(member) == []


def test_a_clock_that_is_a_little_ahead_is_taken_for_ours(phone, member):
    assert answer(phone, make_brand(), timedelta(minutes=4)).json["effective"]
    (event,) = ledger(member)
    assert event.evidence["os_permission"]["reported_at"] <= event.recorded_at.isoformat()


@pytest.mark.parametrize(
    ("away", "fresh"),
    [(-FRESH - A_SECOND, False), (-FRESH, True), (timedelta(), True), (AHEAD, True), (AHEAD + A_SECOND, False)],
)
def test_fresh_has_two_ends(away, fresh):
    assert is_fresh(Phone(reported_at=NOON + away), now=NOON) is fresh


def test_what_was_kept_before_is_not_fresh_for_ever(phone, member):
    brand = make_brand()
    assert answer(phone, brand, timedelta()).json["effective"]
    later = "jsonb_set(os_vector, '{reported_at}', '\"2090-01-01T00:00:00+00:00\"')"
    with db.system_transaction():
        db.execute(text(f"UPDATE permission_state SET os_vector = {later} WHERE member_id = :m"), {"m": member.id})
    assert decide(member, brand, touchpoint="push").reason == "os_stale"


@pytest.mark.parametrize("level", ["proactive", "none"])
def test_an_act_to_come_is_no_claim_and_hinders_no_answer(phone, member, level):
    for claimed in (timedelta(days=3), timedelta(minutes=2), -timedelta(days=2)):
        said = {"level": level, "claimed_at": (clock.now() + claimed).isoformat()}
        given = said if level == "none" else {"evidence": evidence(now=clock.now())} | said
        assert phone.put(cell_address(make_brand(), "push"), given).status_code == 200
    ahead, a_little, before = ledger(member)
    assert ahead.claimed_at is None
    assert a_little.claimed_at <= a_little.recorded_at
    assert before.claimed_at < before.recorded_at - timedelta(days=1)
