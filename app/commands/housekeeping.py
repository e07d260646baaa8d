"""The background jobs, beside the server or by themselves."""

import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock, db
from app.commands import opening
from app.logs import log

JOBS_EVERY_S = 600
SERVER_FIRST_S = 15  # while the server starts, it needs the processors more
JOBS_LOCK = 0x696369  # "ici"
GRACE_S = 15  # a request that is being answered may finish; more would make Ctrl-C look broken


@contextmanager
def housekeeping(wanted: bool) -> Iterator[None]:
    """The jobs in a process of their own. They end with us, even if we are killed, because they hold our pipe."""
    if not wanted:
        yield
        return
    command = [sys.executable, "-m", "app.cli", "jobs", "--every", str(JOBS_EVERY_S), "--with-parent"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 (ourselves)
    try:
        yield
    finally:
        child.terminate()  # at once, even within a job: its transaction is rolled back and tried again another time
        try:
            child.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@click.command()
@click.option("--every", type=int, help="Do not end: run them again after this many seconds.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input closes.")
def jobs(every: int | None, with_parent: bool) -> None:
    """Run the background jobs once: what has expired is forgotten, what waits is sent.

    \b
    `ici serve` runs them already; use this with a timer when it is told --no-jobs.
    Example: ici jobs
    """
    if with_parent and pause(SERVER_FIRST_S, with_parent=True):
        return
    opening.connect()
    if every is None:
        done = dict(run_jobs())
        for name, touched in done.items():
            click.echo(f"{name}: {'failed' if touched is None else touched}")
        raise SystemExit(1 if None in done.values() else 0)
    while True:
        try:
            for _ in run_jobs():
                pass  # each logs what it did
        except DBAPIError as error:  # the database is away; it may be back next time
            log.error("jobs_failed", error=type(error.orig).__name__)
        if pause(every, with_parent=with_parent):
            return


def run_jobs() -> Iterator[tuple[str, int | None]]:
    """Each job in a transaction of its own, unless another process is at it; None for one that failed."""
    from app import factory

    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        if not guard.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": JOBS_LOCK}):
            return
        try:
            for name, job in factory.jobs().items():
                yield name, run_job(name, job)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": JOBS_LOCK})


def run_job(name: str, job: Callable[..., Any]) -> int | None:
    """One job; a failure never stops the others."""
    try:
        with db.system_transaction():
            touched = int(job(now=clock.now()))
        log.info("job_done", job=name, touched=touched)
        return touched
    except Exception as error:
        log.error("job_failed", job=name, error=type(error).__name__)
        return None


def pause(seconds: int, *, with_parent: bool) -> bool:
    """Wait. True when the parent has gone meanwhile."""
    if not with_parent:
        time.sleep(seconds)
        return False
    gone, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(gone)
