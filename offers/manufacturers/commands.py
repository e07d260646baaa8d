"""`ici clearing`: what issuers of coupons owe for a month, in files."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import click
import orjson

from app import clock
from app.commands import preparation
from app.errors import Problem
from app.languages import Money
from app.sql import db
from offers.manufacturers.clearing import contents, months


@click.command("clearing")
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--brand", required=True, help="Code of the brand.")
@click.option("--month", type=click.DateTime(["%Y-%m"]), required=True, help="The month to close: 2026-11.")
@click.option("--issuer", help="Code of one issuer; without it all who owe something.")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
def clearing(folder: Path, brand: str, month: datetime, issuer: str | None, kind: Literal["csv", "json"]) -> None:
    """Close a month of manufacturers' coupons and write one file for each issuer into a folder.

    \b
    A file is numbered and closed once it is made: what comes in later is in the file of the next month. The command
    again writes what was made. Each is named by its number, issuer and month.
    Example: ici clearing bills/ --brand demo --month 2026-11
    """
    preparation.connect()
    with db.system_transaction():
        brand_id = preparation.brand_named(brand).id
        codes = [issuer] if issuer else months.issuers_of_month(brand_id=brand_id, month=month.date())
    for code in codes:
        try:
            with db.system_transaction():
                made = months.make_clearing(brand_id=brand_id, issuer=code, month=month.date(), now=clock.now())
                file, entries = months.read_clearing(brand_id=brand_id, clearing_id=made.id)
        except Problem as refusal:
            raise click.ClickException(refusal.title.say("en", refusal.facts)) from refusal
        name = f"{file.number:06}-{code}-{month:%Y-%m}.{kind}"
        text = contents.write_csv(file, entries) if kind == "csv" else _json(contents.tell_clearing(file, entries))
        (folder / name).write_text(text, encoding="utf-8", newline="")
        total = Money(file.total_minor, file.currency).spoken("en")
        click.echo(f"{name}: {file.uses} uses, {file.corrections} corrections, {total}.")
    if not codes:
        click.echo("No issuer owes anything for this month.")


def _json(told: object) -> str:
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
