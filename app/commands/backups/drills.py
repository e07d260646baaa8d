"""The drill of a restore: yesterday's backup comes back aside, and what people refused since then still holds."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import make_url

from app import config
from app.commands import preparation
from app.commands.preparation import DATABASE
from app.config import Config
from app.ops import notebook
from app.ops.database.cluster import Cluster
from app.ops.database.postgres import find_programs
from app.settings import ENV_FILE, read_env_file

STEPS = (
    ("migrate",),
    ("replay-erasures",),
    ("replay-noes",),
    ("read-model", "rebuild"),
    ("ledger", "verify"),
    ("audit-log",),
)
"""What an operator does after a restore, and what tells that it worked: each ends with 0 only when it holds."""

OWN = frozenset({"ICI_DATABASE_URL", "ICI_OWNER_DATABASE_URL", "ICI_ERASURE_LEDGER", "ICI_VAR"})
"""Settings that a drill has of its own."""


@click.command("drill-restore")
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def drill_restore(backup: Path) -> None:
    """Restore a backup (pg_dump -Fc) into a database made for it, do what has to follow, and say whether all holds.

    \b
    Nothing of yours is touched: the database is a private one, the file of noes and erasures a copy. It needs the
    settings of the server, and PostgreSQL with PostGIS on this machine.
    Example: ici drill-restore /srv/backups/ici.dump
    """
    settings = Config.load()
    config.use_config(settings)
    folder = preparation.var_folder() / f"drill-{os.getpid()}"
    with scratch_cluster(folder) as cluster:
        started = time.monotonic()
        addresses = restore_backup(backup, cluster=cluster, app_role=settings.app_role)
        report_step("restore", f"{backup} is in a private database.", since=started)
        environment = drill_environment(settings, addresses, folder=folder)
        for words in STEPS:
            started = time.monotonic()
            report_step(" ".join(words), run_step(words, environment), since=started)
    click.echo("The drill succeeded: erased members stay erased, and noes stay noes.")


@contextmanager
def scratch_cluster(folder: Path) -> Iterator[Cluster]:
    """A private cluster that is gone afterwards, whatever happens."""
    cluster = Cluster(folder, durable=False)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.destroy()


def restore_backup(backup: Path, *, cluster: Cluster, app_role: str) -> dict[str, str]:
    """Fill a database from the backup; return its addresses by setting. Raises `click.ClickException`.

    The backup names the roles that it was made with, so those of the cluster take their names.
    """
    owner = owner_in(run_program("pg_restore", "--list", str(backup)))
    cluster.create_database(DATABASE)
    cluster.rename_role("owner", owner)
    cluster.rename_role("app", app_role)
    given = cluster.environment("superuser", DATABASE)
    run_program("pg_restore", "--exit-on-error", "--no-comments", "--dbname", DATABASE, str(backup), **given)
    return {
        "ICI_DATABASE_URL": named_url(cluster.url("app", DATABASE), app_role),
        "ICI_OWNER_DATABASE_URL": named_url(cluster.url("owner", DATABASE), owner),
    }


def owner_in(listing: str) -> str:
    """Who owns the tables of a backup, by its list of contents. Raises `click.ClickException` where none is ours."""
    found = re.search(r"^\d+; .* TABLE public alembic_version (\S+)$", listing, re.MULTILINE)
    if found is None:
        raise click.ClickException("The backup holds none of our tables.")
    return found[1]


def named_url(url: str, role: str) -> str:
    """The address of a database for a role that was renamed."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def run_program(name: str, *arguments: str, **environment: str) -> str:
    """What a program of PostgreSQL prints. Raises `click.ClickException` with what it says when it fails."""
    done = subprocess.run(  # noqa: S603 (a program of PostgreSQL)
        [find_programs().path(name), *arguments],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise click.ClickException(f"The backup cannot be restored ({done.stderr.strip().splitlines()[-1]}).")
    return done.stdout


def drill_environment(settings: Config, addresses: Mapping[str, str], *, folder: Path) -> dict[str, str]:
    """The settings of this installation, but for its database, its folder, and its file of noes, which is copied."""
    kept, copied = notebook.file(), folder / notebook.LEDGER
    if kept.exists():
        shutil.copyfile(kept, copied)
    written = {} if settings.environment == "production" else read_env_file(preparation.var_folder() / ENV_FILE)
    given = {name: value for name, value in (written | os.environ).items() if name.removesuffix("_FILE") not in OWN}
    own = {"ICI_ENV": settings.environment, "ICI_VAR": str(folder), "ICI_ERASURE_LEDGER": str(copied)}
    return {**given, **own, **addresses}


def run_step(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The last line that a command of ours prints. Raises `click.ClickException` when it fails.

    Each is a process of its own, and a fork of one that has loaded what all of them need.
    """
    os.environ["PYTHONSAFEPATH"] = "1"  # a folder `app` where we were started would be taken for ours
    context = get_context("forkserver")
    context.set_forkserver_preload(["app.factory"])
    with TemporaryDirectory() as folder:
        said, wrong = Path(folder) / "said", Path(folder) / "wrong"
        step = context.Process(target=be_command, args=(tuple(words), dict(environment), said, wrong))
        step.start()
        step.join()
        if step.exitcode:
            told = wrong.read_text(encoding="utf-8").strip()[-1000:] if wrong.exists() else f"exit code {step.exitcode}"
            raise click.ClickException(f"The drill failed at `ici {' '.join(words)}`: {told}")
        return said.read_text(encoding="utf-8").strip().rpartition("\n")[2]


def be_command(words: Sequence[str], environment: Mapping[str, str], said: Path, wrong: Path) -> None:
    """Become a command of ours, with this environment and these files instead of a terminal."""
    os.environ.clear()
    os.environ.update(environment)
    for file, descriptor in ((said, 1), (wrong, 2)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    sys.argv = ["ici", *words]
    runpy.run_module("app.cli", run_name="__main__", alter_sys=True)


def report_step(what: str, said: str, *, since: float) -> None:
    """A line about a step: how long it took, what it says."""
    click.echo(f"{time.monotonic() - since:7.1f} s  {what}: {said}")
