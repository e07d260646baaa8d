"""Commands of deciding: `ici decisions replay` makes decisions again, by the same policy or by another one."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import clock
from app.commands import preparation
from app.ops.imports.reports import FILE
from app.sql import db

if TYPE_CHECKING:
    from offers.deciding.factors import Weights
    from offers.deciding.replays.estimates import Trial

SHOWN_DIFFERENT = 20


@click.group()
def decisions() -> None:
    """What was shown to whom, and why."""


@decisions.command("replay")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), required=True, help="UTC, included")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="UTC, excluded; now unless given")
@click.option("--policy", type=FILE, help="a JSON file with other weights, in hundredths")
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True, help="until when a claim counts")
@click.pass_context
def replay(context: click.Context, since: datetime, until: datetime | None, policy: Path | None, days: int) -> None:
    """Make the decisions of a time again from what is kept of them.

    \b
    They must come out the same to the last bit: exit code 1 and their ids if any does not.
    With --policy: how many would be led or ordered otherwise, and how often what leads would be
    taken, estimated from how likely each was to lead; not told where that rests on too little.
    The file holds what PUT /v1/ranking-policy takes: {"weights": {"affinity": 150}}.
    Example: ici decisions replay --since 2026-11-27 --policy bolder.json
    """
    from offers.deciding.replays.estimates import estimate_uptake
    from offers.deciding.replays.replays import replay_decisions  # loads the room, which `--help` need not wait for

    other = None if policy is None else _weights(policy)
    preparation.connect()
    end = clock.now() if until is None else clock.instant_of(until, "UTC")
    count = leads = orders = 0
    different: list[str] = []
    trials: list[Trial] = []
    with db.system_transaction():
        start = clock.instant_of(since, "UTC")
        for one in replay_decisions(since=start, until=end, other=other, within=timedelta(days=days)):
            count, leads, orders = count + 1, leads + one.leads_else, orders + one.ordered_else
            trials += one.trials
            if not one.same:
                different.append(str(one.decision_id))
    click.echo(f"{count} decisions made again, {len(different)} came out otherwise.")
    for decision_id in different[:SHOWN_DIFFERENT]:
        click.echo(f"  {decision_id}")
    if other is not None:
        click.echo(f"By the other weights {leads} would be led by another offer, {orders} ordered otherwise.")
        said = estimate_uptake(trials)
        if said.refused is not None:
            click.echo(f"No estimate of what that would bring: {said.refused}.")
        else:
            click.echo(
                f"Of {said.trials} leaders {said.was:.2%} were taken within {days} days; by the other weights"
                f" {said.would_be:.2%} would be ({said.least:.2%} to {said.most:.2%}, effective sample"
                f" {said.sample:.0f})."
            )
    context.exit(1 if different else 0)


def _weights(policy: Path) -> "Weights":
    from offers.deciding.factors import BOUNDS, Weights

    try:
        said = json.loads(policy.read_text(encoding="utf-8"))["weights"]
        wrong = [name for name, value in said.items() if not BOUNDS[name][0] <= value <= BOUNDS[name][1]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.ClickException(f"No weights in {policy}: {error!r}.") from error
    if wrong:
        bounds = ", ".join(f"{name} {BOUNDS[name][0]} to {BOUNDS[name][1]}" for name in wrong)
        raise click.ClickException(f"Out of bounds: {bounds}.")
    return Weights(**said)
