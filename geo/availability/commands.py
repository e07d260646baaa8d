"""`ici import-prices`: a file of prices and stocks by store, with a report of each row."""

from datetime import datetime
from pathlib import Path

import click

from app import clock
from app.commands import preparation
from app.languages import Language
from app.ops.imports.instants import read_instant
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options, with_progress
from app.ops.imports.tables import TableBroken, read_table
from app.sql import db
from geo.availability.price_import import import_prices as import_rows
from geo.availability.price_rows import COLUMNS, REQUIRED


@click.command("import-prices")
@click.argument("file", type=FILE)
@click.option(
    "--as-of", "as_of", metavar="INSTANT", help="When this was so, for rows that do not say: 2026-05-18T06:00."
)
@options
def import_prices(
    file: Path,
    as_of: str | None,
    brand: str,
    dry_run: bool,
    report_file: Path | None,
    quiet: bool,
    language: Language,
) -> None:
    """Load prices and stocks by store from CSV: one row for each store and article.

    \b
    Any separator and encoding; also a local inventory feed of Google Merchant Center. Each row is
    accepted, corrected (what, and why), refused (what, and why) or unchanged; what is older than what is
    known changes nothing. Written in batches: a run that was cut off is simply run again. The last line
    counts: accepted A, corrected C, refused R, unchanged U.
    Columns: store (its reference), gtin or sku, price or price_minor, currency (else the brand's), stock
    or in_stock, as_of (else --as-of), label, category. They are found by their usual names in French and
    English. A row may bring a price, a stock, or both.
    Example: ici import-prices prices.csv --brand demo --as-of 2026-05-18T06:00 --quiet
    """
    preparation.connect()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            summary = _run(file, brand, as_of, dry_run, printer)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    printer.conclude(summary, dry_run=dry_run)


def _run(file: Path, code: str, as_of: str | None, dry_run: bool, printer: Printer) -> Summary:
    with db.system_transaction():
        brand = preparation.brand_named(code)
        brand_id, said_at = brand.id, _instant(as_of, brand.time_zone)
    return import_rows(
        brand_id=brand_id,
        lines=with_progress(read_table(file, columns=COLUMNS, required=REQUIRED)),
        as_of=said_at,
        now=clock.now(),
        report=printer,
        transaction=lambda: dry(dry_run),
    )


def _instant(text: str | None, zone: str) -> datetime | None:
    try:
        return None if text is None else read_instant(text, zone)
    except ValueError as error:
        raise click.BadParameter("it must be an instant such as 2026-05-18T06:00", param_hint="--as-of") from error
