"""The end of a yes is written down by a job, each by itself, and decided without it."""

from datetime import timedelta

from sqlalchemy import text

from app.consent.ledger.expiry import record_ends
from app.sql import db
from tests.consent.factories import evidence, give, ledger, say_no, states
from tests.factories import NOON, make_brand, make_member

AGES_AGO = NOON - timedelta(days=3000)
END = AGES_AGO + timedelta(days=2)


def end(*, now=END, at_once=50):
    return record_ends(now=now, at_once=at_once)


def ending_member():
    """A member whose yes ends before anybody else's."""
    member, brand = make_member(), make_brand()
    give(member, brand, now=NOON)
    with db.system_transaction():
        db.execute(
            text("UPDATE permission_state SET expires_at = :end WHERE member_id = :m"), {"end": END, "m": member.id}
        )
    return member, brand


def test_an_end_is_written_down_once(app):
    member, _ = ending_member()
    assert end() >= 1
    end()
    assert states(member) == ["given", "expired"]


def test_the_clock_is_the_one_who_ends_it(app):
    member, _ = ending_member()
    end()
    assert ledger(member)[-1].actor == "system_clock"


def test_before_its_end_nothing_is_written(app):
    member, _ = ending_member()
    end(now=END - timedelta(seconds=1))
    assert states(member) == ["given"]


def test_more_than_a_batch_is_written_down(app):
    for _ in range(3):
        ending_member()
    assert end(at_once=2) >= 3


def test_what_was_withdrawn_does_not_end_again(app):
    member, brand = ending_member()
    say_no(member, brand)
    end()
    assert states(member) == ["given", "withdrawn"]


def test_what_ended_may_be_given_again(app):
    member, brand = ending_member()
    end()
    give(member, brand, evidence=evidence(now=NOON))
    assert states(member) == ["given", "expired", "given"]
