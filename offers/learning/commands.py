"""`ici relearn`: what was learnt of members is learnt again from what is kept."""

import uuid

import click

from app import clock
from app.commands import preparation
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
