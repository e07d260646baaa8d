"""Commands about the private database: it is started, filled, stopped, erased."""

import io
import os
import secrets
from contextlib import redirect_stderr
from pathlib import Path

import click

from app import clock
from app.carriers.channels import MAILBOX
from app.commands import preparation
from app.ops.database.cluster import Cluster
from app.ops.notebook import LEDGER
from app.ops.own_name import spell_commands
from app.settings import ENV_FILE, read_env_file
from app.sql import db


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
    cluster = preparation.private_cluster()
    if not cluster.status().version:
        click.echo("Making a private PostgreSQL…")
    cluster.start()
    cluster.ensure_database(preparation.DATABASE)
    file = write_settings(cluster)
    click.echo(f"The private database runs; its settings are in {file}.")


def write_settings(cluster: Cluster) -> Path:
    """Write `var/ici.env` for its owner's eyes only. A secret that exists is kept, or every token would die."""
    file = preparation.var_folder() / ENV_FILE
    with cluster.server.locked():  # two who begin at once must not have a secret each
        lines = {"ICI_SECRET": secrets.token_hex(32)} | read_env_file(file)
        lines["ICI_DATABASE_URL"] = cluster.url("app", preparation.DATABASE)
        lines["ICI_OWNER_DATABASE_URL"] = cluster.url("owner", preparation.DATABASE)
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
            opened.write("# Written by `ici up`; lines you add are kept.\n")
            opened.writelines(f"{name}={value}\n" for name, value in lines.items())
        fresh.replace(file)
    return file


@click.command()
@click.option("--all", "every", is_flag=True, help="Also the databases of the tests and benches.")
def down(every: bool) -> None:
    """Stop the private database. Nothing is lost.

    Example: ici down
    """
    stopped = preparation.private_cluster().stop()
    click.echo("The private database is stopped." if stopped else "The private database was not running.")
    for cluster in preparation.every_cluster() if every else ():
        if cluster.stop():
            click.echo(f"{cluster.folder} is stopped.")


@click.command()
@click.option("--all", "every", is_flag=True, help="Also the databases of the tests and benches.")
@click.confirmation_option(prompt="Erase the private database with everything in it?")
def erase(every: bool) -> None:
    """Erase the private database with everything in it, its settings and its notes of erasures.

    \b
    Under a closed home, its files are below /var/lib/ici: `ici erase --all` before you delete the project removes them.
    Example: ici erase --yes
    """
    for cluster in preparation.every_cluster() if every else [preparation.private_cluster()]:
        cluster.destroy()
    for name in (ENV_FILE, MAILBOX, LEDGER):
        (preparation.var_folder() / name).unlink(missing_ok=True)
    click.echo("The private database is erased.")


@click.command()
def seed() -> None:
    """Load the demo brand, with shops in Paris and offers in different states. Twice changes nothing.

    Example: ici seed
    """
    preparation.connect()
    for line in seed_database():
        click.echo(spell_commands(line))


def seed_database(url: str | None = None) -> list[str]:
    """Load the demo brand; the lines say who can sign in and what to try at `url`."""
    from app.demo import seed_demo  # knows every room, which the other commands need not wait for

    # What its verbs log is news in production; here it would hide the lines that a person waits for.
    with redirect_stderr(io.TextIOWrapper(io.BytesIO())), db.system_transaction():
        return seed_demo(now=clock.now(), url=url)
