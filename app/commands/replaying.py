"""After a backup was restored."""

import click

from app import clock, db
from app.commands import opening
from app.rights import jobs, replaying


@click.command()
def replay_erasures() -> None:
    """Erase again whom a restored backup brought back. `/readyz` is red until this is done.

    \b
    Reads the notes in ICI_ERASURE_LEDGER (var/erasures.jsonl unless set). Twice changes nothing.
    Example: ici replay-erasures
    """
    opening.connect()
    with db.system_transaction():
        found = replaying.adopt(now=clock.now())
        damaged = replaying.notes().damaged
    finished = 0
    while touched := jobs.finish_erasures(now=clock.now()):
        finished += touched
    click.echo(f"Unknown here: {found}. Finished: {finished}.")
    if damaged:
        raise click.ClickException(f"{damaged} lines of the ledger cannot be verified: is ICI_SECRET the right one?")
