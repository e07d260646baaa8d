"""`ici import-stores`: a file of stores into the catalogue of a brand, with a report that a merchandiser can read.

`ici check-stores`: what deserves a second look in the catalogue.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import psycopg

from app import clock
from app.commands import preparation
from app.languages import LANGUAGES, Language
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options, with_progress
from app.ops.imports.tables import TableBroken
from app.sql import db
from geo.places import queries
from geo.places.hours.doubts import find_doubts
from geo.places.imports.layouts import Layout, MappingUnknown, layout_with
from geo.places.imports.readers import read_rows
from geo.places.imports.store_import import import_stores as import_rows


@click.command("import-stores")
@click.argument("file", type=FILE)
@options
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="What a column is; once for each.")
@click.option("--separate", multiple=True, metavar="REFERENCE", help="A store of its own beside one of its name.")
def import_stores(
    file: Path,
    brand: str,
    dry_run: bool,
    report_file: Path | None,
    quiet: bool,
    language: Language,
    mapping: tuple[str, ...],
    separate: tuple[str, ...],
) -> None:
    """Load the stores of a brand from GeoJSON or CSV.

    \b
    GeoJSON: Overpass, osmium, All The Places, Overture; a collection, or one feature per line (NDJSON).
    CSV: any separator and encoding, a title above the header, Google Business Profile, OpenDataSoft.
    Each row is accepted, corrected (what, and why), refused (what, and why) or unchanged. All rows are
    written together or, if the file is broken, none. The same file twice changes nothing. The last line
    counts: accepted A, corrected C, refused R, unchanged U.
    Fields: reference, name, branch, lat and lon, or point ("lat, lon"), or shape (WKT), or lambert_x and
    lambert_y (metres), opening_hours or Mo to Su, address, house_number, street, postcode, town, region,
    time_zone, country, ends, opens, status, separate. They are found by their usual names in French and
    English; --map says what other columns are.
    Example: ici import-stores shops.csv --brand demo --map "N° PDV=reference" --dry-run
    """
    try:
        layout = layout_with(mapping)
    except MappingUnknown as error:
        raise click.BadParameter(str(error), param_hint="--map") from error
    preparation.connect()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            summary = _run(file, layout, brand, separate, dry_run, printer)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    except psycopg.IntegrityError as error:
        raise click.ClickException("Somebody created one of these stores meanwhile. Run the import again.") from error
    printer.conclude(summary, dry_run=dry_run)


def _run(file: Path, layout: Layout, code: str, separate: tuple[str, ...], dry_run: bool, printer: Printer) -> Summary:
    with dry(dry_run):
        brand = preparation.brand_named(code)
        return import_rows(
            brand_id=brand.id,
            countries=brand.countries,
            rows=with_progress(read_rows(file, layout)),
            now=clock.now(),
            report=printer,
            separate=separate,
        )


@click.command("check-stores")
@click.option("--brand", help="The code of one brand; all brands when left out.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only stores last changed before this day (UTC).")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report.")
def check_stores(brand: str | None, before: datetime | None, language: Language) -> None:
    """Name opening hours that perhaps do not say what was meant, with the stores that have them.

    \b
    Run it after an import, and after an upgrade that reads hours differently, then with the day of the upgrade.
    Nothing is changed: put the hours right in the console or in the next file. The exit code is 1 when something
    was found.
    Example: ici check-stores --brand demo --before 2026-12-01 --language fr
    """
    preparation.connect()
    day = None if before is None else before.replace(tzinfo=UTC)
    with db.system_transaction():
        if brand is not None:
            preparation.brand_named(brand)
        rows = db.rows(queries.hours_in_use(brand, stored_before=day))
    doubtful = sum(row.stores for row in rows if _say_doubts(row, language))
    stores = sum(row.stores for row in rows)
    if doubtful:
        raise click.ClickException(f"Stores with hours: {stores}; to look at: {doubtful}.")
    click.echo(f"Stores with hours: {stores}; nothing to look at.")


def _say_doubts(row: Any, language: Language) -> bool:
    found = find_doubts(row.opening_hours, country=row.country)
    some = ", ".join(row.references) + (", …" if row.stores > len(row.references) else "")
    for doubt in found:
        click.echo(f"{row.code} {row.stores} ({some}) {row.opening_hours} — {doubt.say(language)}")
    return bool(found)
