"""Permissions by command: a table of them from another system, and a new wording of a purpose."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import click

from app import clock
from app.commands import preparation
from app.errors import Problem
from app.sql import db

LINES_AT_ONCE = 100  # each member among them is locked until they are written
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class _DryRun(Exception):
    """Leaves the transaction so that it rolls back."""


@click.command("import-permissions")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Judge every line, write nothing.")
def import_permissions(file: Path, dry_run: bool) -> None:
    """Take permissions from a CSV file of another system.

    \b
    Columns: brand, email or phone, touchpoint, purpose, level; for a purpose that passes data on, recipient.
    Proof:   given_at, text_sha256, locale, channel, screen_id, app_version, method.
    Without all of its proof a line becomes `unknown`, which permits nothing. No line raises what a member answered
    here; a level `none` is a no, and always taken.
    Example: ici import-permissions old.csv --dry-run
    """
    from app.consent.permission_import import import_permissions as take

    preparation.connect()
    counted: Counter[str] = Counter()
    number = 1  # the first line holds the names
    for lines in _batches(file):
        try:
            with db.system_transaction():
                for outcome in take(lines, first=number + 1, now=clock.now()):
                    counted[outcome.became] += 1
                    click.echo(f"line {outcome.line}: {outcome.became}")
                if dry_run:
                    raise _DryRun
        except _DryRun:
            pass  # what is known is counted; nothing was written
        number += len(lines)
    for became, how_many in sorted(counted.items()):
        click.echo(f"{became}: {how_many}")
    if dry_run:
        click.echo("Dry run: nothing was written.")


@click.command("publish-text")
@click.argument("purpose")
@click.option("--fr", type=FILE, required=True, help="The French words, in UTF-8.")
@click.option("--en", type=FILE, required=True, help="The English words, in UTF-8.")
@click.option("--material/--editorial", required=True, help="Does it change what members agree to?")
@click.option("--from", "starts", help="When it is shown first, ISO 8601 with its offset; now unless given.")
def publish_text(purpose: str, fr: Path, en: Path, material: bool, starts: str | None) -> None:
    """Publish the next version of a purpose's words, in both languages.

    \b
    A material version makes permissions given on earlier words rest until they are given again.
    Example: ici publish-text birthday_treat --fr fr.txt --en en.txt --editorial
    """
    from app.consent.registry.texts import publish_text as publish

    preparation.connect()
    now = clock.now()
    texts = {"fr": fr.read_text(encoding="utf-8").strip(), "en": en.read_text(encoding="utf-8").strip()}
    published_at = datetime.fromisoformat(starts) if starts else now
    try:
        with db.system_transaction():
            version = publish(purpose=purpose, texts=texts, material=material, published_at=published_at, now=now)
    except Problem as problem:
        raise click.ClickException(problem.title.say("en", problem.facts)) from problem
    click.echo(f"{purpose}: version {version}, {'material' if material else 'editorial'}, from {published_at}")


def _batches(file: Path) -> Iterator[Sequence[Mapping[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        while lines := list(islice(reader, LINES_AT_ONCE)):
            yield lines
