"""The ledger and a small model of it agree after every step of any story, over changes of clocks and ends of months."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.errors import Conflict
from tests.points.factories import Purse
from tests.points.model import Credit, Model
from tests.sizes import chosen
from wallet.ledger.book_store import Done
from wallet.ledger.errors import DebtNotAllowed, HoldOver, MoreThanMoved, NotEnoughPoints, PointsNotPending
from wallet.ledger.models import Account
from wallet.points.returns import Policy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

POINTS = st.integers(1, 60)
WAITS = st.sampled_from(["immediate", "immediate", "on_action", "36h", "1D", "0D_U", "1W_U", "1M"])
LASTS = st.sampled_from(
    ["unlimited", "2Y", "1Y", "12h", "1D", "2D_D", "3D_U", "1W", "1W_U", "0M", "1M", "1M_U", "1Y_U"]
)
WAITING = st.sampled_from(
    [
        timedelta(0),
        timedelta(0),
        timedelta(seconds=1),
        timedelta(minutes=20),
        timedelta(hours=5),
        timedelta(days=1),
        timedelta(days=6),
        timedelta(days=29),
    ]
)
STARTS = st.sampled_from(
    [
        datetime(2026, 3, 27, 22, 30, tzinfo=UTC),  # two days before summer time in Paris
        datetime(2026, 10, 24, 12, 0, tzinfo=UTC),  # the day before winter time
        datetime(2028, 1, 31, 23, 30, tzinfo=UTC),  # after midnight of 1 February in Paris, in a leap year
        datetime(2026, 12, 31, 22, 59, tzinfo=UTC),
    ]
)


class Story(RuleBasedStateMachine):
    """One member in one currency. Each act is done in the database and in the model, or refused in both."""

    @initialize(start=STARTS, debts=st.booleans(), zone=st.sampled_from(["Europe/Paris", "America/Santiago"]))
    def begin(self, start: datetime, debts: bool, zone: str) -> None:
        self.now = start
        self.purse = Purse({"may_go_negative": debts}, zone=zone)
        self.model = Model(zone, debts)
        self.credit_ids: list[uuid.UUID] = []
        self.debit_ids: dict[int, uuid.UUID] = {}
        self.holds: set[int] = set()
        self.captured: set[int] = set()
        self.adjusted: set[int] = set()
        self.last: tuple[str, dict[str, Any]] | None = None
        self.done = False

    def act(self, verb: str, *given: Any, refusal: type[Conflict] | None, **more: Any) -> Done | None:
        """Do it in the database, which must refuse exactly when the model says so."""
        named = {"now": self.now} | more
        if verb not in ("activate", "release"):
            named["source"] = uuid.uuid4().hex
        if refusal is not None:
            with pytest.raises(refusal):
                getattr(self.purse, verb)(*given, **named)
            return None
        done: Done = getattr(self.purse, verb)(*given, **named)
        self.done = True
        if done.movements:
            self.last = (verb, {"given": given, "named": named})
        return done

    @rule(time=WAITING)
    def wait(self, time: timedelta) -> None:
        self.now += time

    @rule()
    def settle(self) -> None:
        if self.done:
            self.purse.settle(self.now)

    @rule(points=POINTS, waits=WAITS, lasts=LASTS, late=WAITING)
    def earn(self, points: int, waits: str, lasts: str, late: timedelta) -> None:
        self.do_earn(points, waits, lasts, late)

    def do_earn(self, points: int, waits: str, lasts: str, late: timedelta) -> None:
        self.model.settle(self.now)
        at = self.now - late
        done = self.act("earn", points, waits=waits, lasts=lasts, earned_at=at, refusal=None)
        assert done is not None
        self.credit_ids.append(done.id)
        self.model.add(points, waits, lasts, self.now, at)

    @rule(lots=st.lists(st.tuples(POINTS, WAITS, LASTS, WAITING), min_size=1, max_size=3))
    def merge(self, lots: list[tuple[int, str, str, timedelta]]) -> None:
        """Another wallet turns out to be the same person's: what it holds comes lot by lot, as old as it is."""
        other = self.purse.of_somebody_else()
        said = {}
        for points, waits, lasts, late in lots:
            at = self.now - late
            earned = other.earn(points, waits=waits, lasts=lasts, earned_at=at, now=self.now)
            said[earned.id] = (points, waits, lasts, self.now, at)
        self.model.settle(self.now)
        for lot_id, arrived_id in self.purse.bring(other, now=self.now):
            self.adjusted.add(len(self.credit_ids))  # nothing that was earned here
            self.credit_ids.append(arrived_id)
            self.model.add(*said[lot_id])
            self.done = True
        assert (other.balance().available, other.balance().pending, other.faults()) == (0, 0, [])

    @rule(points=st.integers(-60, 60).filter(bool), lasts=LASTS)
    def adjust(self, points: int, lasts: str) -> None:
        self.adjust_by(points, lasts)

    def adjust_by(self, points: int, lasts: str) -> None:
        self.model.settle(self.now)
        missing = -points - self.model.available
        refusal = NotEnoughPoints if missing > 0 and not self.model.debts else None
        done = self.act("adjust", points, lasts=lasts, refusal=refusal)
        if done is not None and points > 0:
            self.adjusted.add(len(self.credit_ids))
            self.credit_ids.append(done.id)
            self.model.add(points, "immediate", lasts, self.now, self.now)
        elif done is not None:
            self.model.take(min(-points, self.model.available), self.now)
            self.model.debt += max(missing, 0)

    @rule(share=st.floats(0.1, 1.1), minutes=st.none() | st.sampled_from([10, 60, 60 * 24 * 9]))
    def spend_or_hold(self, share: float, minutes: int | None) -> None:
        self.do_spend_or_hold(share, minutes)

    def do_spend_or_hold(self, share: float, minutes: int | None) -> None:
        self.model.settle(self.now)
        points = max(1, round(self.model.available * share))
        refusal = NotEnoughPoints if points > self.model.available else None
        ends = None if minutes is None else self.now + timedelta(minutes=minutes)
        more = {} if ends is None else {"ends_at": ends}
        done = self.act("spend" if ends is None else "hold", points, refusal=refusal, **more)
        if done is not None:
            number = len(self.debit_ids)
            self.debit_ids[number] = done.id
            self.holds |= set() if ends is None else {number}
            self.model.debits[number] = self.model.take(points, self.now)
            self.model.debits[number].ends = ends

    @rule(spent=st.floats(0.3, 1), back=st.floats(0.1, 0.9), lives=st.lists(LASTS, min_size=2, max_size=3))
    def buy_and_return_a_part(self, spent: float, back: float, lives: list[str]) -> None:
        """What a spend over several lots leaves when a part of it is given back."""
        for life in lives:
            self.do_earn(20, "immediate", life, timedelta(0))
        self.do_spend_or_hold(spent, None)
        number = max(self.debit_ids, default=None)
        debit = self.model.debits.get(number)
        if debit is None or not debit.points or debit.ends or number in self.holds:
            return  # a debt took everything, and there was nothing to spend
        points = max(1, round(debit.points * back))
        self.act("give_back", self.debit_ids[number], points=points, refusal=None)
        self.model.give_back(debit, points, self.now)

    @precondition(lambda self: self.debit_ids)
    @rule(data=st.data(), kept=st.none() | st.floats(0, 1))
    def capture_or_release(self, data: st.DataObject, kept: float | None) -> None:
        number = self.some_debit(data, hold=True)
        if number is None:
            return
        self.model.settle(self.now)
        debit = self.model.debits[number]
        # Past its end a release finds it released, which is what was asked for; a capture comes too late.
        if kept is None:
            self.act("release", self.debit_ids[number], refusal=None)
            if debit.ends:
                self.model.let_go(debit, self.now)
        else:
            points = max(1, round(debit.points * kept)) if debit.ends else 1
            done = self.act("capture", self.debit_ids[number], points=points, refusal=None if debit.ends else HoldOver)
            if done is not None:
                self.model.let_go(debit, self.now, keep=points)
                self.debit_ids[number] = done.id
                self.captured.add(number)
        self.model.settle(self.now)

    @precondition(lambda self: self.debit_ids)
    @rule(data=st.data(), share=st.floats(0, 1.3))
    def give_back(self, data: st.DataObject, share: float) -> None:
        number = self.some_debit(data, hold=False)
        if number is None:
            return
        self.model.settle(self.now)
        debit = self.model.debits[number]
        points = max(1, round(debit.points * share))
        refusal = MoreThanMoved if points > debit.points else None
        if self.act("give_back", self.debit_ids[number], points=points, refusal=refusal) is not None:
            self.model.give_back(debit, points, self.now)

    @precondition(lambda self: len(self.credit_ids) > len(self.adjusted))
    @rule(data=st.data(), share=st.floats(0, 1.3), policy=st.sampled_from(list(Policy)))
    def take_back(self, data: st.DataObject, share: float, policy: Policy) -> None:
        credit = self.some_credit(data)
        self.model.settle(self.now)
        left = credit.earned - credit.taken_back
        points = max(1, round(left * share))
        refusal: type[Conflict] | None = MoreThanMoved if points > left else None
        good = max(left - credit.expired, 0)
        waits = not credit.active and credit.points > 0
        short = not waits and min(points, good) > self.model.available
        if refusal is None and policy is Policy.UNLIMITED and short and not self.model.debts:
            refusal = DebtNotAllowed
        self.act("take_back", self.credit_ids[credit.number], policy, points=points, refusal=refusal)
        if refusal is None:
            self.model.take_back(credit, points, policy, self.now)

    @precondition(lambda self: len(self.credit_ids) > len(self.adjusted))
    @rule(data=st.data())
    def activate_or_cancel(self, data: st.DataObject) -> None:
        credit = self.some_credit(data)
        self.model.settle(self.now)
        if credit.active or not credit.points:
            self.act("cancel", self.credit_ids[credit.number], refusal=PointsNotPending)
        elif data.draw(st.booleans(), label="activate"):
            self.act("activate", self.credit_ids[credit.number], refusal=None)
            self.model.begin(credit, self.now)
            self.model.settle(self.now)
        else:
            points = data.draw(st.integers(1, credit.points), label="cancelled")
            self.act("cancel", self.credit_ids[credit.number], points=points, refusal=None)
            credit.points, credit.taken_back = credit.points - points, credit.taken_back + points

    @precondition(lambda self: self.last)
    @rule()
    def retry(self) -> None:
        """The same again, later, with the same source: it changes nothing but what was due."""
        assert self.last is not None
        verb, said = self.last
        self.model.settle(self.now)
        assert getattr(self.purse, verb)(*said["given"], **said["named"] | {"now": self.now}).again

    def some_debit(self, data: st.DataObject, *, hold: bool) -> int | None:
        """A hold that was not captured yet, or a spend (or captured hold)."""
        numbers = [n for n in self.debit_ids if (n in self.holds and n not in self.captured) == hold]
        return data.draw(st.sampled_from(numbers), label="debit") if numbers else None

    def some_credit(self, data: st.DataObject) -> Credit:
        """Something that was earned."""
        earned = [credit.number for credit in self.model.credits if credit.number not in self.adjusted]
        return self.model.credits[data.draw(st.sampled_from(earned), label="credit")]

    @invariant()
    def both_agree(self) -> None:
        """As a member reads it, whether or not somebody has written down what was due."""
        if not getattr(self, "done", False):
            return
        model = self.model
        model.settle(self.now)
        book = self.purse.as_read(self.now)
        assert (book.available, book.sums[Account.PENDING], book.sums[Account.HELD], book.debt, book.awaited) == (
            model.available,
            model.pending,
            model.held,
            model.owed,
            model.awaited,
        )
        stored = self.purse.lots_by_id() | {lot.id: (lot.remaining, lot.expires_at) for lot in book.lots.values()}
        self.lots_agree(stored)
        assert self.purse.faults() == []

    def lots_agree(self, stored: dict[uuid.UUID, tuple[int, datetime | None]]) -> None:
        """Each lot holds what it must, and ends when it must."""
        assert stored == {self.credit_ids[one.number]: (one.points, one.ends) for one in self.model.credits}


TestStory = Story.TestCase
TestStory.settings = settings(
    max_examples=chosen().worlds,
    stateful_step_count=25,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
