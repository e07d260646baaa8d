"""`ici set-dwell-time`: after how long somebody is taken to stay in a store."""

import uuid

import click

from app import clock
from app.accounts.queries import brand_with_code
from app.commands import preparation
from app.sql import db
from geo.presence import dwell_times


@click.command("set-dwell-time")
@click.option("--brand", "code", required=True, help="Code of the brand.")
@click.option("--store", type=click.UUID, help="Id of one store; all of the brand's when left out.")
@click.option("--minutes", required=True, type=click.IntRange(1, 720), help="From the entry on.")
def set_dwell_time(code: str, store: uuid.UUID | None, minutes: int) -> None:
    """Say after how many minutes in a store a visit is a stay, which can bring an offer once.

    \b
    A store's own time goes before that of its brand; without either it is 5 minutes.
    Example: ici set-dwell-time --brand demo --minutes 10
    """
    preparation.connect()
    with db.system_transaction():
        brand = db.first(brand_with_code(code))
        if brand is None:
            raise click.ClickException(f'There is no brand "{code}".')
        dwell_times.set_dwell_time(brand_id=brand.id, store_id=store, minutes=minutes, now=clock.now())
    where = "in all its stores" if store is None else "in this store"
    click.echo(f"A visit is a stay after {minutes} minutes {where}.")
