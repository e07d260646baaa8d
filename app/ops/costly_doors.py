"""Doors behind which one request is work for a processor: how many may be inside at once on this machine.

| door | inside at once | what it keeps from taking the machine |
|---|---|---|
| `PASSWORDS` | one per five cores, at least one: a hash takes four | argon2id, 64 MiB and four threads for each |
| `IMPORTS` | one per two cores | files of a member, read and judged row by row |
| `EXPORTS` | one per two cores | everything that is held of a member, put together at once |
| `PROOFS` | one per two cores | ledgers and logs played again, rehearsals, pictures |

Server processes share the places through locks on files, which end with whoever holds them. A process lends costly work
at most half of its threads, those that wait for a place among them: the rest goes on answering. Whoever finds no place
in time is told to come again.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from app import config
from app.errors import CostlyDoorBusy
from app.logs import log

FOLDER = "doors"
LOOK_AGAIN_S = 0.01
CORES = len(os.sched_getaffinity(0))


class Door(NamedTuple):
    """A kind of costly work: its name, and how many may be at it at once on this machine."""

    name: str
    at_once: int


PASSWORDS = Door("passwords", max(1, (CORES - 1) // 4))
IMPORTS = Door("imports", max(1, CORES // 2))
EXPORTS = Door("exports", max(1, CORES // 2))
PROOFS = Door("proofs", max(1, CORES // 2))

_lent = 0
_lending = threading.Lock()


@contextmanager
def keep_place(*, door: Door, wait_s: float = 1.0) -> Iterator[None]:
    """Be inside this door for the length of the block, after waiting `wait_s` seconds at most for a place.

    Raises `CostlyDoorBusy` when no place became free, or at once when half of this process waits or works behind such
    doors already. Enter it before anything that others wait for is locked.
    """
    _borrow_thread()
    try:
        with ExitStack() as held:
            _take_place(door, held, until=time.monotonic() + wait_s)
            yield
    finally:
        _return_thread()


def _borrow_thread() -> None:
    global _lent
    with _lending:
        if _lent >= max(1, config.current().pool_size // 2):
            raise CostlyDoorBusy(retry_after_s=1)
        _lent += 1


def _return_thread() -> None:
    global _lent
    with _lending:
        _lent -= 1


def _take_place(door: Door, held: ExitStack, *, until: float) -> None:
    try:
        places = [held.enter_context(_place(door, number)) for number in range(door.at_once)]
    except OSError as error:
        # A disk that is full lets no file be made; what this process lends bounds its work all the same.
        log.warning("costly_door_unlocked", door=door.name, error=type(error).__name__)
        return
    while not any(_is_taken(place) for place in places):
        if time.monotonic() >= until:
            raise CostlyDoorBusy(retry_after_s=1)
        time.sleep(LOOK_AGAIN_S)


def _place(door: Door, number: int) -> IO[bytes]:
    folder: Path = config.current().var / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    # Each opening is a holder of its own, so threads of one process wait for each other too.
    return (folder / f"{door.name}.{number}").open("ab")


def _is_taken(place: IO[bytes]) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
