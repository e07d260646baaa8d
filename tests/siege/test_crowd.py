"""200 clients who ask again as soon as they are answered: more than can be answered at once."""

import pytest

from tests.siege.account import Account
from tests.siege.probes import LIVE_S
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

LATEST_S = 3


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("crowd")


def test_the_server_is_alive_beside_a_crowd(account: Account) -> None:
    assert account.during.statuses("live") == {200}
    account.during.require("live", 2 * LIVE_S, calm=account.calm)  # the crowd itself runs on the same two processors


def test_each_of_a_crowd_is_served_or_told_to_come_later(account: Account) -> None:
    assert account.told["seen"].keys() <= {"200", "429", "503"}
    assert account.told["seen"]["200"] > 100


def test_nobody_of_a_crowd_waits_long(account: Account) -> None:
    assert account.told["slowest_s"] <= LATEST_S


def test_a_crowd_leaves_nothing_behind(account: Account) -> None:
    account.require_as_before()
