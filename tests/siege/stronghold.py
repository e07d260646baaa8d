"""The server under siege: `ici serve` as an operator starts it, with a private PostgreSQL and a mail server of its own.

An attack goes on while the server is probed; afterwards everything must be as it was before.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from prometheus_client.parser import text_string_to_metric_families

from app.accounts import tokens
from app.accounts.models import MemberSession
from app.config import Config
from app.ops.database.cluster import Cluster
from app.sql import db
from tests import serving, sizes, templates
from tests.crowding import other_connections
from tests.factories import make_brand, make_member, member_token
from tests.siege import probes, processes
from tests.siege.account import Account, State
from tests.siege.besiegers import attacking
from tests.siege.post_office import PostOffice, open_post_office
from tests.siege.probes import Answer

DISK_MB = 32
CALM_S = 0.5
CALMS_DOWN_S = 90
BACK_S = 15
"""Within so long after an attack everything must be as before."""
IDLE = """
    SELECT count(*) FROM pg_stat_activity
    WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '0.3 seconds'
"""


def probed_s() -> int:
    """How long the server is probed beside an attack; where tests may take their time, longer than a body may take."""
    return 15 if sizes.chosen().patient else 2


@dataclass
class Stronghold:
    """A running server under siege."""

    folder: Path
    cluster: Cluster
    mail: PostOffice
    secret: str
    sessions: list[MemberSession]
    has_own_disk: bool
    port: int = field(default_factory=serving.free_port)
    process: "subprocess.Popen[bytes]" = field(init=False)

    def serve(self) -> None:
        """Start the server, with what an operator has by default, and wait until it is ready."""
        environment = {
            "PATH": os.environ["PATH"],
            "ICI_ENV": "test",
            "ICI_VAR": str(self.var),
            "ICI_DATABASE_URL": self.cluster.url("app", templates.SERVED_DATABASE),
            "ICI_SECRET": self.secret,
            "ICI_MAIL": self.mail.setting,
            "ICI_PROXIES": "1",
        }
        command = [str(Path(sys.executable).parent / "ici"), "serve", "--port", str(self.port)]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + serving.PATIENCE_S
        while self.ask("/readyz").status != 200:
            assert self.process.poll() is None, self.log[-3000:]
            assert time.monotonic() < until, "the server does not become ready"
            time.sleep(0.05)  # another process starts: we can only ask again

    def stop(self) -> None:
        """End the server as an operator does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(serving.PATIENCE_S)

    @property
    def var(self) -> Path:
        """The server's variable folder."""
        return self.folder / "var"

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def token(self, number: int = 0) -> str:
        """A fresh access token of one of two members: 0 is who is probed with, 1 who attacks."""
        session = self.sessions[number]
        known = {"member_id": session.member_id, "session_id": session.id, "generation": session.generation}
        return tokens.issue_access_token(**known, now=datetime.now(UTC))

    def ask(self, path: str, **how: Any) -> Answer:
        """Ask the server something."""
        return probes.ask(self.port, path, **how)

    def is_hung_up_on(self, unfinished: bytes, *, within_s: float) -> bool:
        """Whether the server ends a connection on which a request was begun and never finished."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=within_s) as line:
            line.sendall(unfinished)
            try:
                while line.recv(1 << 16):
                    pass
            except TimeoutError:
                return False
        return True

    def idle_in_transaction(self) -> int:
        """Connections that hold a transaction and do nothing with it."""
        with self.superuser() as connection:
            found = connection.execute(IDLE).fetchone()
        return int(found[0]) if found else 0

    def superuser(self) -> "psycopg.Connection[Any]":
        """A connection that may see and lock everything, as an operator at psql."""
        given = self.cluster.environment("superuser", templates.SERVED_DATABASE)
        named = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
        return psycopg.connect(**{name: given[key] for name, key in named.items()})

    def state(self) -> State:
        """How the server is now."""
        metrics = self.ask("/metrics")
        readable = metrics.status == 200 and list(text_string_to_metric_families(metrics.body.decode())) != []
        return State(
            workers=processes.workers_of(self.process.pid),
            memory_mb=processes.resident_mb(self.process.pid),
            metrics_bytes=len(metrics.body),
            metrics_readable=readable,
            idle_in_transaction=self.idle_in_transaction(),
            ready=self.ask("/readyz").status == 200,
        )

    def begin(self) -> Account:
        """Note how everything is before an attack, once the one before is over; one that ended the server is over."""
        if self.process.poll() is not None:
            self.serve()
        until = time.monotonic() + CALMS_DOWN_S
        while any(self.ask(path, token=self.token()).status != 200 for path in ("/livez", "/readyz", "/v1/me")):
            assert time.monotonic() < until, "the server has not come back from the attack before"
            time.sleep(0.1)
        processes.forget_peaks(self.process.pid)
        return Account(before=self.state(), calm=probes.probe(self.port, self.token(), seconds=CALM_S))

    def end(self, account: Account) -> Account:
        """Note how everything is after an attack, once it is as before or `BACK_S` are over."""
        account.peak_mb = processes.peak_mb(self.process.pid)
        until = time.monotonic() + BACK_S
        while True:
            account.after = self.state()
            try:
                account.require_as_before(workers=False)
            except AssertionError:
                if time.monotonic() > until:
                    return account
                time.sleep(0.2)
            else:
                return account

    def hold_out(self, kind: str) -> Account:
        """Play an attack over the network, and probe the server beside it."""
        account = self.begin()
        with attacking(kind, port=self.port, token=self.token(1)) as told:
            account.during = probes.probe(self.port, self.token(), seconds=probed_s())
            account.idle_during = self.idle_in_transaction()
        account.told = told
        return self.end(account)


@contextmanager
def besieged(folder: Path, settings: Config) -> Iterator[Stronghold]:
    """Serve a copied cluster with what an operator has by default; all of it is gone afterwards."""
    cluster = templates.copy_cluster(folder / "cluster", durable=False)
    own_disk = _mount(folder / "var")
    try:
        cluster.start()
        with open_post_office() as mail:
            sessions = _sign_in(cluster)
            stronghold = Stronghold(folder, cluster, mail, settings.secret, sessions, own_disk)
            stronghold.serve()
            try:
                yield stronghold
            finally:
                stronghold.stop()
    finally:
        cluster.destroy()
        if own_disk:
            subprocess.run(["umount", "--lazy", str(folder / "var")], check=True)


def _mount(folder: Path) -> bool:
    """Give a folder a small disk of its own, where we may."""
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "siege", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _sign_in(cluster: Cluster) -> list[MemberSession]:
    """The brand, and the two members' sign-ins; this process goes back to its own database at once."""
    with other_connections(cluster.url("app", templates.SERVED_DATABASE)):
        make_brand(code="siege")
        found = []
        for _ in range(2):
            token = member_token(make_member())
            access = tokens.read_access_token(token, now=datetime.now(UTC))
            with db.system_transaction():
                found.append(db.get(MemberSession, (access.member_id, access.session_id)))
        return found
