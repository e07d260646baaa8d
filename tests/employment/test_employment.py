"""A brand says which of its card holders work for it: until when, and what becomes of it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.accounts.models import Brand, Member
from app.rights.erasure import steps
from app.sql import db
from offers.planning.audiences.for_whom import ForWhom
from offers.planning.audiences.judgement import AudienceReason, judge_audience
from tests.employment.factories import employment_of, mark, unmark
from tests.factories import NOON, make_brand, make_member
from tests.merges.factories import merge, split
from tests.planning.audience_factories import facts
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.cards.errors import CardUnknown
from wallet.cards.models import Card
from wallet.employment import jobs
from wallet.employment.errors import EmploymentOver

TODAY, YESTERDAY, FRIDAY = date(2026, 5, 18), date(2026, 5, 17), date(2026, 5, 22)
LATE_ON_FRIDAY = datetime(2026, 5, 22, 21, 59, tzinfo=UTC)
"""A minute before midnight in Paris."""
EMPLOYEES = ForWhom(employees=True)


@pytest.fixture
def brand() -> Brand:
    return make_brand()


@pytest.fixture
def member() -> Member:
    return make_member()


@pytest.fixture
def card(member: Member, brand: Brand) -> Card:
    return make_card(member, brand)


def works(member: Member, brand: Brand, *, now: datetime = NOON) -> bool:
    """Whether an offer for employees is for them."""
    reason = judge_audience(EMPLOYEES, facts(member, brand, EMPLOYEES, now=now), now=now, zone=brand.time_zone)
    assert reason in (None, AudienceReason.NOT_EMPLOYED)
    return reason is None


def last_day_of(member: Member) -> date | None:
    found = employment_of(member)
    assert found is not None
    return found.last_day


def test_whoever_is_marked_works_for_this_brand_and_no_other(brand: Brand, member: Member, card: Card) -> None:
    other = make_brand()
    make_card(member, other)
    assert not works(member, brand)
    mark(card)
    assert (works(member, brand), works(member, other)) == (True, False)


def test_the_last_day_is_included_on_the_brands_calendar(brand: Brand, member: Member, card: Card) -> None:
    mark(card, last_day=FRIDAY)
    assert works(member, brand, now=LATE_ON_FRIDAY)
    assert not works(member, brand, now=LATE_ON_FRIDAY + timedelta(minutes=1))


def test_nobody_worked_there_before_they_were_marked(brand: Brand, member: Member, card: Card) -> None:
    mark(card)
    assert not works(member, brand, now=NOON - timedelta(days=1))


def test_said_again_only_the_day_changes(member: Member, card: Card) -> None:
    mark(card)
    again = mark(card, last_day=FRIDAY, now=NOON + timedelta(days=1))
    assert (again["since"], again["last_day"], last_day_of(member)) == (NOON, FRIDAY, FRIDAY)


def test_whoever_comes_back_works_there_since_they_are_back(card: Card) -> None:
    mark(card, last_day=TODAY)
    back = NOON + timedelta(days=3)
    assert mark(card, now=back)["since"] == back


def test_a_day_that_is_over_is_refused(member: Member, card: Card) -> None:
    with pytest.raises(EmploymentOver):
        mark(card, last_day=YESTERDAY)
    assert employment_of(member) is None


def test_taken_back_twice_is_no_error(brand: Brand, member: Member, card: Card) -> None:
    mark(card)
    unmark(card)
    unmark(card)
    assert not works(member, brand)


def test_a_closed_card_is_unknown(member: Member, brand: Brand) -> None:
    with pytest.raises(CardUnknown):
        mark(make_card(member, brand, status="closed"))


def test_said_by_several_at_once_it_is_one_employment(brand: Brand, member: Member, card: Card) -> None:
    at_once(8, lambda number: mark(card, last_day=FRIDAY + timedelta(days=number)))
    assert works(member, brand)


def test_it_is_forgotten_thirty_days_after_the_last_day(member: Member, card: Card) -> None:
    mark(card, last_day=FRIDAY)
    ends = datetime(2026, 5, 22, tzinfo=UTC)
    left = []
    for days in (30, 31):
        with db.system_transaction():
            jobs.forget_employments(now=ends + timedelta(days=days))
        left.append(employment_of(member) is not None)
    assert left == [True, False]


def test_without_a_last_day_it_stays(member: Member, card: Card) -> None:
    mark(card)
    with db.system_transaction():
        jobs.forget_employments(now=NOON + timedelta(days=3650))
    assert employment_of(member) is not None


# two wallets that become one


def test_a_merge_keeps_it_and_a_split_gives_it_back(brand: Brand, member: Member, card: Card) -> None:
    target = make_member()
    mark(card)
    merged = merge(member, target)
    assert (works(target, brand), employment_of(member)) == (True, None)
    split(merged)
    assert (works(member, brand), works(target, brand)) == (True, False)


@pytest.mark.parametrize(("source_day", "target_day"), [(None, FRIDAY), (FRIDAY, TODAY), (TODAY, FRIDAY)])
def test_of_two_the_later_day_holds_until_they_part(
    brand: Brand, member: Member, card: Card, source_day: date | None, target_day: date
) -> None:
    target = make_member()
    mark(card, last_day=source_day)
    mark(make_card(target, brand), last_day=target_day)
    merged = merge(member, target)
    assert last_day_of(target) == (None if source_day is None else FRIDAY)
    assert employment_of(member) is None
    split(merged)
    assert (last_day_of(member), last_day_of(target)) == (source_day, target_day)


def test_what_was_taken_back_since_a_merge_does_not_come_back(brand: Brand, member: Member, card: Card) -> None:
    target = make_member()
    mine = make_card(target, brand)
    mark(card)
    mark(mine)
    merged = merge(member, target)
    unmark(mine)
    split(merged)
    assert (employment_of(member), employment_of(target)) == (None, None)


def test_a_day_that_was_said_since_a_merge_stays(brand: Brand, member: Member, card: Card) -> None:
    target = make_member()
    mine = make_card(target, brand)
    mark(card)
    mark(mine, last_day=TODAY)
    merged = merge(member, target)
    mark(mine, last_day=FRIDAY)
    split(merged)
    assert last_day_of(target) == FRIDAY


def test_an_erasure_takes_it(member: Member, card: Card) -> None:
    mark(card)
    with db.system_transaction():
        steps.request_erasure(member_id=member.id, now=NOON)
    for _ in range(100):
        with db.system_transaction():
            if steps.do_next_step(member_id=member.id, now=NOON) is None:
                break
    assert employment_of(member) is None
