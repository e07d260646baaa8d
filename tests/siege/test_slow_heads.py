"""256 connections send their head byte by byte."""

import pytest

from tests import sizes
from tests.siege.account import Account
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("slow_heads")


def test_the_server_is_alive_beside_slow_heads(account: Account) -> None:
    account.require_alive()


def test_members_are_served_beside_slow_heads(account: Account) -> None:
    account.require_served()


def test_slow_heads_leave_nothing_behind(account: Account) -> None:
    account.require_as_before()


def test_a_head_that_does_not_end_is_not_awaited_for_ever(stronghold: Stronghold, alone: None) -> None:
    if not sizes.chosen().patient:
        pytest.skip("half a minute goes by: the full profile waits")
    assert stronghold.is_hung_up_on(b"GET /v1/me HTTP/1.1\r\nHost: siege\r\n", within_s=60)
