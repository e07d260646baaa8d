"""The processes of a server, which share its address. One that dies is started again; all end with this one."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import connection, get_context
from multiprocessing.context import SpawnProcess

from app.logs import log

BACKLOG = 1024
"""Who knocks while all processes are busy waits in the system's queue, which is so long."""
RESPAWN_S = 1.0
"""A process that dies at its start is not started more often than this."""


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `OSError`."""
    family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
        0
    ]
    return socket.create_server(address, family=family, backlog=BACKLOG)


def keep_processes(serving: Callable[..., None], *, count: int, grace_s: float) -> None:
    """Run so many processes of `serving` until SIGTERM, SIGINT or SIGHUP; then each has `grace_s` seconds to end.

    Each is given `shares`, in which all write how many connections they have, and its own `place` in them.

    A fresh process each: a fork would copy our threads' locks in whatever state they are.
    """
    bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    context = get_context("spawn")
    shares = context.RawArray("i", count)

    def start(place: int) -> SpawnProcess:
        shares[place] = 0
        process = context.Process(target=serving, kwargs={"shares": shares, "place": place})
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
                        processes[place] = start(place)
        finally:
            _end_processes(processes, grace_s=grace_s)
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


def _end_processes(processes: list[SpawnProcess], *, grace_s: float) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + grace_s
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
