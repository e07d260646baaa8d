"""Commands about the database: the private cluster, the migrations, the demo brand."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic import command as alembic_command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import create_engine

from app import clock, db
from app.cluster import Cluster
from app.commands import opening
from app.config import ENV_FILE, Config, ConfigIncomplete, read_env_file
from app.migrations_head import expected_head

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@click.command()
def up() -> None:
    """Start the private database, making it the first time.

    \b
    Its address and passwords go to var/ici.env, which other commands read.
    Example: ici up && ici migrate
    """
    start_database()


def start_database() -> None:
    """Start the cluster, make our database, write the settings that lead to it."""
    cluster = opening.private_cluster()
    if not cluster.status().version:
        click.echo("Making a private PostgreSQL…")
    cluster.start()
    cluster.ensure_database(opening.DATABASE)
    file = write_settings(cluster)
    click.echo(f"The private database runs; its settings are in {file}.")


def write_settings(cluster: Cluster) -> Path:
    """Write `var/ici.env` for its owner's eyes only. A secret that exists is kept, or every token would die."""
    file = opening.var_folder() / ENV_FILE
    lines = {"ICI_SECRET": secrets.token_hex(32)} | read_env_file(file)
    lines["ICI_DATABASE_URL"] = cluster.url("app", opening.DATABASE)
    lines["ICI_OWNER_DATABASE_URL"] = cluster.url("owner", opening.DATABASE)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write("# Written by `ici up`; lines you add are kept.\n")
        opened.writelines(f"{name}={value}\n" for name, value in lines.items())
    fresh.replace(file)
    return file


@click.command()
def down() -> None:
    """Stop the private database. Nothing is lost.

    Example: ici down
    """
    stopped = opening.private_cluster().stop()
    click.echo("The private database is stopped." if stopped else "The private database was not running.")


@click.command()
@click.confirmation_option(prompt="Erase the private database with everything in it?")
def erase() -> None:
    """Erase the private database with everything in it.

    Example: ici erase --yes
    """
    opening.private_cluster().destroy()
    (opening.var_folder() / ENV_FILE).unlink(missing_ok=True)
    click.echo("The private database is erased.")


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
    url = Config.load().owner_database_url
    if url is None:
        raise ConfigIncomplete("ICI_OWNER_DATABASE_URL is missing: migrations run as the owner of the tables.")
    before = current_head(url)
    if before == expected_head():
        click.echo(f"The tables are up to date ({before}).")
        return
    upgrade(url)
    click.echo(f"The tables went from {before or 'nothing'} to {current_head(url)}.")


def upgrade(owner_url: str) -> None:
    """Bring a database to the newest migration, as its owner."""
    alembic_command.upgrade(alembic_settings(owner_url), "head")


def current_head(url: str) -> str | None:
    """The revision of a database; None when it has no table of ours."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def alembic_settings(url: str) -> AlembicConfig:
    """Alembic on this database."""
    settings = AlembicConfig(toml_file=PYPROJECT)
    settings.attributes["url"] = url
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
    with scratch_database() as settings:
        alembic_command.upgrade(settings, "head")
        alembic_command.revision(settings, message=message, autogenerate=True)


@contextmanager
def scratch_database() -> Iterator[AlembicConfig]:
    """An empty database that is gone afterwards; the demo's data is never in the way."""
    cluster = Cluster(opening.var_folder() / f"scratch-{os.getpid()}", durable=False)
    try:
        cluster.start()
        cluster.create_database(opening.DATABASE)
        yield alembic_settings(cluster.url("owner", opening.DATABASE))
    finally:
        cluster.destroy()


@click.command()
def seed() -> None:
    """Load the demo brand, with shops in Paris and offers in different states. Twice changes nothing.

    Example: ici seed
    """
    opening.connect()
    for line in seed_database():
        click.echo(line)


def seed_database() -> list[str]:
    """Load the demo brand; the lines say who can sign in and what to try."""
    from app.demo import seed_demo  # knows every room, which the other commands need not wait for

    with db.system_transaction():
        return seed_demo(now=clock.now())


COMMANDS = (up, down, erase, migrate, migrations, seed)
