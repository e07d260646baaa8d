"""After a backup was restored."""

import click

from app import clock
from app.commands import preparation
from app.rights import jobs
from app.rights.erasure import after_restore
from app.sql import db


@click.command()
def replay_erasures() -> None:
    """Erase again whom a restored backup brought back. `/readyz` is red until this is done.

    \b
    Reads the notes in ICI_ERASURE_LEDGER (var/erasures.jsonl unless set). Twice changes nothing.
    Example: ici replay-erasures
    """
    preparation.connect()
    with db.system_transaction():
        found = after_restore.adopt_erasures(now=clock.now())
        damaged = after_restore.notes().damaged
    finished = 0
    while touched := jobs.finish_erasures(now=clock.now()):
        finished += touched
    click.echo(f"Unknown here: {found}. Finished: {finished}.")
    if damaged:
        raise click.ClickException(f"{damaged} lines of the ledger cannot be verified: is ICI_SECRET the right one?")
