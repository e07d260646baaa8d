"""The systems of others that members' data goes to: an operator makes them, enables them, and looks at them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from app import clock
from app.accounts.brands import find_brand
from app.accounts.errors import BrandUnknown
from app.commands import preparation
from app.messages import sinks as messages_sinks
from app.messages.errors import SinkProblem
from app.messages.sinks import add_sink, disable_sink, enable_sink, find_sink, secret_of
from app.sql import db

BRAND = click.option("--brand", required=True, help="Code of the brand.")


@click.group(invoke_without_command=True)
@click.pass_context
def sinks(context: click.Context) -> None:
    """Show the systems that are told when a member says no, and what each still owes us; add and enable them.

    \b
    Example: ici sinks
             ici sinks add crm --brand demo --url https://crm.example.org/ici --country FR --purpose partner_offers
             ici sinks enable crm --brand demo --contract DPA-2026-7
    """
    preparation.connect()
    if context.invoked_subcommand is None:
        show()


@contextmanager
def answered(brand: str) -> Iterator[uuid.UUID]:
    """A transaction about one brand, whose refusals end as sentences."""
    try:
        with db.system_transaction():
            yield find_brand(brand).id
    except BrandUnknown:
        raise click.ClickException(f"There is no brand {brand}.") from None
    except SinkProblem as problem:
        raise click.ClickException(str(problem)) from None


def show() -> None:
    """One line for each sink."""
    with db.system_transaction():
        standings = messages_sinks.standings(now=clock.now())
    for each in standings:
        sink = each.sink
        state = "enabled" if sink.enabled_at else "disabled"
        slowest = "" if each.slowest_s is None else f", slowest {each.slowest_s:.0f} s"
        click.echo(
            f"{each.brand}/{sink.code}  {state}  contract {sink.contract_id or 'none'}  {sink.country}  "
            f"bound {sink.bound_s} s: {each.waiting} unconfirmed, {each.late} late{slowest}  {', '.join(sink.purposes)}"
        )


@sinks.command()
@click.argument("code")
@BRAND
@click.option("--url", required=True, help="Where notices are posted: https://…")
@click.option("--country", required=True, help="Where it keeps the data: ISO 3166-1 alpha-2.")
@click.option("--purpose", "purposes", required=True, multiple=True, help="What it is given data for; may be repeated.")
@click.option("--bound-s", default=3600, show_default=True, type=click.IntRange(1), help="How soon it must confirm.")
@click.option("--contract", default=None, help="Id of the processing contract (GDPR article 28).")
def add(code: str, brand: str, contract: str | None, **given: Any) -> None:
    """Make a sink. It is told nothing until it is enabled."""
    with answered(brand) as brand_id:
        sink = add_sink(brand_id=brand_id, code=code, contract_id=contract, now=clock.now(), **given)
    click.echo(f"Sink {code} made. It checks our signatures with this key: {secret_of(sink)}")


@sinks.command()
@click.argument("code")
@BRAND
@click.option("--contract", default=None, help="Id of the processing contract, when it has none yet.")
def enable(code: str, brand: str, contract: str | None) -> None:
    """Tell this sink from now on. Without a contract it is refused."""
    with answered(brand) as brand_id:
        enable_sink(brand_id=brand_id, code=code, contract_id=contract, now=clock.now())
    click.echo(f"Sink {code} is enabled.")


@sinks.command()
@click.argument("code")
@BRAND
def key(code: str, brand: str) -> None:
    """Show the key by which a sink checks our signatures. It changes with ICI_SECRET."""
    with answered(brand) as brand_id:
        secret = secret_of(find_sink(brand_id=brand_id, code=code))
    click.echo(secret)


@sinks.command()
@click.argument("code")
@BRAND
def disable(code: str, brand: str) -> None:
    """Give this sink nothing more; what it must still be told goes to it."""
    with answered(brand) as brand_id:
        disable_sink(brand_id=brand_id, code=code)
    click.echo(f"Sink {code} is disabled.")
