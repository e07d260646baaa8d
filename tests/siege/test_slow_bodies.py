"""64 requests send their body byte by byte, with and without a token, with a length and in chunks."""

import pytest

from tests import sizes
from tests.siege.account import Account
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("slow_bodies")


def test_the_server_is_alive_beside_slow_bodies(account: Account) -> None:
    account.require_alive()


def test_members_are_served_beside_slow_bodies(account: Account) -> None:
    account.require_served()


def test_slow_bodies_leave_nothing_behind(account: Account) -> None:
    account.require_as_before()


def test_no_transaction_waits_for_a_body(account: Account) -> None:
    assert account.idle_during == 0


def test_whoever_is_too_slow_is_told_so(account: Account) -> None:
    if not sizes.chosen().patient:
        pytest.skip("a body may take ten seconds: the full profile waits")
    assert account.told["seen"].get("408", 0) > 0
