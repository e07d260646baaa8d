"""The clock of a request (GDPR article 12(3)): one month, three with a notice, alarms before, a breach after."""

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.models import Brand, Member
from app.rights.errors import ExtensionTooLate, RightsRequestClosed
from app.rights.models import RequestState, RightsRequest
from app.rights.requests import answers, deadlines, intake
from app.sql import db
from tests.factories import NOON, make_member
from tests.rights.factories import as_it_is, ask

DAY = timedelta(days=1)


@pytest.fixture
def asked(brand: Brand) -> RightsRequest:
    return ask(make_member(), brand=brand)


def run_clock(now: datetime) -> None:
    """Both jobs, as at this instant."""
    with db.system_transaction():
        deadlines.ring_alarm(now=now)
        deadlines.find_late(now=now)


def extend(request: RightsRequest, *, now: datetime) -> RightsRequest:
    with db.system_transaction():
        return answers.extend_request(brand_id=request.brand_id, request_id=request.id, reason="Archives.", now=now)


def answer(request: RightsRequest, *, now: datetime) -> RightsRequest:
    with db.system_transaction():
        return answers.answer_request(brand_id=request.brand_id, request_id=request.id, text="Fait.", now=now)


@pytest.mark.parametrize(
    ("received", "months", "expected"),
    [
        ((2026, 6, 18), 1, (2026, 7, 18)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2028, 1, 31), 1, (2028, 2, 29)),
        ((2026, 12, 5), 1, (2027, 1, 4)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2026, 5, 18), 1, (2026, 6, 17)),
    ],
)
def test_a_month_ends_on_the_same_day_and_has_thirty_days_at_most(
    received: tuple[int, int, int], months: int, expected: tuple[int, int, int]
) -> None:
    assert intake.due(datetime(*received, tzinfo=UTC), months=months) == datetime(*expected, tzinfo=UTC)


def test_a_request_is_received_with_its_end_already_known(asked: RightsRequest) -> None:
    assert (asked.state, asked.due_at) == (RequestState.RECEIVED, NOON + 30 * DAY)


def test_the_alarm_rings_after_twenty_days_and_not_before(asked: RightsRequest) -> None:
    run_clock(NOON + 20 * DAY - timedelta(seconds=1))
    assert as_it_is(asked).warned_at is None
    run_clock(NOON + 20 * DAY)
    assert as_it_is(asked).warned_at == NOON + 20 * DAY


def test_the_alarm_rings_once(asked: RightsRequest) -> None:
    run_clock(NOON + 20 * DAY)
    run_clock(NOON + 21 * DAY)
    assert as_it_is(asked).warned_at == NOON + 20 * DAY


def test_a_request_is_late_after_thirty_days_and_not_before(asked: RightsRequest) -> None:
    run_clock(NOON + 30 * DAY - timedelta(seconds=1))
    assert as_it_is(asked).breached_at is None
    run_clock(NOON + 30 * DAY)
    assert as_it_is(asked).breached_at == NOON + 30 * DAY


def test_an_answered_request_neither_rings_nor_is_late(asked: RightsRequest) -> None:
    answer(asked, now=NOON + DAY)
    run_clock(NOON + 60 * DAY)
    found = as_it_is(asked)
    assert (found.warned_at, found.breached_at) == (None, None)


def test_an_extension_gives_two_more_months_and_rings_ten_days_before_their_end(asked: RightsRequest) -> None:
    run_clock(NOON + 21 * DAY)
    extended = extend(asked, now=NOON + 25 * DAY)
    assert (extended.state, extended.due_at) == (RequestState.EXTENDED, NOON + 90 * DAY)
    run_clock(NOON + 79 * DAY)
    assert as_it_is(asked).warned_at is None
    run_clock(NOON + 80 * DAY)
    assert as_it_is(asked).warned_at == NOON + 80 * DAY


def test_an_extension_after_the_first_month_is_refused(asked: RightsRequest) -> None:
    with pytest.raises(ExtensionTooLate):
        extend(asked, now=NOON + 30 * DAY)


def test_a_second_extension_is_refused(asked: RightsRequest) -> None:
    extend(asked, now=NOON + DAY)
    with pytest.raises(ExtensionTooLate):
        extend(asked, now=NOON + 2 * DAY)


def test_a_closed_request_changes_no_more(asked: RightsRequest) -> None:
    answer(asked, now=NOON + DAY)
    with pytest.raises(RightsRequestClosed):
        answer(asked, now=NOON + 2 * DAY)


def test_operators_see_how_many_press_and_how_many_are_late() -> None:
    members: list[Member] = [make_member() for _ in range(2)]
    before = seen(datetime(2020, 3, 1, tzinfo=UTC))
    ask(members[0], now=datetime(2020, 1, 1, tzinfo=UTC))
    ask(members[1], now=datetime(2020, 2, 10, tzinfo=UTC))
    assert seen(datetime(2020, 3, 1, tzinfo=UTC)) - before == 2


def seen(now: datetime) -> float:
    """What the gauge shows at this instant."""
    with db.system_transaction():
        return deadlines.watch_deadlines(now).value
