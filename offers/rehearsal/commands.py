"""`ici rehearse`: play an offer against what members did."""

import time
import uuid
from typing import TYPE_CHECKING

import click

from app import clock
from app.commands import preparation
from app.languages import LANGUAGES, Language
from app.sql import db

if TYPE_CHECKING:
    from offers.rehearsal.rehearsals import Rehearsal

STEPS = {
    "reading": "Reading who came, bought and asked.",
    "playing": "Playing their visits.",
    "pricing": "Pricing their baskets.",
}


@click.command()
@click.argument("offer", type=click.UUID)
@click.option("--brand", "code", required=True, help="Code of the brand.")
@click.option("--version", type=click.IntRange(1), help="Which version: the draft unless it is named.")
@click.option("--days", type=click.IntRange(7, 365), default=90, show_default=True, help="How many days are played.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the sentences.")
def rehearse(offer: uuid.UUID, code: str, version: int | None, days: int, language: Language) -> None:
    """Play an offer against what members did: whom it reaches, its uses and cost, what runs out. Changes nothing.

    \b
    No number is said that fewer than five members stand behind.
    Example: ici rehearse 0190b7c2-93a0-7c53-8d5f-4d1a33e0a1b2 --brand demo --days 60
    """
    from offers.rehearsal import wording  # loads the room, which `--help` need not wait for

    preparation.connect()
    started = time.monotonic()
    card = wording.card(_rehearse(offer, code, version, days), language)
    took = time.monotonic() - started
    click.echo(f"{card['days']} days from {card['first_day']} on, laid {card['weeks']} weeks back, {took:.1f} s.")
    for part in ("figures", "run_outs", "conflicts", "not_known"):
        for one in card[part]:
            click.echo(one["text"])


def _rehearse(offer: uuid.UUID, code: str, version: int | None, days: int) -> "Rehearsal":
    from offers.planning.errors import OfferUnknown
    from offers.planning.review.errors import OfferVersionUnknown
    from offers.rehearsal import rehearsals
    from offers.rehearsal.errors import OfferOnlyGiven

    try:
        with db.system_transaction():
            brand = preparation.brand_named(code)
            return rehearsals.rehearse_offer(
                brand_id=brand.id,
                offer_id=offer,
                version=version,
                days=days,
                now=clock.now(),
                report=lambda step: click.echo(STEPS[step], err=True),
            )
    except (OfferUnknown, OfferVersionUnknown, OfferOnlyGiven) as refusal:
        raise click.ClickException(refusal.title.say("en", refusal.facts)) from None
