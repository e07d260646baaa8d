"""Forty wrong passwords a second, from forty addresses."""

import pytest

from tests.siege.account import Account
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("wrong_passwords")


def test_the_server_is_alive_beside_wrong_passwords(account: Account) -> None:
    account.require_alive()


def test_members_are_served_beside_wrong_passwords(account: Account) -> None:
    account.require_served()


def test_wrong_passwords_leave_nothing_behind(account: Account) -> None:
    account.require_as_before()


def test_every_wrong_password_is_refused_or_told_to_come_later(account: Account) -> None:
    assert account.told["seen"].keys() <= {"401", "429", "503"}
