"""`ici google`: the account at Google Wallet, what waits to be told, issuers of brands."""

import re
from datetime import datetime

import click

from app import clock
from app.accounts.brands import find_brand
from app.accounts.errors import BrandUnknown
from app.commands import preparation
from app.sql import db
from wallet.google import accounts
from wallet.google import standing as google_standing
from wallet.google.models import GoogleStanding


@click.group()
def google() -> None:
    """Look after passes in Google Wallet: the account, what waits, issuers of brands.

    \b
    Example: ici google status
             ici google issuer 3388000000022000001 --brand demo
    """


@google.command()
def status() -> None:
    """Show the account, how it goes with each issuer, what waits to be told, and what Google does not take.

    Example: ici google status
    """
    preparation.connect()
    known = accounts.access()
    if known is None:
        click.echo("account  none: ICI_GOOGLE_ISSUER and ICI_GOOGLE_KEY_FILE are not set, so it is not offered")
        return
    where = accounts.addresses(known)
    click.echo(f"account  {known.email}, issuer {known.issuer}, at {where.api}")
    click.echo(f"callbacks  {where.callback or 'none: ICI_PUBLIC_URL is not https, so Google cannot reach us'}")
    with db.system_transaction():
        health = google_standing.read_health()
    for each in health.issuers:
        click.echo(f"issuer {each.issuer}  last taken {_at(each.told_at)}, last failure {_failure(each)}")
    since = f", the oldest since {_at(health.oldest_at)}" if health.waiting else ""
    click.echo(f"passes  {health.held} in wallets; {health.waiting} to tell{since}; {health.refused} refused")
    click.echo(f"to end  {health.farewells} objects of passes that are gone here")


@google.command()
@click.argument("issuer", required=False)
@click.option("--brand", required=True, help="Code of the brand.")
@click.option("--none", "no_issuer", is_flag=True, help="The installation's again.")
def issuer(issuer: str | None, brand: str, no_issuer: bool) -> None:
    """Give a brand an issuer account of its own, in which the service account is a developer.

    \b
    It is for passes that members add from now on: what is at Google does not move.
    Example: ici google issuer 3388000000022000001 --brand demo
    """
    if (issuer is None) != no_issuer or (issuer is not None and not re.fullmatch(r"\d{5,25}", issuer)):
        raise click.UsageError("Name the number of an issuer account, or --none.")
    preparation.connect()
    try:
        with db.system_transaction():
            accounts.name_issuer(brand_id=find_brand(brand).id, issuer=issuer)
    except BrandUnknown:
        raise click.ClickException(f"There is no brand {brand}.") from None
    click.echo(f"{brand}: {issuer or 'the issuer of the installation'}, from now on.")


def _at(instant: datetime | None) -> str:
    return "never" if instant is None else clock.write_instant(instant)


def _failure(each: GoogleStanding) -> str:
    return "never" if each.failed_at is None else f"{_at(each.failed_at)} ({each.error})"
