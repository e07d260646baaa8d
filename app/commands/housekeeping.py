"""The background jobs, beside the server or by themselves."""

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from app import clock
from app.commands import preparation
from app.edge import processes
from app.logs import log
from app.ops import heartbeats, shared_counts
from app.sql import db, locks

MANNERS = 10  # nice(2): where both want the same processor, a member who asks goes before what we do by ourselves
FREQUENT_S = 60  # jobs that run more often than this wait for no other
SERVER_FIRST_S = 15  # while the server starts, it needs the processors more
SOON_S = 1.0  # after the jobs died for the first time
LATEST_S = 60.0  # what dies at once each time need not be tried more often
LASTING_S = 120.0  # who lived so long did not die of its start
GRACE_S = 15  # a request that is being answered may finish; more would make Ctrl-C look broken
OF_SERVERS = {shared_counts.FOLDER, processes.NURSERY}
"""Variables that are for the processes that answer alone."""


@contextmanager
def housekeeping(wanted: bool) -> Iterator[None]:
    """The jobs in a process of their own for the length of the block, started again whenever it ends by itself."""
    if not wanted:
        yield
        return
    # -P: a folder `app` where we were started would be taken for ours.
    every = str(round(heartbeats.USUAL_S))
    command = [sys.executable, "-P", "-m", "app.cli", "jobs", "--every", every, "--with-parent"]
    child = KeptProcess(command)
    try:
        yield
    finally:
        child.end()  # at once, even within a job: its transaction is rolled back and tried again another time


class KeptProcess:
    """The process of a command of ours, and another whenever it ends: soon, then later each time it does not last.

    It ends with us, even if we are killed, because it holds our pipe.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._over = threading.Event()
        self._starting = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def end(self) -> None:
        """End the process, and start none any more. Waits until it is gone."""
        with self._starting:
            self._over.set()
        if self._child is not None:
            self._child.terminate()
            try:
                self._child.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._keeper.join()

    def _keep(self) -> None:
        again_s = SOON_S / 2
        while not self._over.is_set():
            started_s = time.monotonic()
            how = self._run_once()
            if self._over.is_set():
                return
            again_s = SOON_S if time.monotonic() - started_s > LASTING_S else min(again_s * 2, LATEST_S)
            log.error("jobs_ended", how=how, again_in_s=again_s)
            self._over.wait(again_s)

    def _run_once(self) -> str:
        """Start the process and wait for its end; say how it ended."""
        with self._starting:
            if self._over.is_set():
                return "not started"
            try:
                self._child = subprocess.Popen(  # noqa: S603 (ourselves)
                    self._command,
                    stdin=subprocess.PIPE,
                    start_new_session=True,
                    # It is none of the processes that answer: what it counts is no request's.
                    env={name: value for name, value in os.environ.items() if name not in OF_SERVERS},
                )
            except OSError as error:  # no memory, or no process more: later perhaps
                return f"not started: {error.strerror}"
        log.info("jobs_started", pid=self._child.pid)
        code = self._child.wait()
        if self._child.stdin is not None:
            self._child.stdin.close()
        return f"signal {-code}" if code < 0 else f"exit code {code}"


@click.command()
@click.option(
    "--every", type=int, help="Do not end: run them again after this many seconds, or as often as a job itself asks."
)
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input closes.")
def jobs(every: int | None, with_parent: bool) -> None:
    """Run the background jobs once: what has expired is forgotten, what waits is sent.

    \b
    `ici serve` runs them already; use this with a timer when it is told --no-jobs.
    Example: ici jobs
    """
    if with_parent and pause(SERVER_FIRST_S, with_parent=True):
        return
    preparation.connect()
    if every is None:
        done = dict(run_jobs())
        for name, touched in done.items():
            click.echo(f"{name}: {'failed' if touched is None else touched}")
        raise SystemExit(1 if None in done.values() else 0)
    os.nice(MANNERS)
    *frequent, others = timetables(every)
    # Each in a thread of its own: a job that takes minutes must not delay one that is promised within one.
    for timetable in frequent:
        threading.Thread(target=keep_running, args=(timetable,), daemon=True).start()
    keep_running(others, with_parent=with_parent)


def keep_running(timetable: "Timetable", *, with_parent: bool = False) -> None:
    """Run the jobs of a timetable whenever they are due, until the parent has gone."""
    while True:
        for _ in run_jobs(timetable.due(time.monotonic())):
            pass  # each logs what it did; when the database is away, it may be back next time
        if pause(timetable.wait_s(time.monotonic()), with_parent=with_parent):
            return


def timetables(every_s: float) -> list["Timetable"]:
    """One for each job that runs every few seconds, and a last one for all others.

    A room says how often its jobs run by `EVERY_S` in its `jobs.py`: names and seconds.
    """
    from app import factory

    every = factory.turns(every_s)
    frequent = {name: seconds for name, seconds in every.items() if seconds < FREQUENT_S}
    others = {name: seconds for name, seconds in every.items() if name not in frequent}
    return [*(Timetable({name: seconds}) for name, seconds in frequent.items()), Timetable(others)]


class Timetable:
    """When each job is due: at once, and then as often as `every_s` says, in seconds by its name."""

    def __init__(self, every_s: Mapping[str, float]) -> None:
        self.every_s = every_s
        self.next_s = dict.fromkeys(every_s, 0.0)

    def due(self, at_s: float) -> Collection[str]:
        """The jobs to run at this second of the clock; each is due again its own time later."""
        names = [name for name, next_s in self.next_s.items() if next_s <= at_s]
        self.next_s |= {name: at_s + self.every_s[name] for name in names}
        return names

    def wait_s(self, at_s: float) -> float:
        """How long until the next job is due."""
        return max(0.0, min(self.next_s.values(), default=at_s + FREQUENT_S) - at_s)


def run_jobs(names: Collection[str] | None = None) -> Iterator[tuple[str, int | None]]:
    """Each job in a transaction of its own, unless another process is at it; None for one that failed.

    All jobs when none are named.
    """
    from app import factory

    for name, job in factory.jobs().items():
        if names is None or name in names:
            try:
                yield name, run_job(name, job)
            except Busy:
                continue


class Busy(Exception):
    """Another process runs this job."""


def run_job(name: str, job: Callable[..., Any]) -> int | None:
    """One job; a failure never stops the others. Raises `Busy`."""
    from app.rights.retention import rules

    try:
        now = clock.now()
        if getattr(job, "in_steps", False):
            touched = int(job(now=now))  # it claims each thing in its queue by itself, so several may be at it
            with db.system_transaction():
                heartbeats.note_beat(job=name, now=now)
        else:
            with db.system_transaction():
                if not locks.try_job(name):
                    raise Busy
                touched = int(job(now=now))
                rules.note_run(job=name, touched=touched, now=now)
                heartbeats.note_beat(job=name, now=now)
        # One that looks every other second and finds nothing is no news.
        (log.info if touched else log.debug)("job_done", job=name, touched=touched)
        return touched
    except Busy:
        raise
    except Exception as error:
        log.error("job_failed", job=name, error=type(error).__name__)
        return None


def pause(seconds: float, *, with_parent: bool) -> bool:
    """Wait. True when the parent has gone meanwhile."""
    if not with_parent:
        time.sleep(seconds)
        return False
    gone, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(gone)
