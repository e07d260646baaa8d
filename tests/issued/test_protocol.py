"""Changes, numbers and lists interleave as they like: no phone misses a change, and none is told of one for ever.

A phone asks for what changed after the tag that it was given last, and fetches that with the instant of what it has.
Changes wait in transactions of their own for as long as the example wants.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import count
from typing import Any
from unittest import mock

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.sql import db
from tests.factories import NOON, made, make_member
from tests.issued.factories import issue, refresh
from tests.points.factories import Purse
from tests.sizes import chosen
from tests.wallet.factories import make_card
from wallet.cards.models import Card
from wallet.issued import issuance, listeners, revisions
from wallet.issued.contents import read_contents
from wallet.issued.models import IssuedPass, PassKind

CARDS = 3
STILL_RUNS_S = 90
"""How long transactions of other tests on the same server may take: one of them copies whole databases."""
NAME, POINTS = "name", "points"
RENAME = "UPDATE card SET display_name = %s WHERE id = %s"
EARN = "UPDATE points_balance SET available = available + 1, sequence = sequence + 1 WHERE member_id = %s"


class Writer:
    """Somebody who changes one thing about one card, in a transaction that stays open until told."""

    def __init__(self, card: Card, what: str) -> None:
        self.card, self.what = card, what
        self.connection: psycopg.Connection[Any] = db.open_connection()
        self.is_open, self.count = False, 0

    def change(self) -> None:
        if not self.is_open:
            self.connection.execute("BEGIN")
            self.connection.execute(db.SYSTEM)
        self.is_open, self.count = True, self.count + 1
        if self.what == NAME:
            self.connection.execute(RENAME, (f"{self.count}", self.card.id))
        else:
            self.connection.execute(EARN, (self.card.member_id,))

    def finish(self, word: str) -> None:
        if self.is_open:
            self.connection.execute(word)
        self.is_open = False


class Phone:
    """A phone with passes, which asks when it is woken."""

    def __init__(self) -> None:
        self.tag, self.woken = 0, False
        self.copies: dict[Any, tuple[datetime, Any]] = {}

    def add(self, card: Card) -> None:
        with made():
            held = issuance.issue_pass(
                member_id=card.member_id, brand_id=card.brand_id, kind=PassKind.CARD, target_id=card.id, now=NOON
            )
        if held.id not in self.copies:
            self.fetch(held.id)

    def ask(self) -> int:
        """What changed after the tag, and the next tag; how many it was told of."""
        self.woken = False
        with made():
            mine = IssuedPass.id.in_(self.copies)
            found = db.rows(select(IssuedPass.id, IssuedPass.revision).where(mine, IssuedPass.revision > self.tag))
        for pass_id, revision in found:
            self.tag = max(self.tag, revision)
            self.fetch(pass_id)
        return len(found)

    def fetch(self, pass_id: Any) -> None:
        """The pass, unless it has not changed since the second of the copy that is there."""
        with made():
            held = db.session().scalars(select(IssuedPass).where(IssuedPass.id == pass_id)).one()
        with made():
            if pass_id not in self.copies or held.changed_at > self.copies[pass_id][0]:
                [said] = read_contents([held], now=NOON)
                self.copies[pass_id] = held.changed_at, (said.display_name, said.balances)

    def wake(self, passes: Sequence[IssuedPass], _: datetime) -> None:
        self.woken |= any(one.id in self.copies for one in passes)


ACTS = st.one_of(
    st.tuples(st.sampled_from(["change", "commit", "roll back"]), st.integers(0, 2 * CARDS - 1)),
    st.tuples(st.just("add"), st.integers(0, CARDS - 1)),
    st.tuples(st.sampled_from(["refresh", "ask"]), st.just(0)),
)


@settings(max_examples=chosen().rows, suppress_health_check=list(HealthCheck))
@given(st.sets(st.integers(0, CARDS - 1)), st.lists(ACTS, max_size=30))
def test_whatever_interleaves_a_phone_that_is_woken_has_what_is_true(early, acts):
    purse = Purse()
    purses = [purse, *(purse.of_somebody_else() for _ in range(CARDS - 1))]
    for one in purses:
        one.earn(1)
    cards = [make_card(one.member, one.brand) for one in purses]
    phone = Phone()
    with ExitStack() as stack:
        writers = [Writer(card, what) for card in cards for what in (NAME, POINTS)]
        for writer in writers:
            stack.callback(writer.connection.close)
        stack.enter_context(mock.patch.object(listeners, "AFTER_PASS_CHANGED", [phone.wake]))
        for which in early:
            phone.add(cards[which])
        for act, which in acts:
            if act == "add":
                phone.add(cards[which])
            elif act == "ask":
                phone.ask()
            elif act == "refresh":
                revisions.refresh_passes(now=NOON)
            elif act == "change":
                writers[which].change()
            else:
                writers[which].finish(act.upper().replace("ROLL BACK", "ROLLBACK"))
        for writer in writers:
            writer.finish("COMMIT")
        settle_all(phone)
    assert true_of(phone) == {pass_id: copy for pass_id, (_, copy) in phone.copies.items()}
    phone.ask()
    assert phone.ask() == 0


def settle_all(phone: Phone) -> None:
    """Let the job look until nothing that ran is left, and the phone ask as often as it is woken."""
    until_s = time.monotonic() + STILL_RUNS_S
    for turn in count():
        assert time.monotonic() < until_s, "something still runs"
        revisions.refresh_passes(now=NOON + turn * revisions.LATER)
        if phone.woken:
            phone.ask()
        with made():
            waiting = select(IssuedPass.id).where(IssuedPass.id.in_(phone.copies), IssuedPass.settling.is_not(None))
            if not db.all_of(waiting):
                return
        time.sleep(0.05)  # transactions of other tests are waited for as well


def true_of(phone: Phone) -> dict[Any, Any]:
    with made():
        held = db.all_of(select(IssuedPass).where(IssuedPass.id.in_(phone.copies)))
        return {
            one.id: (said.display_name, said.balances)
            for one, said in zip(held, read_contents(held, now=NOON), strict=True)
        }


def test_a_smaller_number_is_never_seen_after_a_larger_one():
    """A batch that has its numbers and has not committed makes the next one wait for its own."""
    purse = Purse()
    slow, quick = issue(make_card(purse.member, purse.brand)), issue(make_card(make_member(), purse.brand))
    numbered, go = threading.Event(), threading.Event()

    def hold(passes: Sequence[IssuedPass], _: datetime) -> None:
        if slow.id in {one.id for one in passes}:
            numbered.set()
            assert go.wait(30)

    def revise(held: IssuedPass) -> None:
        with db.system_transaction():
            revisions.refresh_some([held.id], now=NOON, anew=True)

    with mock.patch.object(listeners, "AFTER_PASS_CHANGED", [hold]):
        first, second = (threading.Thread(target=revise, args=(one,)) for one in (slow, quick))
        first.start()
        assert numbered.wait(30)
        second.start()
        second.join(0.3)
        assert second.is_alive()
        go.set()
        first.join(30)
        second.join(30)
    numbers = {}
    with made():
        for one in db.all_of(select(IssuedPass).where(IssuedPass.id.in_([slow.id, quick.id]))):
            numbers[one.id] = one.revision
    assert numbers[slow.id] < numbers[quick.id]


def test_two_jobs_at_once_share_what_waits_and_tell_each_pass_once():
    purse = Purse()
    passes = [issue(make_card(make_member(), purse.brand)) for _ in range(12)]
    told: list[Any] = []
    with made():
        for one in passes:
            db.execute(Card.__table__.update().where(Card.id == one.target_id).values(display_name="Zoé B."))
    with (
        mock.patch.object(revisions, "BATCH", 3),
        mock.patch.object(listeners, "AFTER_PASS_CHANGED", [lambda some, _: told.extend(one.id for one in some)]),
    ):
        jobs = [threading.Thread(target=refresh) for _ in range(3)]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join(60)
    mine = [one for one in told if one in {held.id for held in passes}]
    assert sorted(mine) == sorted(one.id for one in passes)
