"""`ici import-members` and `ici print-cards`: people and cards of a brand, many at once."""

from itertools import islice
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from app import clock
from app.commands import preparation
from app.languages import Language
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import (
    FILE,
    Printer,
    dry,
    lines_to,
    options,
    with_progress,
    write_secret_table,
)
from app.ops.imports.tables import TableBroken, TableLine, read_table
from app.sql import db
from wallet.cards.member_import import import_members as import_rows
from wallet.cards.member_import import language_of
from wallet.cards.printed_cards import MOST_CARDS
from wallet.cards.printed_cards import print_cards as print_batch
from wallet.cards.row_validation import COLUMNS, REQUIRED, check_member

BATCH = 1000
"""Rows of one transaction: what was written stays when a later batch fails, and is unchanged the next time."""


@click.command("import-members")
@click.argument("file", type=FILE)
@options
def import_members(
    file: Path, brand: str, dry_run: bool, report_file: Path | None, quiet: bool, language: Language
) -> None:
    """Bring the members of a brand, each with the brand's own number.

    \b
    CSV columns: number (needed), email or phone, name (for the till), language, joined (2024-05-18).
    An address is proved by the member's first sign-in with it; no permission comes with an import.
    Other columns stay at the door. The same file twice changes nothing; a batch of 1000 rows is written
    together. The last line counts: accepted A, corrected C, refused R, unchanged U.
    Example: ici import-members members.csv --brand demo --dry-run
    """
    preparation.connect()
    summary = Summary()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            rows = with_progress(read_table(file, columns=COLUMNS, required=REQUIRED))
            while some := list(islice(rows, BATCH)):
                summary.add(_batch(some, brand, dry_run, printer))
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    except IntegrityError as error:
        raise click.ClickException("Somebody joined or signed in meanwhile. Run the import again.") from error
    printer.conclude(summary, dry_run=dry_run)


def _batch(lines: list[TableLine], code: str, dry_run: bool, printer: Printer) -> Summary:
    now = clock.now()
    with dry(dry_run):
        brand = preparation.brand_named(code)
        checked = [check_member(line, language=language_of(brand), zone=brand.time_zone, now=now) for line in lines]
        summary = import_rows(brand_id=brand.id, rows=checked, now=now, report=printer)
    summary.dropped.update(name for line in lines for name in line.strange)
    return summary


@click.command("print-cards")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--brand", required=True, help="Code of the brand whose cards they are.")
@click.option("--batch", required=True, help="A name of your own; the same batch again is the same cards.")
@click.option("--count", type=click.IntRange(1, MOST_CARDS), required=True, help="How many cards the batch has.")
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Of the cards.")
def print_cards(file: Path, brand: str, batch: str, count: int, language: Language) -> None:
    """Make cards that nobody has yet, and write what is printed on them.

    \b
    The file has a line for each card: position, code, check. The check goes under a field to scratch: code and
    check together make the card whoever's they are. Only you can read the file; give it to the printer and
    delete it. A larger --count makes the batch grow.
    Example: ici print-cards spring.csv --brand demo --batch spring-2027 --count 5000
    """
    preparation.connect()
    with db.system_transaction():
        cards = print_batch(
            brand_id=preparation.brand_named(brand).id, batch=batch, count=count, language=language, now=clock.now()
        )
        written = write_secret_table(file, ("position", "code", "check"), with_progress(cards))
    click.echo(f"{written} cards of batch {batch} in {file.name}.")
