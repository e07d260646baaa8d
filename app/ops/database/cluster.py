"""A private PostgreSQL in a folder: no port, no root password, nothing shared with the machine's own servers.

`ici_owner` owns the databases and migrates them; `ici_app` owns nothing and cannot bypass row-level security.
No statement that changes a server is sent before that server has said that it is ours.
"""

import json
import os
import pwd
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql
from sqlalchemy import URL

from app.ops.database import postgres
from app.ops.database.postgres import ClusterProblem
from app.ops.database.server import PORT, SUPERUSER, Server, ServerStatus

Role = Literal["superuser", "owner", "app"]
ROLE_NAMES: Mapping[Role, str] = {"superuser": SUPERUSER, "owner": "ici_owner", "app": "ici_app"}
OWNER, APP = sql.Identifier(ROLE_NAMES["owner"]), sql.Identifier(ROLE_NAMES["app"])
CONNECT_S = 10
EXTENSIONS = ("postgis", "btree_gist")


class Cluster:
    """The PostgreSQL of one folder.

    `durable=False` is for tests only: it gives up every guarantee against a power cut. `settings` override the
    server's settings at the next start. All methods raise `ClusterProblem`.
    """

    def __init__(self, folder: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None) -> None:
        self.server = Server(folder, durable=durable, settings=settings or {})
        self.folder = self.server.folder

    def start(self) -> bool:
        """Start the server, making the cluster if it is new. True when this call started it; twice is no error."""
        with self.server.locked():
            starting = not self.is_running()
            if starting:
                if not self.server.data.exists():
                    self._make_passwords()
                    self.server.make(superuser_password=self._password("superuser"))
                self.server.launch()
            self._make_roles()
        return starting

    def stop(self) -> bool:
        """End every connection and stop the server. True when it was running."""
        if not self.is_running():
            return False
        with self.server.locked():
            if self.is_running():
                self.server.stop()
        return True

    def kill(self) -> None:
        """End the server as a crash would: SIGKILL to the postmaster, then to its children."""
        self.server.kill()

    def destroy(self) -> None:
        """Remove the cluster and everything in it."""
        self.server.destroy()

    def is_running(self) -> bool:
        """Whether our server runs; what a crash left behind does not count."""
        return self.server.pid() is not None

    def status(self) -> ServerStatus:
        """What runs, and where."""
        return self.server.status()

    def url(self, role: Role, database: str) -> str:
        """The SQLAlchemy URL of a database for a role; it holds a password."""
        address = URL.create(
            "postgresql+psycopg",
            username=ROLE_NAMES[role],
            password=self._password(role),
            database=database,
            query={"host": str(self.server.socket_folder), "port": PORT},
        )
        return address.render_as_string(hide_password=False)

    def environment(self, role: Role, database: str) -> dict[str, str]:
        """The PG… variables that lead psql, pg_dump and pgbench to a database."""
        return {
            "PGHOST": str(self.server.socket_folder),
            "PGPORT": PORT,
            "PGUSER": ROLE_NAMES[role],
            "PGPASSWORD": self._password(role),
            "PGDATABASE": database,
        }

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database owned by `ici_owner` with our extensions, or as a copy of `template`, which has them."""
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        source = sql.Identifier(template or "template0")
        with self._superuser() as connection:
            connection.execute(statement.format(sql.Identifier(name), OWNER, source))
        self._prepare(name)

    def ensure_database(self, name: str) -> bool:
        """Create a database unless it exists, and finish what an interrupted creation left. True when created."""
        with self.server.locked():
            created = not self.database_exists(name)
            if created:
                self.create_database(name)
            else:
                self._prepare(name)
        return created

    def rename_role(self, role: Role, name: str) -> None:
        """Give a role the name that a restored backup knows it by; its password stays. `url` says the old name."""
        if name != ROLE_NAMES[role]:
            with self._superuser() as connection:
                statement = sql.SQL("ALTER ROLE {} RENAME TO {}")
                connection.execute(statement.format(sql.Identifier(ROLE_NAMES[role]), sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Drop a database, if it exists, with whoever is connected to it."""
        with self._superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def database_exists(self, name: str) -> bool:
        """Whether the cluster has this database."""
        with self._superuser() as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None

    def _prepare(self, name: str) -> None:
        """Extensions, and the least that `ici_app` needs: the tables themselves are granted by the migrations."""
        with self._superuser(name) as connection:
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            for statement in (
                "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
                "GRANT CONNECT ON DATABASE {database} TO {app}",
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                "GRANT USAGE ON SCHEMA public TO {app}",
                "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
            ):
                connection.execute(sql.SQL(statement).format(database=sql.Identifier(name), app=APP, owner=OWNER))

    def _make_roles(self) -> None:
        statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}")
        roles: tuple[Role, ...] = ("owner", "app")
        with self._superuser() as connection:
            for role in roles:
                name, password = ROLE_NAMES[role], self._password(role)
                if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
                    connection.execute(statement.format(sql.Identifier(name), sql.Literal(password)))

    @contextmanager
    def _superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """A connection of the superuser to a server that has proved to be ours."""
        if not self.is_running():
            raise ClusterProblem(f"The private cluster in {self.folder} is not running. Run `ici up`.")
        given = self.environment("superuser", database)
        try:
            connection = psycopg.connect(
                host=given["PGHOST"],
                port=given["PGPORT"],
                user=given["PGUSER"],
                password=given["PGPASSWORD"],
                dbname=database,
                autocommit=True,
                connect_timeout=CONNECT_S,
            )
        except psycopg.OperationalError as error:
            raise ClusterProblem(f"The private cluster does not answer ({str(error).strip()}).") from error
        with connection:
            self._assert_ours(connection)
            yield connection

    def _assert_ours(self, connection: psycopg.Connection[Any]) -> None:
        row = connection.execute("SELECT current_setting('data_directory'), current_setting('cluster_name')").fetchone()
        data, name = row if row is not None else ("", "")
        if Path(data).resolve() != self.server.data.resolve() or name != self.server.name:
            raise ClusterProblem(
                f"Another server answers in {self.server.socket_folder}; nothing was changed. Stop it and try again."
            )

    @property
    def _passwords(self) -> Path:
        return self.folder / "passwords.json"

    def _make_passwords(self) -> None:
        passwords = {role: secrets.token_urlsafe(24) for role in ROLE_NAMES}
        postgres.write_private(pwd.getpwuid(os.geteuid()), self._passwords, json.dumps(passwords))

    def _password(self, role: Role) -> str:
        try:
            return str(json.loads(self._passwords.read_text(encoding="utf-8"))[role])
        except FileNotFoundError:
            raise ClusterProblem(
                f"{self._passwords} is missing. Run `ici up`; if that does not help, the data in {self.folder} "
                "cannot be opened any more: remove that folder."
            ) from None
