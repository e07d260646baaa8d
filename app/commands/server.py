"""Commands that serve: the production server, the housekeeping beside it, and both with everything they need."""

import os
import shutil
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from errno import EADDRINUSE
from functools import partial
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import click

from app import logs
from app.commands import database, migrations, preparation, worker
from app.commands.housekeeping import GRACE_S, housekeeping
from app.edge import processes
from app.ops.own_name import spell_commands
from app.ops.own_servers import announced_server, held_folder

READY_S = 60
HOST, PORT = "127.0.0.1", 8000
MIB = 1024 * 1024
MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(MIB),
    "MALLOC_TRIM_THRESHOLD_": str(32 * MIB),
}
"""For the processes that serve (glibc, mallopt(3)): what a large file took goes back to the machine when it is done,
instead of staying with each thread that ever read one. What requests take in turn is kept: whoever fixes the first
threshold gets a second one of 128 KiB, by which memory goes back and forth at each sale."""
PROBES = 1  # the thread that says whether a process is ready needs a connection beside those of the requests

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that `serve` and `run` share."""
    cores = os.cpu_count() or 1
    options: tuple[Decorator, ...] = (
        click.option("--host", default=HOST, show_default=True, help="Address to listen on."),
        click.option("--port", default=PORT, show_default=True, help="Port to listen on."),
        click.option("--workers", default=cores, show_default="one per core", help="Processes."),
        click.option("--threads", default=4, show_default=True, help="Requests at once per process."),
        click.option("--connections", default=2048, show_default=True, help="Connections at once per process."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@server_options
@click.option("--jobs/--no-jobs", default=True, help="Run the background jobs beside the server.")
def serve(host: str, port: int, workers: int, threads: int, connections: int, jobs: bool) -> None:
    """Serve the API until Ctrl-C or SIGTERM.

    \b
    Several servers may share one database, each with a folder of its own (ICI_VAR); jobs run in one of them at a time.
    Example: ici serve --host 0.0.0.0 --port 8080
    """
    with held_folder(preparation.var_folder()):
        refuse_busy(host, port)
        load_application(threads)
        with housekeeping(jobs):
            serve_until_stopped(host=host, port=port, workers=workers, threads=threads, connections=connections)


@click.command()
@server_options
def run(host: str, port: int, workers: int, threads: int, connections: int) -> None:
    """Start the database, migrate, load the demo brand and serve; Ctrl-C stops all of it and loses nothing.

    Example: ici run --port 8080
    """
    if {"ICI_DATABASE_URL", "ICI_DATABASE_URL_FILE"} & os.environ.keys():
        raise click.ClickException(
            "ICI_DATABASE_URL is set, and `ici run` is for the private database. Unset it, "
            "or use `ici migrate` and `ici serve` with your own."
        )
    with held_folder(preparation.var_folder()):
        refuse_busy(host, port)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, leave)
        cluster = preparation.private_cluster()
        was_running = cluster.is_running()
        try:
            database.start_database()
            migrations.migrate_database()
            url = own_url(host, port)
            os.environ.setdefault("ICI_PUBLIC_URL", url)
            preparation.connect()
            lines = database.seed_database(url)
            load_application(threads)
            threading.Thread(target=announce, kwargs={"url": url, "lines": lines}, daemon=True).start()
            with housekeeping(True):
                serve_until_stopped(host=host, port=port, workers=workers, threads=threads, connections=connections)
        finally:
            if not was_running:
                click.echo("Stopping the private database…")
                cluster.stop()


def own_url(host: str, port: int) -> str:
    """Where this machine finds a server that listens there."""
    name = HOST if host in ("", "0.0.0.0", "::") else host  # noqa: S104 (compared only)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def leave(*_: object) -> NoReturn:
    """A polite end, so that everything that was started is stopped."""
    raise SystemExit(0)


def refuse_busy(host: str, port: int) -> None:
    """Say that the port is taken: the server would share it with the other one, and answer every second request."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        remedy = (
            "Stop what uses it, or choose another --port"
            if error.errno == EADDRINUSE
            else "Choose another --host or --port"
        )
        raise click.ClickException(f"Cannot listen on {host} port {port}: {error.strerror}. {remedy}.") from error


def load_application(threads: int) -> None:
    """Put the application together, for all processes that will serve; ends this one when it cannot be."""
    logs.configure()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(empty_folder(preparation.var_folder() / "metrics"))
    os.environ.setdefault("ICI_POOL_SIZE", str(threads + PROBES))
    for name, value in MEMORY.items():
        os.environ.setdefault(name, value)
    try:
        processes.load_nursery(worker.__name__)
    except processes.NotLoaded:  # it has said why
        raise SystemExit(1) from None


def serve_until_stopped(*, host: str, port: int, workers: int, threads: int, connections: int) -> None:
    """Listen, and keep the processes that serve (why a server of our own: docs/decisions/0037-read-before-work.md)."""
    with (
        processes.open_listener(host, port) as listener,
        announced_server(own_url(host, port), var=preparation.var_folder()),
    ):
        serving = partial(worker.serve_requests, listener, threads=threads, connections=connections)
        processes.keep_processes(serving, count=workers, grace_s=GRACE_S)


def empty_folder(folder: Path) -> Path:
    """Counters of earlier processes would be added to ours."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def announce(*, url: str, lines: list[str]) -> None:
    """Once the server answers, say where it is and who can sign in."""
    until = time.monotonic() + READY_S
    while not is_ready(url):
        if time.monotonic() > until:
            click.echo(f"{url}/readyz does not answer; the messages above say why.", err=True)
            return
        time.sleep(0.1)
    ready = [f"Ici is ready: {url}/v1", f"Its documentation: {url}/docs"]
    if migrations.PYPROJECT.exists():  # the tour comes with a checkout, not with a package
        at = urlsplit(url)
        chosen = {"HOST": at.hostname != HOST and at.hostname, "PORT": at.port != PORT and at.port}
        tour = " ".join(["make tour", *(f"{name}={value}" for name, value in chosen.items() if value)])
        ready.append(f"The main job, step by step: {tour}")
    click.echo(spell_commands("\n".join(["", *ready, *lines, "Ctrl-C stops it."])))


def is_ready(url: str) -> bool:
    """Whether the server takes traffic."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:  # noqa: S310 (our own http address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
