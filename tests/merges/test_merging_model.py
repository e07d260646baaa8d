"""The ledger and its small model agree also when the member becomes part of another, in the middle of any story; and
merging and parting two members to whom nothing happened between leaves both as they were."""

import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.factories import NOON, make_member
from tests.merges.factories import merge, split
from tests.points.factories import Purse
from tests.points.test_model import LASTS, POINTS, WAITING, WAITS, Story
from tests.sizes import chosen
from wallet.ledger.models import Account

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # making what was found small takes its time

A_MOMENT = timedelta(microseconds=1)

SETTINGS = settings(
    max_examples=chosen().worlds,
    stateful_step_count=25,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


class MergingStory(Story):
    """The same story of a person who turns out to have had another wallet, now and then.

    No two credits are as old as each other to the microsecond, so that which of them pays is never left to their ids.
    """

    def do_earn(self, points: int, waits: str, lasts: str, late: timedelta) -> None:
        self.now += A_MOMENT
        super().do_earn(points, waits, lasts, late)

    @rule(points=st.integers(-60, 60).filter(bool), lasts=LASTS)
    def adjust(self, points: int, lasts: str) -> None:
        self.now += A_MOMENT
        self.adjust_by(points, lasts)

    @rule(lots=st.lists(st.tuples(POINTS, WAITS, LASTS, WAITING), min_size=1, max_size=3))
    def merge(self, lots: list[tuple[int, str, str, timedelta]]) -> None:
        self.now += A_MOMENT
        super().merge(lots)

    @precondition(lambda self: self.credit_ids)
    @rule(other=st.none() | st.tuples(POINTS, WAITS, LASTS))
    def becomes_part_of_another(self, other: tuple[int, str, str] | None) -> None:
        """Who may have something of their own."""
        self.model.settle(self.now)
        source, self.purse.member = self.purse.member, make_member()
        if other is not None and not self.model.owed:
            self.do_earn(*other, timedelta(0))
        merge(source, self.purse.member, now=self.now)
        for debit in self.model.debits.values():
            if debit.ends:
                self.model.let_go(debit, self.now)
        self.model.settle(self.now)

    def lots_agree(self, stored: dict[uuid.UUID, tuple[int, datetime | None]]) -> None:
        """Lots have other ids after a merge: what is left expires when it must."""
        left: Counter[datetime | None] = Counter()
        for points, ends_at in stored.values():
            left[ends_at] += points
        wanted: Counter[datetime | None] = Counter()
        for credit in self.model.credits:
            wanted[credit.ends] += credit.points
        assert +left == +wanted


TestMergingStory = MergingStory.TestCase
TestMergingStory.settings = SETTINGS

DAY = timedelta(days=1)
CREDITS = st.lists(st.tuples(POINTS, WAITS, LASTS, st.integers(0, 40)), max_size=5)


def picture(purse: Purse, at: datetime) -> dict[str, Any]:
    """What a member reads, and what is left of each lot until when."""
    book = purse.as_read(at)
    return {
        "sums": {account: book.sums[account] for account in (Account.AVAILABLE, Account.PENDING)},
        "lots": {id: lot for id, lot in purse.lots_by_id().items() if lot[0]},
    }


@given(theirs=CREDITS, mine=CREDITS, spent=st.integers(0, 30))
@SETTINGS
def test_merging_and_parting_leaves_both_as_they_were(theirs: list[Any], mine: list[Any], spent: int) -> None:
    source, target = Purse(), Purse()
    target.brand, target.currency = source.brand, source.currency
    for purse, credits in ((source, theirs), (target, mine)):
        for points, waits, lasts, days in credits:
            purse.earn(points, waits=waits, lasts=lasts, earned_at=NOON - days * DAY)
        purse.settle(NOON)
        if spent and purse.as_read(NOON).available >= spent:
            purse.spend(spent)
    before = [picture(purse, NOON) for purse in (source, target)] if theirs and mine else []
    parted = split(merge(source.member, target.member))
    assert parted.stayed == {}
    assert [picture(purse, NOON) for purse in (source, target)][: len(before)] == before
    assert source.faults() == []


@given(theirs=CREDITS, mine=CREDITS, spent=st.integers(1, 200), days=st.integers(0, 60))
@SETTINGS
def test_no_point_is_made_or_lost_by_merging_spending_and_parting(
    theirs: list[Any], mine: list[Any], spent: int, days: int
) -> None:
    source, target = Purse(), Purse()
    target.brand, target.currency = source.brand, source.currency
    for purse, credits in ((source, theirs), (target, mine)):
        for points, _, _, _ in credits:
            purse.earn(points)
    total = sum(credit[0] for credit in (*theirs, *mine))
    merged = merge(source.member, target.member)
    spent = min(spent, total)
    if spent:
        target.spend(spent)
    split(merged, now=NOON + timedelta(days=min(days, 29)))
    left = sum(purse.available for purse in (source, target) if purse.entries())
    assert (left + spent, source.faults()) == (total, [])
