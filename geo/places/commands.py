"""`ici import-stores`: a file of stores into the catalogue of a brand, with a report that a merchandiser can read."""

from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from app import clock
from app.commands import preparation
from app.languages import Language
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options, with_progress
from app.ops.imports.tables import TableBroken
from geo.places.imports.readers import read_rows
from geo.places.imports.store_import import import_stores as import_rows


@click.command("import-stores")
@click.argument("file", type=FILE)
@options
def import_stores(
    file: Path, brand: str, dry_run: bool, report_file: Path | None, quiet: bool, language: Language
) -> None:
    """Load the stores of a brand from GeoJSON (Overpass, other OSM exports) or CSV.

    \b
    Each row is accepted, corrected (what, and why), refused (what, and why) or unchanged. All rows are
    written together or, if the file is broken, none. The same file twice changes nothing. The last line
    counts: accepted A, corrected C, refused R, unchanged U.
    CSV columns: reference, name, lat, lon, opening_hours, address, time_zone, country.
    Example: ici import-stores shops.geojson --brand demo --dry-run
    """
    preparation.connect()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            summary = _run(file, brand, dry_run, printer)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    except IntegrityError as error:
        raise click.ClickException("Somebody created one of these stores meanwhile. Run the import again.") from error
    printer.conclude(summary, dry_run=dry_run)


def _run(file: Path, code: str, dry_run: bool, printer: Printer) -> Summary:
    with dry(dry_run):
        brand = preparation.brand_named(code)
        return import_rows(
            brand_id=brand.id,
            countries=brand.countries,
            rows=with_progress(read_rows(file)),
            now=clock.now(),
            report=printer,
        )
