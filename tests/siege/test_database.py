"""The database stands still, or somebody keeps a table locked."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from tests.siege.account import Account
from tests.siege.breakage import frozen_database, locked_table
from tests.siege.probes import EVERY_S, LIVE_S, Answer
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ASKED_AT_ONCE = 12
"""More than the server's threads: each is taken by one whom the database does not answer."""
TOLD_WITHIN_S, SLACK_S = 5, 1
READY_WITHIN_S = 2


def hold_out(stronghold: Stronghold, breakage: AbstractContextManager[None]) -> Account:
    account = stronghold.begin()
    with breakage, ThreadPoolExecutor(ASKED_AT_ONCE) as callers:
        waiting = [callers.submit(read, stronghold) for _ in range(ASKED_AT_ONCE)]
        while not all(one.done() for one in waiting):
            account.during.live.append(stronghold.ask("/livez"))
            time.sleep(EVERY_S)
        account.during.read += [one.result() for one in waiting]
        account.told["readyz"] = stronghold.ask("/readyz")
    return stronghold.end(account)


def read(stronghold: Stronghold) -> Answer:
    return stronghold.ask("/v1/me", token=stronghold.token(), patience_s=TOLD_WITHIN_S + 10)


@pytest.fixture(scope="module", params=["frozen", "locked"])
def account(stronghold: Stronghold, alone: None, request: pytest.FixtureRequest) -> Account:
    broken = frozen_database(stronghold) if request.param == "frozen" else locked_table(stronghold, "member_session")
    account = hold_out(stronghold, broken)
    account.told["kind"] = request.param
    return account


def test_the_server_is_alive_beside_a_database_that_is_not(account: Account) -> None:
    assert account.during.statuses("live") == {200}
    account.during.require("live", LIVE_S, calm=account.calm)


def test_members_are_told_to_come_later_and_do_not_wait_for_it(account: Account) -> None:
    assert account.during.statuses("read") == {503}, account.during.counts("read")
    assert max(answer.seconds for answer in account.during.read) <= TOLD_WITHIN_S + SLACK_S
    assert {answer.retry_after is not None for answer in account.during.read} == {True}


def test_the_server_says_soon_that_it_is_not_ready(account: Account) -> None:
    if account.told["kind"] == "locked":
        pytest.skip("a locked table of members is no reason to take no traffic")
    answer = account.told["readyz"]
    assert (answer.status, answer.seconds <= READY_WITHIN_S) == (503, True)


def test_a_database_that_comes_back_finds_everything_as_before(account: Account) -> None:
    account.require_as_before()


def test_members_are_served_again_at_once(account: Account, stronghold: Stronghold) -> None:
    assert [read(stronghold).status for _ in range(ASKED_AT_ONCE)] == [200] * ASKED_AT_ONCE
