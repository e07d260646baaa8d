"""Thousands of methods, headers and framings that nobody uses."""

import pytest

from tests.siege.account import Account
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

MOST_MORE_BYTES = 60_000
"""Routes that nobody had asked for before; a label of a stranger alone would be 1.5 KB, thousands of times."""


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("odd_requests")


def test_the_server_is_alive_beside_odd_requests(account: Account) -> None:
    account.require_alive()


def test_members_are_served_beside_odd_requests(account: Account) -> None:
    account.require_served()


def test_odd_requests_leave_nothing_behind(account: Account) -> None:
    account.require_as_before()


def test_odd_requests_are_refused_and_never_a_fault(account: Account) -> None:
    assert {status for status in account.told["seen"] if status.startswith("5")} <= {"501", "503", "505"}


def test_what_strangers_make_up_is_no_label(account: Account) -> None:
    assert account.after is not None
    assert account.after.metrics_bytes <= account.before.metrics_bytes + MOST_MORE_BYTES
