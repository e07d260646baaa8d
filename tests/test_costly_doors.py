"""Costly doors: how many are inside at once, on the machine and in one process, and how long one waits."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from app import config
from app.accounts.models import Brand
from app.config import Config
from app.errors import CostlyDoorBusy
from app.http.access import Role
from app.ops import costly_doors
from app.ops.costly_doors import Door, keep_place
from tests.factories import console_token, make_console_user
from tests.points.factories import make_currency
from tests.racing import at_once
from tests.speaking import Speaker

HOLDER = """
import sys
from pathlib import Path
from app import config
from app.ops import costly_doors
from app.config import Config
config.use_config(Config("test", "", None, "s" * 32, Path(sys.argv[1]), "", "", ""))
with costly_doors.keep_place(door=costly_doors.Door("trial", 1)):
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def threads(settings: Config, tmp_path: Path) -> Iterator[Config]:
    """A process of 64 threads with a folder of its own."""
    roomy = replace(settings, pool_size=64, var=tmp_path)
    config.use_config(roomy)
    yield roomy
    config.use_config(settings)


def enter(door: Door, *, wait_s: float = 0, stay_s: float = 0, whose: str | None = None) -> bool:
    try:
        with keep_place(door=door, wait_s=wait_s, whose=whose):
            time.sleep(stay_s)
    except CostlyDoorBusy:
        return False
    return True


def test_of_sixteen_at_once_two_are_inside() -> None:
    inside, most, counting, go = 0, 0, threading.Lock(), threading.Event()

    def work(number: int) -> bool:
        nonlocal inside, most
        try:
            with keep_place(door=Door("trial", 2), wait_s=0):
                with counting:
                    inside, most = inside + 1, max(most, inside + 1)
                go.wait(timeout=5)
                with counting:
                    inside -= 1
        except CostlyDoorBusy:
            with counting:
                refused.append(number)
                if len(refused) == 14:
                    go.set()
            return False
        return True

    refused: list[int] = []
    assert sum(at_once(16, work)) == 2
    assert most == 2


def test_whoever_can_wait_gets_a_place() -> None:
    assert at_once(4, lambda _: enter(Door("trial", 1), wait_s=30, stay_s=0.01)) == [True] * 4


def test_a_place_is_free_again_after_a_fault() -> None:
    with pytest.raises(ZeroDivisionError), keep_place(door=Door("trial", 1)):
        raise ZeroDivisionError
    assert enter(Door("trial", 1))


def test_whoever_finds_no_place_is_told_when_to_come_again() -> None:
    door = Door("trial", 1)
    with keep_place(door=door), pytest.raises(CostlyDoorBusy) as refusal, keep_place(door=door, wait_s=0):
        pass
    assert (refusal.value.status, refusal.value.retry_after_s) == (503, 1)


def test_half_of_a_process_stays_free_whatever_the_door(threads: Config) -> None:
    config.use_config(replace(threads, pool_size=4))
    with keep_place(door=Door("one", 9)), keep_place(door=Door("two", 9)):
        assert not enter(Door("three", 9), wait_s=30)
    assert enter(Door("three", 9))


def test_one_person_is_inside_a_door_once(threads: Config) -> None:
    door = Door("trial", 9)
    with keep_place(door=door, whose="member"):
        assert not enter(door, whose="member")
        assert enter(door, whose="another")
    assert enter(door, whose="member")


def test_a_reserved_door_is_lent_one_thread_more(threads: Config) -> None:
    config.use_config(replace(threads, pool_size=4))
    with keep_place(door=Door("one", 9)), keep_place(door=Door("two", 9)):
        assert enter(Door("known", 9, reserved=True))


def test_another_process_of_the_machine_counts_too_until_it_is_killed(threads: Config) -> None:
    command = [sys.executable, "-c", HOLDER, str(threads.var)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"inside\n"
        assert not enter(Door("trial", 1))
        holder.kill()
        holder.wait()
        assert enter(Door("trial", 1), wait_s=5)


def test_a_disk_that_takes_no_file_shuts_no_door(threads: Config) -> None:
    (threads.var / costly_doors.FOLDER).write_text("no folder can be made here")
    assert enter(Door("trial", 1))


@pytest.mark.parametrize("door", [door for door in vars(costly_doors).values() if isinstance(door, Door)])
def test_every_door_lets_somebody_in(door: Door) -> None:
    assert door.at_once >= 1


@pytest.mark.parametrize("path", ["/v1/me/export", "/v1/me/portability"])
def test_what_puts_everything_of_a_member_together_waits_for_a_place(speaker: Speaker, path: str) -> None:
    with ExitStack() as others:
        for _ in range(costly_doors.EXPORTS.at_once):
            others.enter_context(keep_place(door=costly_doors.EXPORTS))
        answer = speaker.get(path)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "costly_door_busy")
    assert speaker.get(path).status_code == 200


def test_what_plays_a_ledger_again_waits_for_a_place(anyone: Speaker, brand: Brand) -> None:
    auditor = anyone.with_token(console_token(make_console_user(brand, Role.AUDITOR)))
    path = f"/v1/points-currencies/{make_currency(brand).id}/proof"
    with ExitStack() as others:
        for _ in range(costly_doors.PROOFS.at_once):
            others.enter_context(keep_place(door=costly_doors.PROOFS))
        assert auditor.get(path).status_code == 503
    assert auditor.get(path).status_code == 200
