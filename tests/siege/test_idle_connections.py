"""1,024 connections say nothing."""

import pytest

from tests.siege.account import Account
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("idle_connections")


def test_the_server_is_alive_beside_idle_connections(account: Account) -> None:
    account.require_alive()


def test_members_are_served_beside_idle_connections(account: Account) -> None:
    account.require_served()


def test_idle_connections_leave_nothing_behind(account: Account) -> None:
    account.require_as_before()
