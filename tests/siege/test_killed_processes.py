"""A worker is killed, and the process of the jobs."""

import os
import signal
import time

import pytest

from tests.siege import probes, processes
from tests.siege.account import Account
from tests.siege.stronghold import Stronghold, probed_s

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

BACK_WITHIN_S = 20


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    account = stronghold.begin()
    os.kill(account.before.workers[0], signal.SIGKILL)
    time.sleep(0.2)  # the kernel closes what it held
    account.during = probes.probe(stronghold.port, stronghold.token(), seconds=probed_s())
    until = time.monotonic() + BACK_WITHIN_S
    while len(processes.workers_of(stronghold.process.pid)) < len(account.before.workers):
        assert time.monotonic() < until, "no worker took the place of the one that was killed"
        time.sleep(0.1)
    return stronghold.end(account)


def test_the_other_workers_answer_for_one_that_was_killed(account: Account) -> None:
    account.require_alive()
    account.require_served()


def test_a_killed_worker_is_replaced_and_leaves_nothing_behind(account: Account) -> None:
    account.require_as_before(workers=False)


def test_jobs_that_were_killed_are_started_again(stronghold: Stronghold, alone: None) -> None:
    [killed] = processes.jobs_of(stronghold.process.pid)
    os.kill(killed, signal.SIGKILL)
    until = time.monotonic() + BACK_WITHIN_S
    while (found := processes.jobs_of(stronghold.process.pid)) in ([], [killed]):
        assert time.monotonic() < until, "nobody runs the jobs"
        time.sleep(0.1)
    assert len(found) == 1


def test_the_end_of_the_jobs_is_in_the_log(stronghold: Stronghold, alone: None) -> None:
    before = len(stronghold.log)
    test_jobs_that_were_killed_are_started_again(stronghold, alone)
    assert '"jobs' in stronghold.log[before:]
