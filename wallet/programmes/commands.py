"""Commands of this room."""

import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from app import clock
from app.accounts.queries import brand_with_code
from app.commands import preparation
from app.sql import db

if TYPE_CHECKING:
    from wallet.programmes.simulation import Result

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

    preparation.connect()
    brand_id, started = _brand_id(code), time.monotonic()
    purchases, said = 0, started
    for some in jobs.award_brand(brand_id=brand_id, now=clock.now()):
        purchases += some
        if time.monotonic() - said >= EVERY_S:
            said = time.monotonic()
            click.echo(f"{purchases} purchases counted, {purchases / (said - started):.0f} a second.")
    click.echo(f"{purchases} purchases counted in {time.monotonic() - started:.1f} s.")


@click.command()
@click.option("--brand", "code", required=True, help="Code of the brand.")
@click.option("--version", type=int, required=True, help="Number of the version to try: a draft, or any other.")
@click.option("--days", type=click.IntRange(1, 730), default=90, show_default=True, help="How far back.")
@click.option("--most", type=click.IntRange(1, 200_000), default=50_000, show_default=True, help="Purchases.")
def simulate_programme(code: str, version: int, days: int, most: int) -> None:
    """Try a version of the rules on what was bought, beside the one in force. Changes nothing.

    \b
    Points by rule, how often it held, and what its caps kept. Both versions begin from nothing.
    Example: ici simulate-programme --brand demo --version 2 --days 30
    """
    from wallet.programmes import simulation
    from wallet.programmes.errors import ProgrammeUnknown

    preparation.connect()
    brand_id, now = _brand_id(code), clock.now()
    try:
        with db.system_transaction():
            since = now - timedelta(days=days)
            found = simulation.simulate_version(
                brand_id=brand_id, version=version, since=since, until=now, now=now, most=most
            )
    except ProgrammeUnknown:
        raise click.ClickException(f'"{code}" has no version {version}.') from None
    click.echo(f"{found.purchases} purchases of {found.members} members in {days} days.")
    if not found.complete:
        click.echo("There are more: raise --most.")
    if found.foreign:
        click.echo(f"{found.foreign} in another currency earn nothing.")
    for result in (found.draft, found.live):
        if result is not None:
            _say(result, tried=result is found.draft)


def _say(result: "Result", *, tried: bool) -> None:
    click.echo(f"\nVersion {result.version}{'' if tried else ', in force'}: {sum(result.points.values())} points.")
    for rule, points in result.by_rule.most_common():
        click.echo(f"  {rule:<24} {points:>12} points  {result.awards[rule]:>8} times  {result.cut[rule]:>8} cut")


def _brand_id(code: str) -> uuid.UUID:
    with db.system_transaction():
        brand = db.first(brand_with_code(code))
    if brand is None:
        raise click.ClickException(f'There is no brand "{code}".')
    return brand.id
