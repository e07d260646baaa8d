"""`ici audit-log`: has anybody rewritten what members said, or the log that proves it?"""

import json
import operator
from pathlib import Path
from typing import Any

import click

from app import canonical
from app.commands import preparation
from app.receipts import audit
from app.sql import db


@click.command("audit-log")
@click.option(
    "--checkpoint",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept elsewhere: the log must still begin with it.",
)
def audit_log(kept: Path | None) -> None:
    """Compare every permission event with its receipt, its entry in the log and the signed checkpoints.

    \b
    Reads everything once. Keep checkpoints outside of this machine: only they tell a log that was made anew.
    Example: curl -s https://…/v1/log/checkpoint > kept.json; ici audit-log --checkpoint kept.json
    """
    checkpoint = None if kept is None else checkpoint_in(kept)
    preparation.connect()
    with db.system_transaction():
        findings = audit.audit_ledger()
        same = checkpoint is None or audit.keeps(checkpoint)
    for finding in findings:
        click.echo(f"{finding.rows} {finding.what}", err=True)
    if not same:
        click.echo("The log is not the one of the checkpoint that was kept.", err=True)
    if findings or not same:
        raise click.ClickException("Something was rewritten.")
    click.echo("Events, receipts, log and checkpoints agree.")


def checkpoint_in(file: Path) -> dict[str, Any]:
    """The size and the root of the log that somebody kept."""
    try:
        found = json.loads(file.read_bytes())
        canonical.read_hex(found["root"], size=32)
        return {"tree_size": operator.index(found["tree_size"]), "root": found["root"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise click.ClickException("--checkpoint takes a file saved from /v1/log/checkpoint.") from error
