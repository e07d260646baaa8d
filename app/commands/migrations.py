"""Commands about the tables: bring them to the version of the code, and keep migrations true to the models."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic import command as alembic_command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import create_engine

from app.commands import preparation
from app.config import Config, ConfigIncomplete
from app.ops.cluster import Cluster
from app.ops.foundations import DatabaseUnprepared, require_foundations
from app.ops.migrations_head import MIGRATIONS, expected_head, is_newer

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@click.command()
def migrate() -> None:
    """Bring the tables to the version that this code expects.

    \b
    Runs as the owner of the tables (ICI_OWNER_DATABASE_URL), waits five seconds at most for a lock.
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
    before = current_head(url)
    if before == expected_head():
        click.echo(f"The tables are up to date ({before}).")
        return
    if is_newer(before):
        click.echo(f"The tables are at {before}, newer than this release ({expected_head()}): there is nothing to do.")
        return
    upgrade(url, app_role=settings.app_role)
    click.echo(f"The tables went from {before or 'nothing'} to {current_head(url)}.")


def upgrade(owner_url: str, *, app_role: str = Config.app_role) -> None:
    """Bring a database to the newest migration, as its owner, who grants the serving role what it needs."""
    alembic_command.upgrade(alembic_settings(owner_url, app_role=app_role), "head")


def current_head(url: str) -> str | None:
    """The revision of a database; None when it has no table of ours."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


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
