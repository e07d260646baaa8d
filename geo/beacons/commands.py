"""`ici import-beacons`: a fleet out of a file, with a report that a merchandiser can read. `ici beacons`: how it is."""

import uuid
from pathlib import Path

import click
import psycopg

from app import clock
from app.commands import preparation
from app.languages import LANGUAGES, Language
from app.ops.imports.outcomes import Summary
from app.ops.imports.reports import FILE, Printer, dry, lines_to, options, with_progress
from app.ops.imports.tables import Columns, TableBroken
from app.sql import db
from geo.beacons import faults, frames, health, queries
from geo.beacons.imports.fleet_import import import_fleet
from geo.beacons.imports.fleet_rows import BeaconMappingUnknown, columns_with, read_fleet


@click.command("import-beacons")
@click.argument("file", type=FILE)
@options
@click.option("--store", metavar="REFERENCE", help="The store of the beacons that name none.")
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="What a column is; once for each.")
def import_beacons(
    file: Path,
    brand: str,
    dry_run: bool,
    report_file: Path | None,
    quiet: bool,
    language: Language,
    store: str | None,
    mapping: tuple[str, ...],
) -> None:
    """Load the beacons of a brand from CSV or JSON.

    \b
    CSV: any separator and encoding, a title above the header; as Kontakt.io and spreadsheets write it.
    JSON: a list, an object with one (beacons, devices, items), or one object per line; as the clouds of
    Kontakt.io, Estimote, Mist and BKON answer, and as Google's beacon service did (beacons/3!…).
    iBeacon (uuid, major, minor; never 0), Eddystone-UID (namespace, instance), AltBeacon (id).
    One whose id changes (Eddystone-EID) is registered through the API, with its key and its clock.
    Each row is accepted, corrected (what, and why), refused (what, and why) or unchanged. All rows are
    written together or, if the file is broken, none. The same file twice changes nothing, a beacon that is
    not in the file stays. The last line counts: accepted A, corrected C, refused R, unchanged U.
    Fields: kind, uuid, major, minor, namespace, instance, id, label, store (its reference, or its name),
    zone (its code), stability (stable, portable, mobile, roving), status (active, inactive,
    decommissioned). They are found by their usual names in French and English; --map says what other
    columns are.
    Example: ici import-beacons fleet.csv --brand demo --store S-12 --map "N° série=label" --dry-run
    """
    try:
        columns = columns_with(mapping)
    except BeaconMappingUnknown as error:
        raise click.BadParameter(str(error), param_hint="--map") from error
    preparation.connect()
    try:
        with lines_to(report_file) as lines:
            printer = Printer(language, quiet=quiet, lines=lines)
            summary = _run(file, columns, brand, store, dry_run, printer)
    except TableBroken as error:
        raise click.ClickException(str(error)) from error
    except psycopg.IntegrityError as error:
        raise click.ClickException("Somebody registered one of these meanwhile. Run the import again.") from error
    printer.conclude(summary, dry_run=dry_run)


def _run(file: Path, columns: Columns, code: str, store: str | None, dry_run: bool, printer: Printer) -> Summary:
    with dry(dry_run):
        brand_id = preparation.brand_named(code).id
        if store is not None:
            _store_named(brand_id, store)
        return import_fleet(
            brand_id=brand_id,
            rows=with_progress(read_fleet(file, columns)),
            usual_store=store,
            now=clock.now(),
            report=printer,
        )


def _store_named(brand_id: uuid.UUID, reference: str) -> uuid.UUID:
    known: dict[str, uuid.UUID] = {row.reference: row.id for row in db.rows(queries.store_references(brand_id))}
    if reference not in known:
        raise click.ClickException(f'The brand has no store "{reference}".')
    return known[reference]


@click.group("beacons")
def beacons() -> None:
    """How the beacons of a brand are."""


@beacons.command("health")
@click.option("--brand", required=True, help="Code of the brand.")
@click.option("--store", metavar="REFERENCE", help="Only the beacons of this store.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report.")
def show_health(brand: str, store: str | None, language: Language) -> None:
    """Name the beacons to look at: silent, in a wrong place, low on battery, hardly heard.

    \b
    As phones of members who permit it heard them in the last seven days; of fewer than ten people a day
    nothing is known. Nothing is changed. The exit code is 1 when something was found.
    Example: ici beacons health --brand demo --language fr
    """
    preparation.connect()
    with db.system_transaction():
        brand_id = preparation.brand_named(brand).id
        references = {row.id: row.reference for row in db.rows(queries.store_references(brand_id))}
        store_id = None if store is None else _store_named(brand_id, store)
        report = faults.report_fleet(brand_id=brand_id, store_id=store_id, now=clock.now())
    for one in report.faulty:
        said = "; ".join(faults.SENTENCES[fault].say(language) for fault in one.faults)
        click.echo(f"{references[one.record.store_id]} {one.record.label}: {said}")
    counts = f"Active beacons: {report.beacons}; heard by {health.LEAST_PEOPLE} people or more: {report.told}"
    if report.faulty:
        raise click.ClickException(f"{counts}; to look at: {len(report.faulty)}{' or more' if report.more else ''}.")
    click.echo(f"{counts}; nothing to look at.")


@beacons.command("read")
@click.argument("advertisement", metavar="HEX")
def read_advertisement(advertisement: str) -> None:
    """Say what a radio sends, out of the raw bytes of its advertisement in hexadecimal.

    \b
    As a scanner app shows them (in nRF Connect: RAW). The database is not asked.
    Example: ici beacons read 0201061aff4c000215f7826da64fa24e988024bc5b71e0893e00010002c5
    """
    try:
        data = bytes.fromhex(advertisement.removeprefix("0x"))
    except ValueError as error:
        raise click.BadParameter("these are no hexadecimal digits", param_hint="HEX") from error
    read = frames.read_advertisement(data)
    if not read:
        raise click.ClickException("No frame of a beacon is in it.")
    for frame in read:
        told = ", ".join(f"{name} {_shown(value)}" for name, value in frame._asdict().items())
        click.echo(f"{type(frame).__name__.removesuffix('Frame')}: {told}")


def _shown(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else "unknown" if value is None else value
