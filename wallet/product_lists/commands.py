"""`ici import-articles`: a file of article numbers for a list, with a report of each row."""

from pathlib import Path

import click

from app import clock
from app.commands import preparation
from app.errors import Problem
from app.languages import Language
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options, with_progress
from app.ops.imports.tables import TableBroken, read_table
from wallet.product_lists import article_import, lists
from wallet.product_lists.article_import import COLUMNS, REQUIRED, ImportMode


@click.command("import-articles")
@click.argument("file", type=FILE)
@click.option("--list", "code", required=True, help="Code of the list, as `POST /v1/product-lists` named it.")
@click.option(
    "--mode",
    type=click.Choice([str(mode) for mode in ImportMode]),
    default=str(ImportMode.ADD),
    show_default=True,
    help="Whether the articles come to the list, are all that it has, or leave it.",
)
@options
def import_articles(
    file: Path,
    code: str,
    mode: str,
    brand: str,
    dry_run: bool,
    report_file: Path | None,
    quiet: bool,
    language: Language,
) -> None:
    """Put the articles of a file on a product list, or take them off, from now on.

    \b
    CSV with a column of GTINs (gtin, ean, upc, gencod, code-barres), of 8, 12, 13 or 14 digits. Each row is
    accepted, corrected (zeros that a spreadsheet took), refused (what, and why) or unchanged. All of it holds
    from one instant on; with --mode replace nothing leaves the list where a row was refused. The same file
    again changes nothing. The last line counts: accepted A, corrected C, refused R, unchanged U.
    Example: ici import-articles wines.csv --brand demo --list wines --mode replace --quiet
    """
    preparation.connect()
    try:
        with lines_to(report_file) as lines, dry(dry_run):
            printer, now = Printer(language, quiet=quiet, lines=lines), clock.now()
            found = lists.list_to_change(brand_id=preparation.brand_named(brand).id, code=code)
            rows = with_progress(read_table(file, columns=COLUMNS, required=REQUIRED))
            changes, summary = article_import.import_articles(
                found, rows, mode=ImportMode(mode), report=printer, dry_run=dry_run, now=now
            )
            if any(changes):
                lists.note_change(found, changes, by=None, now=now)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    except Problem as refused:
        raise click.ClickException(refused.title.say(language, refused.facts)) from refused
    printer.conclude(summary, dry_run=dry_run)
