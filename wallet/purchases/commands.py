"""`ici import-purchases`: a file of receipts, with a report of each."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from app import clock
from app.commands import preparation
from app.languages import Language
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options
from app.ops.imports.tables import TableBroken
from app.sql import db
from wallet.purchases.csv_rows import ReceiptReader
from wallet.purchases.purchase_import import import_purchases as import_receipts
from wallet.purchases.rows import GivenReceipt

SAID_EVERY_S = 5.0


@click.command("import-purchases")
@click.argument("file", type=FILE)
@options
def import_purchases(
    file: Path, brand: str, dry_run: bool, report_file: Path | None, quiet: bool, language: Language
) -> None:
    """Load what members bought from CSV: one row for each line, those of a receipt one after the other.

    \b
    Each receipt is accepted, corrected (what, and why), refused (what, and why) or unchanged; a faulty line
    refuses its receipt. Written in batches: a run that was cut off is simply run again. The same file twice
    changes nothing. The last line counts: accepted A, corrected C, refused R, unchanged U.
    CSV columns: card or member, store, channel, terminal, receipt, bought_at, currency, tax_included, gtin,
    sku, label, category, quantity, gross_minor, promotion_minor (or gross, promotion), tax_percent.
    Other columns are left at the door.
    Example: ici import-purchases receipts.csv --brand demo --quiet
    """
    preparation.connect()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            summary = _run(ReceiptReader(file), brand, dry_run, printer)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    printer.conclude(summary, dry_run=dry_run)


def _run(reader: ReceiptReader, code: str, dry_run: bool, printer: Printer) -> Summary:
    with db.system_transaction():
        brand_id = preparation.brand_named(code).id
    summary = import_receipts(
        brand_id=brand_id,
        receipts=_with_progress(reader),
        now=clock.now(),
        report=printer,
        transaction=lambda: dry(dry_run),
    )
    summary.dropped.update(reader.dropped)
    return summary


def _with_progress(reader: ReceiptReader) -> Iterator[GivenReceipt]:
    """The receipts, with the pace of their rows on stderr."""
    started = said = time.monotonic()
    for receipt in reader.receipts():
        yield receipt
        now = time.monotonic()
        if now - said >= SAID_EVERY_S:
            said = now
            click.echo(f"{reader.rows} rows, {reader.rows / (now - started):.0f} rows/s", err=True)
    took = max(time.monotonic() - started, 0.001)
    click.echo(f"{reader.rows} rows, {took:.1f} s, {reader.rows / took:.0f} rows/s", file=sys.stderr)
