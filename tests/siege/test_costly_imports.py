"""Small files that cost a careless reader minutes and gigabytes."""

import pytest

from tests.siege.account import Account
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

MOST_MORE_MB = 400
"""Four files of 8 MB, as text and as rows, in two processes: what each process held at most, at whatever instant (170
were seen)."""


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("costly_imports")


def test_the_server_is_alive_beside_costly_imports(account: Account) -> None:
    account.require_alive()


def test_members_are_served_beside_costly_imports(account: Account) -> None:
    account.require_served()


def test_costly_imports_leave_nothing_behind(account: Account) -> None:
    account.require_as_before()


def test_files_are_refused_or_told_to_come_later(account: Account) -> None:
    assert account.told["seen"].keys() <= {"200", "409", "413", "422", "429", "503", "cut"}


def test_what_is_read_at_once_is_bounded(account: Account) -> None:
    assert account.peak_mb <= account.before.memory_mb + MOST_MORE_MB
