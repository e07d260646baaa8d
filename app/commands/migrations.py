"""Commands about the tables: bring them to the version of the code, and keep migrations true to the models."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import click
from alembic import command as alembic_command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from app.commands import preparation
from app.config import Config
from app.ops.database.cluster import Cluster
from app.ops.database.foundations import DatabaseUnprepared, require_foundations
from app.ops.database.migrations_head import MIGRATIONS, expected_head, is_newer
from app.settings import ConfigIncomplete
from app.sql import locks

CONNECT_S = 10
ALONE_WITHIN_S = 600.0
LOOK_AGAIN_S = 0.5
PAUSES_S = (1.0, 2.0, 4.0, 8.0)
"""Between the tries for a lock: meanwhile everybody else gets theirs."""
KEPT_WAITING = (
    "Somebody holds a lock on a table that is to be changed, and a migration waits five seconds at most, since "
    "everybody else would wait behind it. The tables are whole, at {at}. "
)

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@click.command()
def migrate() -> None:
    """Bring the tables to the version that this code expects.

    \b
    Runs as the owner of the tables (ICI_OWNER_DATABASE_URL), waits five seconds at most for a lock, a few times.
    Example: ici migrate
    """
    migrate_database()


def migrate_database() -> None:
    """Migrate to the newest revision and say from where."""
    settings = Config.load()
    url = settings.owner_database_url
    if url is None:
        raise ConfigIncomplete("ICI_OWNER_DATABASE_URL is missing: migrations run as the owner of the tables.")
    try:
        require_foundations(url, app_role=settings.app_role)
    except DatabaseUnprepared as error:
        raise click.ClickException(str(error)) from error
    with alone(url):
        before = current_head(url)
        if before == expected_head():
            click.echo(f"The tables are up to date ({before}).")
            return
        if is_newer(before):
            click.echo(
                f"The tables are at {before}, newer than this release ({expected_head()}): nothing is to be done."
            )
            return
        upgrade_between_others(url, app_role=settings.app_role)
        click.echo(f"The tables went from {before or 'nothing'} to {current_head(url)}.")


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Be the only one who migrates this database for the length of the block, after whoever is at it.

    Raises `ClickException` when that takes too long.
    """
    until_s = time.monotonic() + ALONE_WITHIN_S
    engine = owner_engine(url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            tried = (bool(connection.exec_driver_sql(locks.TRY_MIGRATION).scalar_one()) for _ in count())
            if not next(tried):
                click.echo("Another `migrate` is at work on this database; this one waits for it.")
                while not next(tried):
                    if time.monotonic() > until_s:
                        raise click.ClickException(f"It has not ended for {ALONE_WITHIN_S:.0f} s. Nothing was changed.")
                    time.sleep(LOOK_AGAIN_S)
            yield  # the lock ends with the connection
    finally:
        engine.dispose()


def upgrade(owner_url: str, *, app_role: str = Config.app_role) -> None:
    """Bring a database to the newest migration, as its owner, who grants the serving role what it needs."""
    alembic_command.upgrade(alembic_settings(owner_url, app_role=app_role), "head")


def upgrade_between_others(owner_url: str, *, app_role: str) -> None:
    """Bring a database that is in use to the newest migration, each as soon as nobody holds what it changes.

    Raises `ClickException` when somebody always does; what was migrated until then stays.
    """
    for pause_s in (*PAUSES_S, None):
        try:
            upgrade(owner_url, app_role=app_role)
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
            told = KEPT_WAITING.format(at=current_head(owner_url) or "nothing")
            if pause_s is None:
                raise click.ClickException(told + "Run `ici migrate` again when the database is quieter.") from error
            click.echo(f"{told}Trying again in {pause_s:.0f} s.", err=True)
            time.sleep(pause_s)


def current_head(url: str) -> str | None:
    """The revision of a database; None when it has no table of ours."""
    engine = owner_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def owner_engine(url: str) -> Engine:
    """A way to the database as its owner, which does not hang when nobody answers."""
    return create_engine(url, connect_args={"connect_timeout": CONNECT_S})


def alembic_settings(url: str, *, app_role: str = Config.app_role) -> AlembicConfig:
    """Alembic on this database; in a checkout also how migrations are written."""
    settings = AlembicConfig(toml_file=PYPROJECT if PYPROJECT.exists() else None)
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes.update(url=url, app_role=app_role)
    return settings


@click.group()
def migrations() -> None:
    """Check or write migrations, on a scratch database of their own."""


@migrations.command()
def check() -> None:
    """Fail if the models say something that no migration does.

    Example: ici migrations check
    """
    with scratch_database() as settings:
        alembic_command.upgrade(settings, "head")
        try:
            alembic_command.check(settings)
        except CommandError as error:
            raise click.ClickException(f'{error}\nRun `make migration M="what changes"`.') from error


@migrations.command()
@click.argument("message")
def write(message: str) -> None:
    """Write a migration from the difference between the models and the migrations. Read it before you commit it.

    Example: ici migrations write "offers have a colour"
    """
    if not PYPROJECT.exists():
        raise click.ClickException("Migrations are written where the code is: in a checkout, not in a package.")
    with scratch_database() as settings:
        alembic_command.upgrade(settings, "head")
        alembic_command.revision(settings, message=message, autogenerate=True)


@contextmanager
def scratch_database() -> Iterator[AlembicConfig]:
    """An empty database that is gone afterwards; the demo's data is never in the way."""
    cluster = Cluster(preparation.var_folder() / f"scratch-{os.getpid()}", durable=False)
    try:
        cluster.start()
        cluster.create_database(preparation.DATABASE)
        yield alembic_settings(cluster.url("owner", preparation.DATABASE))
    finally:
        cluster.destroy()
