"""After a no was acknowledged, no message based on the yes before it leaves. Eight senders try, with real commits."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.consent.errors import PermissionMissing
from app.consent.models import Level
from app.messages import delivery
from app.messages.envelopes import CarriageOutcome
from app.sql import db
from tests.consent.factories import states
from tests.factories import NOON
from tests.messages.factories import Post, allow, deliver, forbid, leased, make_addressee, queue, standing
from tests.messages.hammering import hammer
from tests.racing import at_once
from tests.sizes import chosen


@pytest.fixture
def member(app):
    return make_addressee()


@pytest.mark.slow
def test_no_message_leaves_after_an_acknowledged_no(crowd, member, brand):
    """As many rounds as the time allows; the bench of permissions plays a thousand."""
    seen = hammer(member, brand, rounds=100, hand_over_s=0.05, at_most_s=chosen().hammered_s)
    assert (seen.faults, seen.late) == ([], 0)
    assert seen.sent >= seen.rounds > 0


def waiting_for_a_lock() -> int:
    """How many connections of this database wait for somebody's permissions."""
    with db.transaction():
        return db.execute(
            text(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
            )
        ).scalar_one()


def wait_until_waiting(count: int) -> None:
    deadline = time.monotonic() + 20
    while waiting_for_a_lock() < count:
        assert time.monotonic() < deadline, "nobody came to wait"
        time.sleep(0.005)  # there is nothing to be told by: we ask the database who waits for a lock


class Paused(Post):
    """A carrier that takes its time over each message, while something else is tried."""

    def __init__(self, meanwhile):
        super().__init__()
        self.meanwhile = meanwhile

    def hand_over(self, envelope):
        self.meanwhile()
        return super().hand_over(envelope)


def test_a_no_waits_for_the_message_that_is_on_its_way_out(crowd, member, brand):
    allow(member, brand)
    acknowledged = threading.Event()
    no = threading.Thread(target=lambda: (forbid(member, brand), acknowledged.set()))
    seen = []

    def say_no_meanwhile():
        no.start()
        wait_until_waiting(1)
        seen.append(acknowledged.is_set())

    message = queue(member, brand)
    deliver(message, Paused(say_no_meanwhile))
    no.join()
    assert (seen, acknowledged.is_set(), standing(message)) == ([False], True, ("sent", None))


def test_a_message_does_not_overtake_a_no_that_waits(crowd, member, brand):
    allow(member, brand)
    first, second, late = queue(member, brand), queue(member, brand), Post()
    no = threading.Thread(target=forbid, args=(member, brand))
    other = threading.Thread(target=deliver, args=(second, late))

    def both_meanwhile():
        no.start()
        wait_until_waiting(1)
        other.start()
        wait_until_waiting(2)

    deliver(first, Paused(both_meanwhile))
    no.join()
    other.join()
    assert (late.taken, standing(second)) == ([], ("cancelled", "withdrawn"))


def test_a_message_that_is_asked_for_during_a_no_is_seen_by_it_or_sees_it(crowd, member, brand):
    for _ in range(10):
        allow(member, brand)
        made = at_once(2, lambda number: forbid(member, brand) if number else _try_to_queue(member, brand))
        assert made[0] is None or standing(made[0]) == ("cancelled", "withdrawn")


def _try_to_queue(member, brand):
    try:
        return queue(member, brand)
    except PermissionMissing:
        return None


def test_no_transaction_is_open_while_a_message_is_handed_over(crowd, member, brand):
    allow(member, brand)
    seen = []

    def look():
        with db.transaction():
            rows = db.execute(
                text(
                    "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
                )
            )
            seen.append(len(rows.all()))

    deliver(queue(member, brand), Paused(look))
    assert seen == [0]


def test_the_lock_is_given_back_when_the_carrier_breaks(crowd, member, brand):
    allow(member, brand)
    message = queue(member, brand)

    def break_down():
        raise RuntimeError("the carrier fell over")

    with pytest.raises(RuntimeError):
        deliver(message, Paused(break_down))
    forbid(member, brand)  # would wait for ever
    assert states(member) == ["given", "withdrawn"]


@pytest.mark.parametrize("round_", range(chosen().rounds))
def test_of_twenty_four_senders_with_one_contact_one_sends(crowd, member, brand, round_):
    allow(member, brand, Level.CONTACT_ONCE)
    messages = [leased(queue(member, brand)) for _ in range(24)]
    post = Post()
    outcomes = at_once(
        24, lambda number: delivery.deliver_message(messages[number], post.carrier(), post.hand_over, lambda: NOON)
    )
    assert sorted(outcomes, key=str) == [None] * 23 + [CarriageOutcome.TAKEN]
    assert states(member) == ["given", "exhausted"]


def test_two_senders_do_not_take_the_same_message(crowd, member, brand):
    allow(member, brand)
    ids = {queue(member, brand, due_at=NOON - timedelta(days=1)).id for _ in range(30)}
    taken = at_once(4, lambda _: delivery.lease_message(now=NOON - timedelta(days=1), batch=10))
    found = [each.id for batch in taken for each in batch if each.id in ids]
    assert len(found) == len(set(found)) == 30
