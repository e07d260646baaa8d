"""The real server on a private PostgreSQL of its own, and a client that speaks to it over HTTP.

Within `served(…)` this process is connected to that database too, so that factories write there.
"""

import http.client
import json as encoder
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client
from werkzeug.wrappers import Response

from app.config import Config
from app.ops.database.cluster import Cluster
from tests import templates
from tests.crowding import other_connections
from tests.speaking import Speaker

DATABASE = templates.SERVED_DATABASE
PATIENCE_S = 60


class Remote(Client):
    """Takes the place of a test client, and sends over the network. Raises OSError when nothing answers."""

    def __init__(self, port: int) -> None:
        super().__init__(lambda *_: [])
        self.port = port

    def open(  # type: ignore[override]
        self,
        path: str,
        *,
        method: str,
        headers: dict[str, str],
        json: Any = None,
        data: bytes | None = None,
        query_string: dict[str, str] | None = None,
    ) -> Response:
        if json is not None:
            data, headers = encoder.dumps(json).encode(), headers | {"Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, f"{path}?{urlencode(query_string)}" if query_string else path, data, headers)
            answer = connection.getresponse()
            return Response(answer.read(), answer.status, answer.getheaders())
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()


@dataclass
class Served:
    """A running server: where it listens, where its files are, and the database below it."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    cluster: Cluster

    @property
    def log(self) -> Path:
        """What the server wrote on its standard output and error."""
        return self.folder / "server.log"

    @property
    def anyone(self) -> Speaker:
        """A caller with no token."""
        return Speaker(Remote(self.port))  # type: ignore[arg-type]

    def is_ready(self) -> bool:
        try:
            return self.anyone.get("/readyz").status_code == 200
        except OSError:
            return False

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while not self.is_ready():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-3000:]
            assert time.monotonic() < until, "the server does not become ready"
            time.sleep(0.05)  # another process starts: we can only ask again


@contextmanager
def served(
    folder: Path,
    settings: Config,
    *,
    durable: bool,
    threads: int = 8,
    options: Sequence[str] = ("--no-jobs",),
    more: dict[str, str] | None = None,
) -> Iterator[Served]:
    """Copy a migrated cluster into this folder and serve it with one worker, and with `more` in its environment; all
    of it is gone afterwards."""
    cluster = templates.copy_cluster(folder / "cluster", durable=durable)
    try:
        cluster.start()
        with other_connections(cluster.url("app", DATABASE)):
            server = start(cluster, folder, settings, threads=threads, options=options, more=more)
            try:
                server.wait_until_ready()
                yield server
            finally:
                stop(server)
    finally:
        cluster.destroy()


def stop(server: Served) -> None:
    """End it as an operator does, and wait until it has gone."""
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(PATIENCE_S)


def start(
    cluster: Cluster,
    folder: Path,
    settings: Config,
    *,
    threads: int,
    options: Sequence[str] = ("--no-jobs",),
    more: dict[str, str] | None = None,
) -> Served:
    """`ici serve`, as an operator starts it, with the secret of the tests unless `more` says another."""
    environment = {
        "PATH": os.environ["PATH"],
        "ICI_ENV": "test",
        "ICI_VAR": str(folder / "var"),
        "ICI_DATABASE_URL": cluster.url("app", DATABASE),
        "ICI_SECRET": settings.secret,
        **(more or {}),
    }
    (folder / "var").mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [str(Path(sys.executable).parent / "ici"), "serve", *options]
    command += ["--port", str(port), "--workers", "1", "--threads", str(threads)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    return Served(port, process, folder, cluster)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
