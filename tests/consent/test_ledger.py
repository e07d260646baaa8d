"""The ledger cannot be rewritten, keeps one order, and makes the projection."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.consent import queries
from app.consent.ledger import uses
from app.consent.ledger.projection import project_ledger, rebuild_projection
from app.consent.ledger.withdrawal import withdraw_everything
from app.consent.models import Level
from app.sql import db
from tests.consent.factories import give, in_area, in_store, ledger, say_no
from tests.factories import NOON, make_area, make_store
from tests.sizes import chosen


@pytest.mark.parametrize(
    "rewrite",
    [
        "UPDATE permission_event SET state = 'given'",
        "DELETE FROM permission_event",
        "TRUNCATE permission_event",
        "UPDATE purpose_text SET text = 'We do as we like.'",
        "DELETE FROM purpose_text",
    ],
)
def test_the_application_cannot_rewrite_what_was_said(app, rewrite):
    with pytest.raises(ProgrammingError, match="permission denied"), db.system_transaction():
        db.execute(text(rewrite))


def test_each_event_names_the_one_before_it(member, brand):
    give(member, brand)
    say_no(member, brand)
    first, second = ledger(member)
    assert (first.previous_event_id, second.previous_event_id) == (None, first.id)


def test_the_order_of_the_ledger_does_not_follow_a_clock_that_goes_back(member, brand):
    give(member, brand)
    say_no(member, brand, now=NOON - timedelta(hours=1))
    assert [event.state for event in ledger(member)] == ["given", "withdrawn"]


def do_something(rng, member, brand, places, minute):
    now, place = NOON + timedelta(minutes=minute), rng.choice([None, *places])
    cell = {"touchpoint": rng.choice(["geofence", "email", "push"]), "scope": place, "now": now}
    action = rng.choice(["give", "give", "give", "no", "everything", "use"])
    if action == "give":
        level = {"geofence": Level.ONE_SHOT}.get(cell["touchpoint"], Level.CONTACT_ONCE)
        give(member, brand, level=rng.choice([level, Level.PROACTIVE]), **cell)
    elif action == "no":
        say_no(member, brand, **cell)
    elif action == "everything" and rng.random() < 0.2:
        with db.system_transaction():
            withdraw_everything(member_id=member.id, now=now)
    else:
        with db.system_transaction():
            counted = [c for c in db.all_of(queries.projection_of(member.id)) if c.uses_left]
            for one in counted[:1]:
                uses.use_permission(member_id=member.id, event_id=one.event_id, now=now)


def test_the_projection_is_what_the_ledger_makes(member, brand):
    rng, store = random.Random(20260518), make_store(brand)
    places = [in_store(store), in_area(make_area(brand, store)), in_store(make_store(brand))]
    for minute in range(chosen().acts):
        do_something(rng, member, brand, places, minute)
    with db.system_transaction():
        assert rebuild_projection(member_id=member.id) == 0


def test_a_projection_that_went_wrong_is_put_right(member, brand):
    give(member, brand)
    with db.system_transaction():
        db.execute(text("UPDATE permission_state SET state = 'refused' WHERE member_id = :m"), {"m": member.id})
    with db.system_transaction():
        assert rebuild_projection(member_id=member.id) == 1
    with db.system_transaction():
        assert [cell.state for cell in db.all_of(queries.projection_of(member.id))] == ["given"]


def test_a_cell_without_events_is_removed(member, brand):
    give(member, brand)
    with db.system_transaction():
        db.execute(
            text("UPDATE permission_state SET purpose = 'partner_offers' WHERE member_id = :m"), {"m": member.id}
        )
    with db.system_transaction():
        assert rebuild_projection(member_id=member.id) == 2


def test_no_events_make_no_cells():
    assert project_ledger([]) == {}
