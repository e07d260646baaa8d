"""Permissions by command: a table of them from another system, and a new wording of a purpose."""

from datetime import datetime
from itertools import islice
from pathlib import Path

import click

from app import clock
from app.commands import preparation
from app.errors import Problem
from app.languages import Language
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options_of_report, with_progress
from app.ops.imports.tables import TableBroken, read_table
from app.sql import db

LINES_AT_ONCE = 100
"""Rows of one transaction: each member among them is locked until they are written."""


@click.command("import-permissions")
@click.argument("file", type=FILE)
@options_of_report
def import_permissions(file: Path, dry_run: bool, report_file: Path | None, quiet: bool, language: Language) -> None:
    """Take permissions from a CSV file of another system.

    \b
    Columns: brand, email or phone, touchpoint, purpose, level; for a purpose that passes data on, recipient.
    Proof:   given_at, text_sha256, locale, channel, screen_id, app_version, method.
    Without all of its proof a row becomes `unknown`, which permits nothing. No row raises what a member answered
    here; a level `none` is a no, and always taken: for every store, and without a recipient to all of them. The
    same file twice changes nothing. The last line counts: accepted A, corrected C, refused R, unchanged U; when
    rows were refused, the command ends with 3.
    Example: ici import-permissions old.csv --dry-run
    """
    from app.consent.permission_import import COLUMNS, REQUIRED
    from app.consent.permission_import import import_permissions as take

    preparation.connect()
    summary = Summary()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            rows = with_progress(read_table(file, columns=COLUMNS, required=REQUIRED))
            while some := list(islice(rows, LINES_AT_ONCE)):
                with dry(dry_run):
                    summary.add(take(some, now=clock.now(), report=printer))
                summary.dropped.update(name for line in some for name in line.strange)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    printer.conclude(summary, dry_run=dry_run)


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
    The words leave these places, which are filled in when they are shown: {brand}, {controller}, {address},
    {contact}, {touchpoint}, {data} (with how long each is kept), {storage}, and {partner} where data are passed on.
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
