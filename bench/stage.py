"""Where the bench of the till takes place: its database, our servers, and that of the stand-in."""

import shutil
import urllib.request
from contextlib import AbstractContextManager
from typing import Any

from app import config, factory
from app.config import Config
from app.sql import db
from bench import chain, machine, purse
from bench.clients import PATIENCE_S
from bench.machine import say

NAME = "ici_bench_till"
OURS, THEIRS, COUNTED = 18421, 18422, 18423
"""Ports: of our server with its own defaults, of the stand-in, of our server whose statements are counted."""
FOLDER = purse.FOLDER


def open_database(server: Any, sizes: chain.Sizes, *, keep: bool) -> None:
    """Connect to a chain of these sizes: a new one, unless an earlier run was to `keep` its own."""
    url, owner = server.url("app", NAME), server.url("owner", NAME)
    config.use_config(
        Config(
            environment="test",
            database_url=url,
            owner_database_url=owner,
            secret=purse.SECRET,
            var=FOLDER,
            mail="development",
            sms="development",
            public_url="http://localhost",
        )
    )
    factory.import_models()
    db.connect(url)
    if keep and chain.is_built(server, NAME, sizes):
        return
    say(f"building a chain of {sizes}")
    machine.make_database(server, NAME, folder=FOLDER)
    chain.build_chain(server, NAME, sizes)


def serve_ours(server: Any, port: int, url: str, *options: str) -> AbstractContextManager[int]:
    """`ici serve` on a database, with its own defaults but for these options. Gives the process."""
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(port), *options]
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": purse.SECRET, "ICI_DATABASE_URL": url,
        "ICI_OWNER_DATABASE_URL": server.url("owner", NAME),
    }  # fmt: skip
    ready = f"http://127.0.0.1:{port}/readyz"
    return machine.running(command, environment=environment, ready=ready, log=FOLDER / f"till-{port}.log")


def etag_at(port: int, path: str) -> str:
    """The ETag of what anybody reads at a path of our server."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Language": "fr"})
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
        return str(answer.headers["ETag"])


def serve_standin(server: Any) -> AbstractContextManager[int]:
    """The stand-in, on two processes. Gives the process that started them."""
    given = machine.arguments(server.url("superuser", NAME))
    environment = {f"STANDIN_{key.removeprefix('PG')}": value for key, value in given.items()}
    granian = shutil.which("granian", path=str(machine.ROOT / ".venv/bin")) or "granian"
    command = [granian, "--interface", "asgi", "--port", str(THEIRS), "--workers", "2", "--log-level", "warning"]
    command += ["--http", "1", "--no-ws", "bench.standin_till:app"]
    ready = f"http://127.0.0.1:{THEIRS}/openapi.json"
    return machine.running(command, environment=environment, ready=ready, log=FOLDER / "till-fastapi.log")
