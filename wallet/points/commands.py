"""Commands of this room."""

import time
import uuid

import click

from app import clock, db
from app.accounts.queries import brand_with_code
from app.commands import opening

MOST_SHOWN = 50


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
    from wallet.points import verifying  # loads the room, which `--help` need not wait for

    opening.connect()
    started, faults, ledgers, entries, after = time.monotonic(), 0, 0, 0, None
    brand_id = _brand_id(code) if code else None
    while True:
        with db.system_transaction():
            seen = verifying.verify_some(after=after, brand_id=brand_id)
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

    opening.connect()
    click.echo(f"{jobs.settle_points(now=clock.now())} balances settled.")


def _brand_id(code: str) -> uuid.UUID:
    with db.system_transaction():
        brand = db.first(brand_with_code(code))
    if brand is None:
        raise click.ClickException(f'There is no brand "{code}".')
    return brand.id
