"""`ici print-gift-cards`: gift cards that a brand gives away or sells by itself."""

from pathlib import Path

import click

from app import clock
from app.commands import preparation
from app.ops.imports.reports import with_progress, write_secret_table
from app.sql import db
from wallet.gift_cards import issuance
from wallet.gift_cards.errors import GiftCardReferenceReused

MOST_CARDS = 100_000
"""Of one batch."""


@click.command("print-gift-cards")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--brand", required=True, help="Code of the brand.")
@click.option("--batch", required=True, help="A name of your own for these cards.")
@click.option("--count", type=click.IntRange(1, MOST_CARDS), required=True, help="How many cards the batch has.")
@click.option("--amount-minor", type=click.IntRange(1, 10_000_000), required=True, help="What each is worth, in cents.")
@click.option("--valid-months", type=click.IntRange(1, 120), help="For how long; for ever unless said.")
def print_gift_cards(
    file: Path, brand: str, batch: str, count: int, amount_minor: int, valid_months: int | None
) -> None:
    """Make gift cards, each worth its amount from now on.

    \b
    The file has a line for each: its code and its last characters. Whoever reads it can spend them, and only you
    can. No code is kept; the same batch again writes the same file, and a larger --count makes the batch grow.
    Example: ici print-gift-cards xmas.csv --brand demo --batch xmas --count 50 --amount-minor 2500 --valid-months 12
    """
    preparation.connect()
    try:
        with db.system_transaction():
            made = issuance.print_gift_cards(
                brand_id=preparation.brand_named(brand).id,
                batch=batch,
                count=count,
                amount_minor=amount_minor,
                valid_months=valid_months,
                now=clock.now(),
            )
            rows = ((one.code, one.card.ending) for one in with_progress(made))
            written = write_secret_table(file, ("code", "ending"), rows)
    except GiftCardReferenceReused as error:
        raise click.ClickException(f"Batch {batch} has cards of another amount.") from error
    click.echo(f"{written} gift cards of batch {batch} in {file.name}.")
