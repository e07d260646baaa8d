"""Commands of this room."""

import time
import uuid

import click

from app import clock, db
from app.accounts.queries import brand_with_code
from app.commands import opening

EVERY_S = 5.0
"""Seconds between two lines of progress."""


@click.command()
@click.option("--brand", "code", required=True, help="Code of the brand.")
def award_purchases(code: str) -> None:
    """Count the points of purchases that were not counted yet, the oldest first.

    \b
    Each by the version of the programme in force when it was bought. A member at a time; whoever stops it loses
    nothing, and a second run goes on. The job does the same every minute.
    Example: ici award-purchases --brand demo
    """
    from wallet.programmes import jobs  # loads the room, which `--help` need not wait for

    opening.connect()
    brand_id, started = _brand_id(code), time.monotonic()
    purchases, said = 0, started
    for some in jobs.award_brand(brand_id=brand_id, now=clock.now()):
        purchases += some
        if time.monotonic() - said >= EVERY_S:
            said = time.monotonic()
            click.echo(f"{purchases} purchases counted, {purchases / (said - started):.0f} a second.")
    click.echo(f"{purchases} purchases counted in {time.monotonic() - started:.1f} s.")


def _brand_id(code: str) -> uuid.UUID:
    with db.system_transaction():
        brand = db.first(brand_with_code(code))
    if brand is None:
        raise click.ClickException(f'There is no brand "{code}".')
    return brand.id
