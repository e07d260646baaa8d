"""The processes of a server, which share its address. One that dies is started again; all end with this one.

They are forks of a nursery, a process of one thread that has loaded what they have in common: a fork of this one would
copy the locks of its threads in whatever state they are.
"""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection, forkserver, get_context
from multiprocessing.context import ForkServerProcess

from app.logs import log

BACKLOG = 1024
"""Who knocks while all processes are busy waits in the system's queue, which is so long."""
RESPAWN_S = 1.0
"""A process that dies at its start is not started more often than this."""


NURSERY = "ICI_NURSERY"
"""The variable that tells a nursery from whoever else imports its module."""
_context = get_context("forkserver")


class NotLoaded(Exception):
    """The nursery ended while it was loading, and has said why."""


def load_nursery(module: str) -> None:
    """Start the nursery, and wait until it has loaded this module. Raises `NotLoaded`."""
    os.environ[NURSERY] = module
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # a folder `app` where we were started would be taken for ours
    _context.set_forkserver_preload([module])
    first = _context.Process()
    try:
        first.start()
    except (EOFError, ConnectionError) as error:
        raise NotLoaded(module) from error
    first.join()


def end_nursery() -> None:
    """End it once its processes have gone, and wait until it has. It would end by itself, a moment after us."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def is_nursery() -> bool:
    """Whether this process is a nursery that loads its module; asked once."""
    return os.environ.pop(NURSERY, None) is not None


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `OSError`."""
    family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
        0
    ]
    return socket.create_server(address, family=family, backlog=BACKLOG)


def keep_processes(serving: Callable[..., None], *, count: int, grace_s: float) -> None:
    """Run so many processes of `serving` until SIGTERM, SIGINT or SIGHUP; then each has `grace_s` seconds to end.

    Each is given `shares`, in which all write how many connections they have, and its own `place` in them.
    """
    bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    shares = _context.RawArray("i", count)

    def start(place: int) -> ForkServerProcess:
        shares[place] = 0
        process = _context.Process(target=serving, kwargs={"shares": shares, "place": place})
        process.start()
        return process

    with _heard_signals(bell):
        processes = [start(place) for place in range(count)]
        try:
            while bell not in connection.wait([bell, *(process.sentinel for process in processes)]):
                for place, process in enumerate(processes):
                    if not process.is_alive():
                        log.error("worker_ended", exit_code=process.exitcode)
                        time.sleep(RESPAWN_S)
                        with suppress(EOFError, OSError):  # another nursery that did not load: it is tried again
                            processes[place] = start(place)
        finally:
            _end_processes(processes, grace_s=grace_s)
            end_nursery()
            os.close(bell)


@contextmanager
def _heard_signals(bell: int) -> Iterator[None]:
    """Within this block signals that ask for an end ring a bell."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: os.eventfd_write(bell, 1)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_processes(processes: list[ForkServerProcess], *, grace_s: float) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + grace_s
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
