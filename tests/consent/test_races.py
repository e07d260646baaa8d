"""What two phones, or twenty-four senders, do at the same time."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from psycopg import OperationalError
from sqlalchemy import text

from app.consent import queries
from app.consent.decision import verdicts
from app.consent.errors import PermissionMissing
from app.consent.ledger import events, grants, uses, withdrawal
from app.consent.models import PERMITTING, Level
from app.sql import db
from tests.consent.factories import CELL, evidence, give, ledger, say_no, states
from tests.factories import NOON, make_brand, make_member
from tests.racing import at_once
from tests.sizes import chosen

pytestmark = pytest.mark.slow


def try_to_use(member, event_id):
    try:
        with db.transaction():
            db.become(member_id=member.id)
            uses.use_permission(member_id=member.id, event_id=event_id, now=NOON)
    except PermissionMissing as refusal:
        return refusal.code()
    return "used"


@pytest.mark.parametrize("round_", range(chosen().rounds))
def test_twenty_four_uses_of_a_one_shot_are_one(crowd, round_):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand, level=Level.ONE_SHOT).event_id
    outcomes = at_once(24, lambda _: try_to_use(member, event_id))
    assert sorted(outcomes) == ["permission_exhausted"] * 23 + ["used"]


def test_a_use_has_a_row_of_its_own(app):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand, level=Level.ONE_SHOT).event_id
    try_to_use(member, event_id)
    with db.system_transaction():
        assert [(use.event_id, use.number) for use in db.all_of(queries.uses_of(member.id))] == [(event_id, 1)]


def hold_impatiently(member):
    with db.transaction():
        db.execute(text("SET LOCAL lock_timeout = '50ms'"))
        events.lock_permissions(member.id)


def test_a_use_waits_for_no_sender_and_a_withdrawal_for_both(crowd):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand, level=Level.ONE_SHOT).event_id
    with db.transaction():
        db.become(member_id=member.id)
        events.share_permissions(member.id)
        assert at_once(1, lambda _: try_to_use(member, event_id)) == ["used"]
        with pytest.raises(OperationalError):
            hold_impatiently(member)


def test_the_last_use_is_in_the_ledger_once(crowd):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand, level=Level.ONE_SHOT).event_id
    at_once(24, lambda _: try_to_use(member, event_id))
    assert states(member) == ["given", "exhausted"]


def test_a_permission_that_is_not_counted_is_never_used_up(app):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand).event_id
    assert [try_to_use(member, event_id) for _ in range(3)] == ["used"] * 3


def test_a_withdrawn_one_shot_cannot_be_used(app):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand, level=Level.ONE_SHOT).event_id
    say_no(member, brand)
    assert try_to_use(member, event_id) == "permission_withdrawn"


def test_an_ended_one_shot_cannot_be_used(app):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand, level=Level.ONE_SHOT, now=NOON - timedelta(days=2)).event_id
    assert try_to_use(member, event_id) == "permission_expired"


def test_a_use_decided_before_a_new_one_shot_does_not_take_it(app):
    member, brand = make_member(), make_brand()
    event_id = give(member, brand, level=Level.ONE_SHOT).event_id
    give(member, brand, level=Level.ONE_SHOT)
    assert try_to_use(member, event_id) == "permission_exhausted"


def test_using_and_withdrawing_at_once_never_lock_each_other_out(crowd):
    brand = make_brand()
    for _ in range(20):
        member = make_member()
        event_id = give(member, brand, level=Level.ONE_SHOT).event_id
        at_once(6, lambda n, m=member, e=event_id: try_to_use(m, e) if n % 2 else act("withdraw", m, brand))
        assert states(member)[-1] in ("withdrawn", "refused")


def act(kind, member, brand):
    """One call of a phone, acknowledged when it returns: the event that it made or found."""
    with db.transaction():
        db.become(member_id=member.id)
        who = {"member_id": member.id, "brand_id": brand.id, "now": datetime.now(UTC)}
        if kind == "grant":
            return grants.grant_permission(**CELL, **who, level=Level.PROACTIVE, evidence=evidence()).event_id
        return withdrawal.withdraw_permission(**CELL, **who).event_id


def allowing(member, brand):
    """The event that allows now, if one does."""
    with db.system_transaction():
        verdict = verdicts.decide_permission(member_id=member.id, brand_id=brand.id, now=datetime.now(UTC), **CELL)
    return verdict.event_id if verdict.allowed else None


def phone(seed, member, brand):
    """Random calls; after each withdrawal that was acknowledged, what still allows."""
    rng, seen = random.Random(seed), []
    for _ in range(chosen().acts):
        kind = rng.choice(["grant", "withdraw"])
        event_id = act(kind, member, brand)
        if kind == "withdraw":
            seen.append((event_id, allowing(member, brand)))
    return seen


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_after_an_acknowledged_withdrawal_only_a_later_yes_permits(crowd):
    member, brand = make_member(), make_brand()
    seen = at_once(2, lambda number: phone(number, member, brand))
    place = {event.id: number for number, event in enumerate(ledger(member))}
    late = [pair for pair in seen[0] + seen[1] if pair[1] is not None and place[pair[1]] < place[pair[0]]]
    assert late == []


def test_the_last_call_decides(crowd):
    member, brand = make_member(), make_brand()
    for number in range(40):
        at_once(2, lambda phone, number=number: act("grant" if (phone + number) % 2 else "withdraw", member, brand))
        last = ledger(member)[-1]
        assert allowing(member, brand) == (last.id if last.state in PERMITTING else None)


def test_two_phones_make_one_chain_of_events(crowd):
    member, brand = make_member(), make_brand()
    at_once(16, lambda number: act("grant" if number % 2 else "withdraw", member, brand))
    events = ledger(member)
    assert [event.previous_event_id for event in events] == [None, *(event.id for event in events[:-1])]
