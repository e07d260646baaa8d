"""The server of one folder: it is made, started, stopped and, for the crash test, killed.

It listens on a unix socket only. As root it runs as Debian's user `postgres`, which cannot enter a closed home: its
files then live under /var/lib and a link in the folder says where.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.ops.database import postgres
from app.ops.database.postgres import ClusterProblem

PORT = "5432"  # only the name of the socket
SUPERUSER = "postgres"
ELSEWHERE = Path("/var/lib/ici")
SHORT_FOLDERS = Path("/tmp")  # noqa: S108 (made private and checked before use; TMPDIR may differ between two commands)
START_S = 180  # a crash recovery may take a while
STOP_S = 60


@dataclass(frozen=True)
class ServerStatus:
    """What `ici status` shows of the server."""

    running: bool
    pid: int | None
    version: int | None
    data: Path
    socket_folder: Path
    log: Path


class Server:
    """One PostgreSQL server with its data. All methods raise `ClusterProblem`."""

    def __init__(self, folder: Path, *, durable: bool, settings: Mapping[str, str]) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self.settings = dict(settings)
        self.key = hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:12]

    @property
    def name(self) -> str:
        """The name that the server gives itself and its processes."""
        return f"ici-{self.key}"

    @property
    def home(self) -> Path:
        """Where the server's files are: our folder, or the one that our link names."""
        link = self.folder / "elsewhere"
        return link.readlink() if link.is_symlink() else self.folder

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """The log; it never holds statements or their values."""
        return self.home / "log" / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: beside the data, or in a short private folder when that path is too long."""
        beside = self.home / "run"
        return beside if postgres.fits_socket(beside) else SHORT_FOLDERS / self.name

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time starts or stops this server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def pid(self) -> int | None:
        """The running postmaster; a pid file left by a crash or a number taken by another program does not count."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if pid in postgres.processes(data=self.data, name=self.name) else None

    def status(self) -> ServerStatus:
        """What runs, and where."""
        pid = self.pid()
        return ServerStatus(
            running=pid is not None,
            pid=pid,
            version=self._data_version() if self.data.exists() else None,
            data=self.data,
            socket_folder=self.socket_folder,
            log=self.log,
        )

    def make(self, *, superuser_password: str) -> None:
        """Make the data folder aside and move it in place when whole, so that an interruption leaves nothing half."""
        user, programs = postgres.server_user(), postgres.find_programs()
        self._choose_home(user)
        fresh, words = self.home / "data.new", self.home / "run" / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in (fresh, self.home / "run", self.log.parent):
            postgres.make_private(user, folder)
        postgres.write_private(user, words, superuser_password)
        command = [programs.path("initdb"), "-D", str(fresh), "-U", SUPERUSER, f"--pwfile={words}"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=scram-sha-256", "--auth-host=reject"]
        command += ["--data-checksums"] if self.durable else ["--no-sync"]
        try:
            postgres.run_as(user, command, failure="The private cluster could not be made")
        finally:
            words.unlink()
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("include 'ici.conf'\n")
        fresh.rename(self.data)

    def launch(self) -> None:
        """Start the server, after clearing what a crash may have left."""
        user = postgres.server_user()
        owner = self.data.stat().st_uid
        if owner != user.pw_uid:
            raise ClusterProblem(
                f"{self.data} belongs to user {owner}, not to `{user.pw_name}`. Start as the same user."
            )
        self._clear_remains()
        postgres.make_private(user, self.socket_folder)
        chosen = postgres.default_settings(durable=self.durable) | self.settings
        chosen |= {"cluster_name": self.name, "listen_addresses": "", "port": PORT}
        chosen |= {"unix_socket_directories": str(self.socket_folder)}
        postgres.write_private(user, self.data / "ici.conf", postgres.settings_file(chosen))
        command = [*self._pg_ctl("start"), "-l", str(self.log), "-t", str(START_S)]
        postgres.run_as(user, command, failure=f"The private cluster did not start (see {self.log})")

    def stop(self) -> None:
        """End every connection and stop."""
        command = [*self._pg_ctl("stop"), "-m", "fast", "-t", str(STOP_S)]
        postgres.run_as(postgres.server_user(), command, failure="The private cluster did not stop")

    def kill(self) -> None:
        """End as a crash would: SIGKILL to the postmaster, then to its children."""
        postgres.end_processes(data=self.data, name=self.name)

    def destroy(self) -> None:
        """Remove the server with its data."""
        self.kill()
        for folder in (self.home, self.socket_folder, self.folder):
            if folder.exists():
                shutil.rmtree(folder)

    def _choose_home(self, user: pwd.struct_passwd) -> None:
        """Live in our folder if the server's user can enter it and its socket fits, else under /var/lib (root only).

        A fresh folder means that the old one was deleted, which is how people erase a cluster: so erase its home too.
        """
        beside = self.folder / "run"
        if os.geteuid() != 0 or (postgres.can_reach(user, beside) and postgres.fits_socket(beside)):
            return
        home = ELSEWHERE / self.key
        postgres.end_processes(data=home / "data", name=self.name)
        if home.exists():
            shutil.rmtree(home)
        home.mkdir(parents=True)
        for folder in (ELSEWHERE, home):
            folder.chmod(0o755)
        link = self.folder / "elsewhere"
        link.unlink(missing_ok=True)
        link.symlink_to(home)

    def _clear_remains(self) -> None:
        """End orphans and forget the pid files, whose number may by now be another program's."""
        self.kill()
        for remains in (self.data / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.*")):
            remains.unlink(missing_ok=True)

    def _pg_ctl(self, action: str) -> list[str]:
        programs = postgres.find_programs(self._data_version())
        return [programs.path("pg_ctl"), action, "-w", "-s", "-D", str(self.data)]

    def _data_version(self) -> int:
        return int((self.data / "PG_VERSION").read_text())
