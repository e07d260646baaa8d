"""`ici print-codes` and `ici import-codes`: coupons on paper."""

import uuid
from itertools import islice
from pathlib import Path

import click

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
from app.ops.imports.tables import TableBroken, read_table
from app.sql import db
from offers.coupons.paper.codes import COLUMNS, MOST_CODES, REQUIRED
from offers.coupons.paper.codes import import_codes as take
from offers.coupons.paper.codes import print_codes as print_batch
from offers.planning.errors import OfferUnknown
from wallet.passes.codes import FEWEST_GROUPS, GROUPS

BATCH = 1000
"""Rows of one transaction of an import."""

an_offer = click.option("--offer", type=click.UUID, required=True, help="Id of the offer that the codes stand for.")
a_batch = click.option("--batch", required=True, help="A name of your own for these codes.")


@click.command("print-codes")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--brand", required=True, help="Code of the brand whose offer it is.")
@an_offer
@a_batch
@click.option("--count", type=click.IntRange(1, MOST_CODES), required=True, help="How many codes the batch has.")
@click.option(
    "--groups", type=click.IntRange(FEWEST_GROUPS, GROUPS), default=4, show_default=True, help="Of four symbols each."
)
def print_codes(file: Path, brand: str, offer: uuid.UUID, batch: str, count: int, groups: int) -> None:
    """Make codes for paper: each is a coupon of whoever types it first, at a till or in the app.

    \b
    The file has a line for each code. The last symbol of a group is a check, so a wrong one says where it is
    wrong; no code spells a rude word. No code is kept: only you can read the file, and the same batch again
    writes it again. A larger --count makes the batch grow.
    Example: ici print-codes spring.csv --brand demo --offer 0198… --batch spring --count 5000
    """
    preparation.connect()
    try:
        with db.system_transaction():
            codes = print_batch(
                brand_id=preparation.brand_named(brand).id,
                offer_id=offer,
                batch=batch,
                count=count,
                groups=groups,
                now=clock.now(),
            )
            written = write_secret_table(file, ("code",), ((code,) for code in with_progress(codes)))
    except OfferUnknown as error:
        raise click.ClickException(f'Brand "{brand}" has no such offer.') from error
    click.echo(f"{written} codes of batch {batch} in {file.name}.")


@click.command("import-codes")
@click.argument("file", type=FILE)
@an_offer
@a_batch
@options
def import_codes(
    file: Path,
    offer: uuid.UUID,
    batch: str,
    brand: str,
    dry_run: bool,
    report_file: Path | None,
    quiet: bool,
    language: Language,
) -> None:
    """Take codes for paper that somebody else made, in a column `code`.

    \b
    Three to five groups of four symbols, the last of each a check (Algorithm::CouponCode). Codes are kept as
    keyed hashes, and never shown in the report. The same file twice changes nothing. The last line counts:
    accepted A, corrected 0, refused R, unchanged U.
    Example: ici import-codes codes.csv --brand demo --offer 0198… --batch winter --dry-run
    """
    preparation.connect()
    summary = Summary()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            rows = with_progress(read_table(file, columns=COLUMNS, required=REQUIRED))
            while some := list(islice(rows, BATCH)):
                with dry(dry_run):
                    brand_id, now = preparation.brand_named(brand).id, clock.now()
                    summary.add(
                        take(brand_id=brand_id, offer_id=offer, batch=batch, lines=some, now=now, report=printer)
                    )
                summary.dropped.update(name for line in some for name in line.strange)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    except OfferUnknown as error:
        raise click.ClickException(f'Brand "{brand}" has no such offer.') from error
    printer.conclude(summary, dry_run=dry_run)
