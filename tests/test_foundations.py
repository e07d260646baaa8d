"""A database that a superuser has not prepared is told what it lacks; roles may have any name."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, text

from app import cli
from app.commands.migrations import upgrade
from app.config import Config
from app.ops.database.cluster import Cluster
from app.ops.database.foundations import DatabaseUnprepared, require_foundations
from tests import templates


@dataclass
class Bare:
    """An empty database, and roles with names of their own, which are the whole machine's."""

    server: Cluster
    name: str
    owner: str
    app: str
    password: str

    @property
    def url(self) -> str:
        address = make_url(self.server.url("owner", self.name))
        return address.set(username=self.owner, password=self.password).render_as_string(hide_password=False)

    def as_superuser(self, statement: str, database: str | None = None) -> None:
        given = self.server.environment("superuser", database or self.name)
        with psycopg.connect(
            host=given["PGHOST"],
            port=given["PGPORT"],
            user=given["PGUSER"],
            password=given["PGPASSWORD"],
            dbname=given["PGDATABASE"],
            autocommit=True,
        ) as connection:
            connection.execute(statement)

    def refusal(self, role: str | None = None) -> str:
        with pytest.raises(DatabaseUnprepared) as refused:
            require_foundations(self.url, app_role=role or self.app)
        return str(refused.value)

    def told(self) -> list[str]:
        """The statements that somebody is told to run."""
        return [line.strip().rstrip(";") for line in self.refusal().splitlines()[1:]]

    def prepare(self) -> None:
        for statement in self.told():
            self.as_superuser(statement)


@pytest.fixture
def bare(app: object) -> Iterator[Bare]:
    """A database as a superuser leaves it who was told nothing but to make it and an owner of tables."""
    mark = secrets.token_hex(4)
    made = Bare(templates.shared_cluster(), f"ici_bare_{mark}", f"owner_{mark}", f"Shop-{mark}@site", mark * 2)
    made.as_superuser(f"CREATE ROLE {made.owner} LOGIN PASSWORD '{made.password}'", "postgres")
    made.as_superuser(f"CREATE DATABASE {made.name} OWNER postgres TEMPLATE template0", "postgres")
    yield made
    made.as_superuser(f"DROP DATABASE {made.name} WITH (FORCE)", "postgres")
    for role in (made.owner, made.app):
        made.as_superuser(f'DROP ROLE IF EXISTS "{role}"', "postgres")


def test_what_is_said_to_be_missing_is_all_that_is_missing(bare: Bare) -> None:
    assert len(bare.told()) == 6
    bare.prepare()
    require_foundations(bare.url, app_role=bare.app)


def test_a_database_migrates_and_serves_for_roles_of_any_name(bare: Bare) -> None:
    bare.prepare()
    upgrade(bare.url, app_role=bare.app)
    engine = create_engine(bare.url)
    with engine.connect() as connection:
        may = "SELECT has_table_privilege(:role, 'member', 'SELECT'), has_table_privilege(:role, 'member', 'TRUNCATE')"
        assert tuple(connection.execute(text(may), {"role": bare.app}).one()) == (True, False)
        assert list(connection.scalars(text("SELECT relname FROM pg_class WHERE relacl::text LIKE '%ici_app%'"))) == []
    engine.dispose()


@pytest.fixture
def migrate(bare: Bare, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Result]:
    """`ici migrate` with the settings of such a database."""
    serving = make_url(bare.url).set(username=bare.app).render_as_string(hide_password=False)
    given = {"ICI_ENV": "test", "ICI_DATABASE_URL": serving, "ICI_OWNER_DATABASE_URL": bare.url, "ICI_SECRET": "s" * 32}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return lambda: CliRunner().invoke(cli.main, ["migrate"])


def test_the_command_tells_what_a_superuser_must_run(bare: Bare, migrate: Callable[[], Result]) -> None:
    said = migrate()
    assert (said.exit_code, "CREATE EXTENSION postgis;" in said.output, bare.password in said.output) == (
        1,
        True,
        False,
    )


def test_an_older_release_leaves_newer_tables_as_they_are(bare: Bare, migrate: Callable[[], Result]) -> None:
    bare.prepare()
    bare.as_superuser("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    bare.as_superuser("INSERT INTO alembic_version VALUES ('9999')")
    bare.as_superuser(f"GRANT SELECT ON alembic_version TO {bare.owner}")
    said = migrate()
    assert (said.exit_code, "at 9999, newer than this release" in said.output) == (0, True)


def test_the_owner_of_the_tables_does_not_serve(bare: Bare) -> None:
    assert "must own nothing" in bare.refusal(bare.owner)


def test_a_role_above_row_level_security_does_not_serve(bare: Bare) -> None:
    assert "NOBYPASSRLS" in bare.refusal("postgres")


def test_the_private_database_is_prepared(settings: Config) -> None:
    assert settings.owner_database_url is not None
    require_foundations(settings.owner_database_url, app_role="ici_app")
