"""`ici import-fences`: a file of shapes into the fences of a brand. `ici fences check`: what is doubtful about them."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click
import psycopg

from app import clock
from app.commands import preparation
from app.languages import LANGUAGES, Language
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options, with_progress
from app.ops.imports.tables import TableBroken
from app.sql import db
from geo.fences import faults, queries
from geo.fences.faults import FenceFaults
from geo.fences.feature_rows import read_features
from geo.fences.fence_import import import_fences as import_rows

AT_A_TIME = 100
DAY = click.DateTime(["%Y-%m-%d"])


@click.command("import-fences")
@click.argument("file", type=FILE)
@options
@click.option("--activate", is_flag=True, help="Put what the file draws in force; else it is drafted.")
def import_fences(
    file: Path,
    brand: str,
    dry_run: bool,
    report_file: Path | None,
    quiet: bool,
    language: Language,
    activate: bool,
) -> None:
    """Load the fences of a brand from a GeoJSON FeatureCollection.

    \b
    Properties: code (or id, or name), name, store (the reference of a store), radius_m. A geometry is a Polygon or
    a MultiPolygon; a Point with radius_m is a circle, radius_m alone with a store is one around that store.
    Each feature is accepted, corrected (what, and why), refused (what, and why) or unchanged. All are written
    together or, if the file is broken, none. The same file twice changes nothing. A new shape of a fence is a new
    version of it.
    Example: ici import-fences fences.geojson --brand demo --dry-run
    """
    preparation.connect()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            with dry(dry_run):
                known = preparation.brand_named(brand)
                summary = import_rows(
                    brand_id=known.id,
                    countries=known.countries,
                    rows=with_progress(read_features(file)),
                    is_activated=activate,
                    now=clock.now(),
                    report=printer,
                )
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    except psycopg.IntegrityError as error:
        raise click.ClickException("Somebody drew one of these fences meanwhile. Run the import again.") from error
    printer.conclude(summary, dry_run=dry_run)


@click.group("fences")
def fences() -> None:
    """Look after the fences of a brand."""


@fences.command("check")
@click.option("--brand", required=True, help="Code of the brand.")
@click.option("--from", "starts", type=DAY, help="First day on which the stores should be open (UTC).")
@click.option("--to", "ends", type=DAY, help="The day after the last one.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report.")
def check(brand: str, starts: datetime | None, ends: datetime | None, language: Language) -> None:
    """Name the fences that phones, people or opening hours will not do right by, and why.

    \b
    Too small for a phone, over another fence, more than a phone watches at a time, far from its store, closed during
    all of the days that are given. Which roads there are is not known: a fence is taken for one by its shape, and by
    who was seen crossing it. Nothing is changed. The exit code is 1 when something was found.
    Example: ici fences check --brand demo --from 2026-12-24 --to 2026-12-27 --language fr
    """
    if (starts is None) != (ends is None) or (starts is not None and ends is not None and ends <= starts):
        raise click.BadParameter("the end must come after the start", param_hint="--from and --to")
    windows = [] if starts is None or ends is None else [(starts.replace(tzinfo=UTC), ends.replace(tzinfo=UTC))]
    preparation.connect()
    with db.system_transaction():
        known = preparation.brand_named(brand)
        ids = iter(db.all_of(queries.standing_ids(known.id)))
        counted = doubtful = 0
        while batch := list(islice(ids, AT_A_TIME)):
            found = faults.find_faults(brand_id=known.id, fence_ids=batch, windows=windows, now=clock.now())
            counted += len(found)
            doubtful += sum(_say_faults(one, language) for one in found)
    if doubtful:
        raise click.ClickException(f"Fences: {counted}; to look at: {doubtful}.")
    click.echo(f"Fences: {counted}; nothing to look at.")


def _say_faults(faults: FenceFaults, language: Language) -> bool:
    for found in faults.found:
        click.echo(f"{faults.code} — {found.say(language)}")
    return bool(faults.found)
