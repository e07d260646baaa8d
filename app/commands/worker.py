"""A process of our own server: it lives and dies with the server that started it."""

import ctypes
import gc
import importlib
import os
import signal
import socket
from collections.abc import MutableSequence
from threading import Thread
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.commands.housekeeping import GRACE_S
from app.edge.gate import Gate
from app.edge.limits import EdgeLimits
from app.logs import log
from offers.deciding.facts import read_live_facts

PR_SET_PDEATHSIG = 1  # prctl(2)
BEFORE_KILLED_S = 1
"""A process ends by itself so long before the server would kill it."""


def serve_requests(
    listener: socket.socket, *, threads: int, connections: int, shares: MutableSequence[int], place: int
) -> None:
    """Serve until SIGTERM; then what was asked is answered. `shares` and `place`: see `Gate`."""
    # Ctrl-C is for the server, which stops its workers; one that hears it too, while it loads, would hang.
    os.setpgid(0, 0)
    # When the server is killed so hard that it cannot stop its workers, the kernel does; else they would keep the port.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    application: Any = importlib.import_module("wsgi").app
    gate = Gate(
        listener,
        application,
        threads=threads,
        connections=connections,
        shares=shares,
        place=place,
        small_body=application.config["MAX_CONTENT_LENGTH"],
        largest_body=application.largest_body,
        limits=EdgeLimits.load(),
    )
    Thread(target=read_facts, name="facts", daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: gate.stop(within_s=GRACE_S - BEFORE_KILLED_S))
    gate.run()


def read_facts() -> None:
    """Read what the answers to come will need, while the first ones are given."""
    try:
        log.info("offers_known", count=read_live_facts())
        gc.freeze()  # they live as long as the process, as `wsgi` says of what was loaded before
    except (psycopg.Error, SQLAlchemyError) as error:
        log.warning("offers_not_known_yet", error=str(error).partition("\n")[0])
