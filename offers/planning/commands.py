"""Commands of this room."""

import time

import click

from app import clock
from app.commands import preparation
from app.sql import db


@click.group("read-model")
def read_model() -> None:
    """The prepared tables that "offers near me" reads."""


@read_model.command("rebuild")
def rebuild() -> None:
    """Write the tables of live offers anew, from the offers and the stores.

    \b
    They are kept right by every change; use it after a restore, or in doubt. Readers are not stopped.
    Example: ici read-model rebuild
    """
    from offers.planning.read_model.rebuild import (
        rebuild_read_model,  # loads the room, which `--help` need not wait for
    )

    preparation.connect()
    started = time.monotonic()
    with db.system_transaction():
        offers = rebuild_read_model(now=clock.now())
    click.echo(f"{offers} live offers written in {time.monotonic() - started:.1f} s.")
