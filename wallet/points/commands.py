"""Commands of this room."""

import time
import uuid
from itertools import islice
from pathlib import Path

import click

from app import clock
from app.accounts.queries import brand_with_code
from app.commands import preparation
from app.languages import Language
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options, with_progress
from app.ops.imports.tables import TableBroken, read_table
from app.sql import db

MOST_SHOWN = 50
BATCH = 500
"""Rows of one transaction of an import: their members' balances are locked until it ends."""


@click.group("ledger")
def ledger() -> None:
    """The ledger of points: prove it, bring it up to date."""


@ledger.command("verify")
@click.option("--brand", "code", help="Code of one brand; every brand's ledger unless given.")
def verify(code: str | None) -> None:
    """Play every entry again, and compare what it comes to with what is stored.

    \b
    Chains of hashes, sums, lots, allocations, holds, balances, debts that are not allowed. Reads everything
    once and changes nothing; balances wait while theirs is read. Faults go to standard error; then the exit
    code is 1.
    Example: ici ledger verify --brand demo
    """
    from wallet.ledger.proof import replay  # loads the room, which `--help` need not wait for

    preparation.connect()
    started, faults, ledgers, entries, after = time.monotonic(), 0, 0, 0, None
    brand_id = _brand_id(code) if code else None
    while True:
        with db.system_transaction():
            seen = replay.verify_some(after=after, brand_id=brand_id)
        for fault in seen.faults[: max(MOST_SHOWN - faults, 0)]:
            entry = f", entry {fault.entry_id}" if fault.entry_id else ""
            click.echo(f"{fault.what}: member {fault.member_id}, currency {fault.currency_id}{entry}", err=True)
        faults, ledgers, entries = faults + len(seen.faults), ledgers + seen.ledgers, entries + seen.entries
        after = seen.after
        if after is None:
            break
    said = f"{entries} entries in {ledgers} ledgers, {time.monotonic() - started:.1f} s."
    if faults:
        raise click.ClickException(f"{faults} faults. {said}")
    click.echo(f"The ledger holds. {said}")


@ledger.command("settle")
def settle() -> None:
    """Post what is due by now: holds that ended, points that waited, points that expired.

    \b
    The job does it every few minutes, and whoever touches a balance does it for that balance.
    Example: ici ledger settle
    """
    from wallet.points import jobs

    preparation.connect()
    click.echo(f"{jobs.settle_points(now=clock.now())} balances settled.")


@click.command("import-balances")
@click.argument("file", type=FILE)
@options
def import_balances(
    file: Path, brand: str, dry_run: bool, report_file: Path | None, quiet: bool, language: Language
) -> None:
    """Bring the points that members earned elsewhere, each row as a lot with its own age and end.

    \b
    CSV columns: number or card, points (both needed); currency (may be left out if there is one), earned and
    expires (2024-05-18, a day is good to its end), reference. Without an end the currency's own rule counts from
    the age. A reference makes a row known for ever; give one if a member has two lots of the same dates.
    The same file twice changes nothing. The last line counts: accepted A, corrected 0, refused R, unchanged U.
    Example: ici import-balances balances.csv --brand demo --dry-run
    """
    from wallet.points.balance_import import COLUMNS, REQUIRED
    from wallet.points.balance_import import import_balances as take

    preparation.connect()
    summary = Summary()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            rows = with_progress(read_table(file, columns=COLUMNS, required=REQUIRED))
            while some := list(islice(rows, BATCH)):
                with dry(dry_run):
                    summary.add(take(brand=preparation.brand_named(brand), lines=some, now=clock.now(), report=printer))
                summary.dropped.update(name for line in some for name in line.strange)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    printer.conclude(summary, dry_run=dry_run)


def _brand_id(code: str) -> uuid.UUID:
    with db.system_transaction():
        brand = db.first(brand_with_code(code))
    if brand is None:
        raise click.ClickException(f'There is no brand "{code}".')
    return brand.id
