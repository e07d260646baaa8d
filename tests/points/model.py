"""A small model of the ledger, written another way: a list of lots and of what each act took from them.

It knows no accounts, no entries and no projections. It is settled minute by minute of what is due, and kept simple
enough to be believed by reading it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wallet.ledger import durations
from wallet.points.returns import Policy


@dataclass
class Credit:
    """Some points that came together."""

    number: int
    points: int
    earned_at: datetime
    lasts: str
    begins: datetime | None
    active: bool
    ends: datetime | None
    expired: int = 0
    taken_back: int = 0
    """Of what was earned; also what became a debt, or is awaited."""
    earned: int = 0
    awaited: int = 0
    """Asked back when it was spent."""
    owed: int = 0
    """Asked back when it was spent, where that leaves a debt."""
    stand_ins: list[list[Any]] = field(default_factory=list)
    """Credits of which points were taken in place of its own, and how many."""

    def turn(self) -> tuple[bool, float, float, int]:
        ends = self.ends.timestamp() if self.ends else 0
        return self.ends is None, ends, self.earned_at.timestamp(), self.number

    def good(self, at: datetime) -> bool:
        return self.active and self.points > 0 and (self.ends is None or self.ends > at)


@dataclass
class Debit:
    """What an act took from which credits, in the order in which it did."""

    took: list[list[Any]]
    ends: datetime | None = None
    """Of a hold that is open."""

    @property
    def points(self) -> int:
        return sum(points for _, points in self.took)


@dataclass
class Model:
    """`credits` and `debits` by the number under which the machine knows them."""

    zone: str
    debts: bool
    credits: list[Credit] = field(default_factory=list)
    debits: dict[int, Debit] = field(default_factory=dict)
    debt: int = 0
    """For other reasons than that an earn came back."""
    debtors: list[Credit] = field(default_factory=list)
    """Of which something is owed, in the order of how long it has been."""
    asked: list[Credit] = field(default_factory=list)
    """Of which something was asked back in vain, in that order."""

    @property
    def owed(self) -> int:
        return self.debt + sum(credit.owed for credit in self.credits)

    @property
    def awaited(self) -> int:
        return sum(credit.awaited for credit in self.credits)

    @property
    def available(self) -> int:
        return sum(credit.points for credit in self.credits if credit.active)

    @property
    def pending(self) -> int:
        return sum(credit.points for credit in self.credits if not credit.active)

    @property
    def held(self) -> int:
        return sum(debit.points for debit in self.debits.values() if debit.ends)

    def settle(self, now: datetime) -> None:
        """Do what is due, one thing after the other, the earliest first."""
        while True:
            due: list[tuple[datetime, int, datetime, int, Any]] = []
            due += [(d.ends, 0, d.ends, n, d) for n, d in self.debits.items() if d.ends and d.ends <= now]
            for c in self.credits:
                if self._waits(c) and c.begins <= now:  # type: ignore[operator]
                    due.append((c.begins, 1, c.earned_at, c.number, c))  # type: ignore[arg-type]
                elif c.active and c.points and c.ends and c.ends <= now:
                    due.append((c.ends, 2, c.earned_at, c.number, c))
            if not due:
                return
            at, what, _, _, thing = min(due, key=lambda one: one[:4])
            if what == 0:
                self.let_go(thing, at)
            elif what == 1:
                self.begin(thing, at)
            else:
                thing.expired, thing.points = thing.expired + thing.points, 0

    @staticmethod
    def _waits(credit: Credit) -> bool:
        return not credit.active and credit.points > 0 and credit.begins is not None

    def add(self, points: int, waits: str, lasts: str, now: datetime, at: datetime) -> None:
        begins = durations.activation(waits, since=at, zone=self.zone)
        active = begins is not None and begins <= at
        ends = durations.end(lasts, since=begins, zone=self.zone) if begins else None
        credit = Credit(len(self.credits), points, at, lasts, begins, active, ends, earned=points)
        self.credits.append(credit)
        if active:
            self.repay([credit], at)
        self.settle(now)

    def begin(self, credit: Credit, at: datetime) -> None:
        credit.active, credit.begins = True, at
        credit.ends = durations.end(credit.lasts, since=at, zone=self.zone)
        self.repay([credit], at)

    def repay(self, credits: list[Credit], at: datetime) -> None:
        for credit in sorted(credits, key=Credit.turn):
            if credit.good(at):
                share = min(credit.points, self.debt)
                credit.points, self.debt = credit.points - share, self.debt - share
                for debtor in self.debtors:
                    self.settle_debt(debtor, credit, credit.points)

    @staticmethod
    def settle_debt(debtor: Credit, credit: Credit, points: int) -> int:
        """Repay what is owed of one credit from another; how many points."""
        share = min(debtor.owed, points)
        debtor.owed, credit.points = debtor.owed - share, credit.points - share
        if credit is not debtor:
            stand_in(debtor, credit, share)
        return share

    def take(self, points: int, now: datetime, first: Credit | None = None) -> Debit:
        took = []
        for credit in sorted(self.credits, key=lambda c: (c is not first, c.turn())):
            share = min(credit.points, points) if credit.good(now) else 0
            if share:
                credit.points, points = credit.points - share, points - share
                took.append([credit, share])
        assert points == 0
        return Debit(took)

    def let_go(self, debit: Debit, at: datetime, keep: int = 0) -> None:
        """Give back what a hold took, but for what so few points would have taken."""
        debit.ends = None
        back = []
        for part in sorted(debit.took, key=lambda part: part[0].turn()):
            stays = min(part[1], keep)
            keep -= stays
            part[0].points += part[1] - stays
            if part[1] > stays:
                back.append((part[0], part[1] - stays))
            part[1] = stays
        self.came_back(back, at)

    def give_back(self, debit: Debit, points: int, now: datetime) -> None:
        back = []
        for part in sorted(debit.took, key=lambda part: part[0].turn(), reverse=True):
            share = min(part[1], points)
            part[0].points, part[1], points = part[0].points + share, part[1] - share, points - share
            if share:
                back.append((part[0], share))
        self.came_back(back, now)
        self.settle(now)

    def came_back(self, parts: list[tuple[Credit, int]], at: datetime) -> None:
        """Each credit meets what is awaited of it, then its stand-ins; then debts; then what is awaited of others."""
        stayed: dict[int, int] = {}
        waiting = sorted(parts, key=lambda part: part[0].turn())
        while waiting:
            credit, points = waiting.pop(0)
            points -= self.meet(credit, credit, points)
            points -= self.settle_debt(credit, credit, points)
            for stand_in in sorted(credit.stand_ins, key=lambda one: one[0].turn(), reverse=True):
                share = min(stand_in[1], points)
                stand_in[1], points = stand_in[1] - share, points - share
                credit.points, stand_in[0].points = credit.points - share, stand_in[0].points + share
                if share:
                    waiting.append((stand_in[0], share))
            stayed[credit.number] = stayed.get(credit.number, 0) + points
        home = sorted((self.credits[number] for number in stayed), key=Credit.turn)
        self.repay(home, at)
        for credit in home:
            left = min(stayed[credit.number], credit.points) if credit.good(at) else 0
            for other in self.asked:
                left -= self.meet(other, credit, left)

    @staticmethod
    def meet(asked: Credit, credit: Credit, points: int) -> int:
        """Take what is awaited of one credit from another; how many points."""
        share = min(asked.awaited, points)
        asked.awaited, credit.points = asked.awaited - share, credit.points - share
        if credit is not asked:
            stand_in(asked, credit, share)
        return share

    def take_back(self, credit: Credit, points: int, policy: Policy, now: datetime) -> None:
        if not credit.active and credit.points:
            share = min(points, credit.points)
            credit.points, credit.taken_back = credit.points - share, credit.taken_back + share
        elif policy is not Policy.ONLY_PENDING:
            points = min(points, max(credit.earned - credit.taken_back - credit.expired, 0))
            there = min(points, self.available)
            for other, share in self.take(there, now, first=credit).took:
                if other is not credit:
                    stand_in(credit, other, share)
            credit.taken_back += points
            if policy is Policy.UNLIMITED:
                self.debtors = [one for one in self.debtors if one.owed]
                self.debtors += [] if any(one is credit for one in self.debtors) else [credit]
                credit.owed += points - there
            elif points > there:
                credit.awaited += points - there
                self.asked += [] if any(one is credit for one in self.asked) else [credit]


def stand_in(credit: Credit, other: Credit, points: int) -> None:
    """Points of `other` were taken in place of those of `credit`."""
    for known in credit.stand_ins:
        if known[0] is other:
            known[1] += points
            return
    credit.stand_ins.append([other, points])
