"""Commands of this room."""

import time
import uuid

import click

from app import clock
from app.commands import preparation
from app.errors import Problem
from app.languages import LANGUAGES, Language
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


@click.command("firings")
@click.argument("offer", type=click.UUID)
@click.option("--brand", required=True, help="The code of the brand.")
@click.option("--store", "reference", required=True, help="The brand's own reference of the store.")
@click.option("--live", is_flag=True, help="Of what is live, where a draft waits.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def firings(offer: uuid.UUID, brand: str, reference: str, live: bool, language: Language) -> None:
    """Show the next five firings of an offer at a store, on the clock there, and what changes of the clocks do.

    \b
    Of the draft, where one waits for approval; of what is live else.
    Example: ici firings 0190a1b2-… --brand demo --store gare-du-nord
    """
    from offers.planning.schedules import outlook  # loads the room, which `--help` need not wait for

    preparation.connect()
    with db.system_transaction():
        try:
            found = outlook.foresee_offer(
                brand_id=preparation.brand_named(brand).id,
                offer_id=offer,
                reference=reference,
                live_first=live,
                now=clock.now(),
            )
        except Problem as refusal:
            raise click.ClickException(refusal.title.say(language)) from refusal
    for line in outlook.tell_outlook(found, language=language):
        click.echo(line)
