"""`ici relearn`, `ici values`: what was learnt of members again, and what all of them will still bring."""

import uuid

import click

from app import clock
from app.accounts.queries import brand_with_code
from app.commands import preparation
from app.languages import Money
from app.sql import db
from offers.learning import lessons


@click.command("relearn")
@click.option("--member", type=click.UUID, help="Id of one member.")
@click.option("--all", "everybody", is_flag=True, help="Every member who permits it.")
def relearn(member: uuid.UUID | None, everybody: bool) -> None:
    """Forget what was learnt and learn it again from the purchases, coupons and decisions that are kept.

    \b
    The counts are the same as before, unless something was wrong with them, or what they counted was deleted.
    Example: ici relearn --member 0198…
    """
    if (member is None) is not everybody:
        raise click.UsageError("Name a --member, or say --all.")
    preparation.connect()
    learnt = lessons.relearn_profiles(member_id=member, now=clock.now())
    click.echo(f"{learnt} profiles were learnt again.")


@click.command("values")
@click.option("--brand", required=True, help="Code of the brand.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How far ahead.")
def values(brand: str, days: int) -> None:
    """Foretell how often members will come, and for how much: all of them together, never one of them.

    \b
    Only of members who permit that offers are chosen from their purchases, and whose first purchase came after their
    card. The job offers.learning.values.refit_values fits the model every day.
    Example: ici values --brand demo --days 90
    """
    from offers.learning.values import brand_values  # loads the room, which `--help` need not wait for

    preparation.connect()
    with db.system_transaction():
        if db.first(brand_with_code(brand)) is None:
            raise click.ClickException(f'There is no brand "{brand}".')
        found = brand_values.forecast_brand(brand=brand, days=days, now=clock.now())
    if found is None:
        click.echo("Too few members permit it, or their purchases determine no forecast yet.")
        return
    money = Money(found.value_minor, found.currency).spoken("en")
    click.echo(f"{found.members} members are expected to come {found.purchases} times in {days} days, for {money}.")
    click.echo(f"{found.top_tenth_percent} % of it by the tenth of them of whom most is expected.")
    click.echo(f"Fitted to {found.fitted_to} members at {found.fitted_at:%Y-%m-%d %H:%M} UTC.")
