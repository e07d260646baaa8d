"""A process of our own server: it lives and dies with the server that started it.

What all of them have in common is put together once, by the nursery, which loads this module; each is a fork of it. So
what they only read lies in memory once, and one that has to be started again answers at once.
"""

import ctypes
import gc
import os
import signal
import socket
import traceback
from collections.abc import MutableSequence
from threading import Thread

import click
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.commands.housekeeping import GRACE_S
from app.edge.limits import EdgeLimits
from app.edge.processes import is_nursery
from app.logs import log
from app.ops.own_name import spell_commands
from app.settings import ConfigIncomplete

PR_SET_PDEATHSIG = 1  # prctl(2)
BEFORE_KILLED_S = 1
"""A process ends by itself so long before the server would kill it."""


def load_application() -> None:
    """Put the application together, in the nursery. A fault is said here, once: workers would fail at it for ever."""
    os.setpgid(0, 0)  # Ctrl-C is for the server, which ends its processes one by one
    end_with_parent()
    try:
        EdgeLimits.load()
        import wsgi  # noqa: F401
    except ConfigIncomplete as error:
        click.ClickException(spell_commands(str(error))).show()
        raise SystemExit(1) from error
    except Exception as error:
        traceback.print_exc()
        raise SystemExit(1) from error


def serve_requests(
    listener: socket.socket, *, threads: int, connections: int, shares: MutableSequence[int], place: int
) -> None:
    """Serve until SIGTERM; then what was asked is answered. `shares` and `place`: see `Gate`."""
    from app.edge.gate import Gate  # loaded already: the server that names this function need not
    from wsgi import app as application

    os.setpgid(0, 0)
    end_with_parent()
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


def end_with_parent() -> None:
    """When the server is killed so hard that it cannot stop its processes, the kernel does (SIGTERM); else they would
    keep the port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def read_facts() -> None:
    """Read what the answers to come will need, while the first ones are given."""
    from offers.deciding.facts import read_live_facts

    try:
        log.info("offers_known", count=read_live_facts())
        gc.freeze()  # they live as long as the process, as `wsgi` says of what was loaded before
    except (psycopg.Error, SQLAlchemyError) as error:
        log.warning("offers_not_known_yet", error=str(error).partition("\n")[0])


if is_nursery():
    load_application()
