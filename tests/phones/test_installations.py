"""A phone says what it allows. Off suspends and never withdraws; on creates nothing."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.consent.decision import verdicts
from app.consent.errors import OsPermissionStale
from app.consent.models import Level
from app.sql import db
from tests.consent.factories import CELL, evidence, give, report, session_of, states
from tests.deciding.factories import Town
from tests.factories import make_brand, make_member, member_token


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def decide(member, brand, **asked):
    with db.system_transaction():
        return verdicts.decide_permission(
            **{**CELL, "member_id": member.id, "brand_id": brand.id, "now": clock.now(), **asked}
        )


def minutes_ago(count):
    return (datetime.now(UTC) - timedelta(minutes=count)).isoformat()


def test_a_report_is_kept(phone):
    installation = uuid.uuid4()
    assert report(phone, installation, location="while_using").status_code == 200
    (found,) = phone.get("/v1/installations").json["items"]
    assert (found["id"], found["location"]) == (str(installation), "while_using")


def test_a_second_report_replaces_the_first(phone):
    installation = uuid.uuid4()
    report(phone, installation, location="always", reported_at=minutes_ago(2))
    assert report(phone, installation, location="denied").json["location"] == "denied"


def test_a_late_report_does_not_replace_a_newer_one(phone):
    installation = uuid.uuid4()
    report(phone, installation, location="denied", reported_at=minutes_ago(1))
    assert report(phone, installation, location="always", reported_at=minutes_ago(9)).json["location"] == "denied"


def test_a_first_report_of_two_days_ago_is_refused(phone):
    answer = report(phone, reported_at=minutes_ago(2 * 24 * 60))
    assert (answer.status_code, answer.json["code"]) == (422, "report_too_old")
    assert phone.get("/v1/installations").json["items"] == []


def test_a_report_of_tomorrow_is_refused(phone):
    assert report(phone, reported_at=minutes_ago(-24 * 60)).json["code"] == "report_from_the_future"


def test_two_members_may_have_the_same_installation(phone, anyone):
    installation, other = uuid.uuid4(), anyone.with_token(member_token(make_member()))
    report(phone, installation, location="denied")
    report(other, installation, location="always")
    assert phone.get("/v1/installations").json["items"][0]["location"] == "denied"


@pytest.mark.parametrize("wrong", [{"location": "sometimes"}, {"platform": "palm"}, {"bluetooth": "yes please"}])
def test_a_malformed_report_is_refused(phone, wrong):
    assert report(phone, **wrong).json["code"] == "malformed"


def test_a_phone_that_stops_sharing_stops_nearby_offers(anyone):
    town = Town(anyone)
    report(town.phone, location="denied")
    assert town.ask().json["code"] == "permission_os_insufficient"


def test_a_phone_that_shares_again_lifts_that_and_nothing_was_withdrawn(anyone):
    town, installation = Town(anyone), uuid.uuid4()
    report(town.phone, installation, location="denied", reported_at=minutes_ago(1))
    report(town.phone, installation, location="while_using")
    assert town.ask().status_code == 200
    assert states(town.member) == ["given"]


def test_a_phone_that_shares_gives_no_permission(phone, member):
    report(phone)
    assert decide(member, make_brand(), background=True).reason == "not_asked"


def test_the_phone_that_asks_counts_and_not_another_one(anyone):
    town = Town(anyone)
    report(anyone.with_token(member_token(town.member)), location="denied")
    assert town.ask().status_code == 200


def test_a_sign_in_by_another_member_carries_nothing(phone, anyone, member):
    report(phone, location="denied")
    other = make_member()
    member_token(other)
    assert session_of(other).os_location is None


def test_a_phone_that_shares_once_makes_one_shot_of_what_was_given(phone, member):
    brand = make_brand()
    give(member, brand, now=clock.now())
    report(phone, location="once")
    verdict = decide(member, brand, session_id=session_of(member).id)
    assert (verdict.allowed, verdict.level) == (True, Level.ONE_SHOT)


def test_what_needs_more_than_one_shot_is_then_not_enough(phone, member):
    brand = make_brand()
    give(member, brand, now=clock.now())
    report(phone, location="once")
    verdict = decide(member, brand, session_id=session_of(member).id, levels=[Level.PROACTIVE])
    assert verdict.reason == "level_insufficient"


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ({}, True),
        ({"location": "while_using"}, False),
        ({"location": "once"}, False),
        ({"location": "denied"}, False),
    ],
)
def test_a_fence_in_the_background_needs_always(phone, member, said, allowed):
    brand = make_brand()
    give(member, brand, now=clock.now())
    report(phone, **said)
    assert decide(member, brand, background=True).allowed is allowed


@pytest.mark.parametrize("said", [{"bluetooth": False}, {"location": "denied"}])
@pytest.mark.parametrize("background", [True, False])
def test_a_beacon_needs_bluetooth_and_position(phone, member, said, background):
    brand = make_brand()
    give(member, brand, now=clock.now(), touchpoint="beacon")
    report(phone, **said)
    asked = {"touchpoint": "beacon", "background": background, "session_id": session_of(member).id}
    assert decide(member, brand, **asked).reason == "os_insufficient"


def test_a_push_needs_notifications(phone, member):
    brand = make_brand()
    give(member, brand, now=clock.now(), touchpoint="push")
    report(phone, notifications=False)
    assert decide(member, brand, touchpoint="push").reason == "os_insufficient"


def test_a_push_reaches_whichever_phone_allows_it(phone, member):
    brand = make_brand()
    give(member, brand, now=clock.now(), touchpoint="push")
    report(phone, notifications=False)
    report(phone, notifications=True)
    assert decide(member, brand, touchpoint="push").allowed


def test_a_report_counts_for_a_day_while_nobody_looks(phone, member):
    brand = make_brand()
    give(member, brand, now=clock.now(), touchpoint="push")
    report(phone)
    later = clock.now() + timedelta(hours=24, minutes=1)
    assert decide(member, brand, touchpoint="push", now=later).reason == "os_stale"


def test_an_old_report_does_not_stop_an_open_app(anyone):
    town = Town(anyone)
    report(town.phone, location="while_using")
    later = clock.now() + timedelta(days=3)
    verdict = decide(town.member, town.brand, session_id=session_of(town.member).id, now=later)
    assert verdict.allowed


def test_what_the_phone_said_with_the_answer_counts_until_it_reports(member):
    brand = make_brand()
    give(member, brand, now=clock.now(), touchpoint="push")
    assert decide(member, brand, touchpoint="push").allowed


def test_an_answer_with_a_stale_vector_is_refused(member):
    brand = make_brand()
    old = evidence(now=clock.now() - timedelta(hours=25))
    with pytest.raises(OsPermissionStale):
        give(member, brand, evidence=old, now=clock.now())
    assert states(member) == []
