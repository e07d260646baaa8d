"""`ici import-stores`: a file of stores into the catalogue of a brand, with a report that a merchandiser can read."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock, db
from app.accounts.models import Brand
from app.accounts.queries import brand_with_code
from app.commands import opening
from app.languages import LANGUAGES, Language, Text
from geo.places.importing import Judged, Outcome, Summary
from geo.places.importing import import_stores as import_rows
from geo.places.reading import read_rows
from geo.places.rows import FileBroken, Row
from geo.places.wording import HEADINGS, say

PROGRESS_ROWS = 10_000
PROGRESS_S = 1.0

OUTCOMES = {
    Outcome.ACCEPTED: Text(fr="accepté", en="accepted"),
    Outcome.CORRECTED: Text(fr="corrigé", en="corrected"),
    Outcome.REFUSED: Text(fr="refusé", en="refused"),
    Outcome.UNCHANGED: Text(fr="inchangé", en="unchanged"),
}
ROW = Text(fr="ligne", en="row")
CHANGED = Text(fr="mis à jour : {fields}", en="updated: {fields}")
REASONS = Text(fr="Pourquoi :", en="Why:")
DRY = Text(fr="Essai à blanc : rien n'a été écrit.", en="Dry run: nothing was written.")


class _DryRun(Exception):
    """Leaves the transaction so that it rolls back."""


@click.command("import-stores")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--brand", required=True, help="Code of the brand that the stores belong to.")
@click.option("--dry-run", is_flag=True, help="Judge every row, write nothing.")
@click.option(
    "--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Also write one JSON line per row."
)
@click.option("--quiet", is_flag=True, help="Show only the rows that were corrected or refused.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report.")
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
    opening.connect()
    try:
        with _lines(report_file) as lines:
            summary = _run(file, brand, dry_run, _Printer(language, quiet, lines))
    except FileBroken as error:
        raise click.ClickException(str(error)) from error
    except IntegrityError as error:
        raise click.ClickException("Somebody created one of these stores meanwhile. Run the import again.") from error
    _conclude(summary, dry_run, language)


def _run(file: Path, code: str, dry_run: bool, printer: "_Printer") -> Summary:
    try:
        with db.system_transaction():
            brand = _brand(code)
            summary = import_rows(
                brand_id=brand.id,
                countries=brand.countries,
                rows=_with_progress(read_rows(file)),
                now=clock.now(),
                report=printer,
            )
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass  # rolled back, as asked
    return summary


def _brand(code: str) -> Brand:
    brand = db.first(brand_with_code(code))
    if brand is None:
        codes = ", ".join(db.all_of(select(Brand.code).order_by(Brand.code).limit(20))) or "none yet"
        raise click.ClickException(f'There is no brand "{code}". Brands: {codes}.')
    return brand


@contextmanager
def _lines(path: Path | None) -> Iterator[IO[str] | None]:
    if path is None:
        yield None
        return
    try:
        opened = path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
    with opened:
        yield opened


def _with_progress(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, with their pace on stderr: every second for a person, every so many rows for a log."""
    person = sys.stderr.isatty()
    started = said = time.monotonic()
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        now = time.monotonic()
        if now - said >= PROGRESS_S if person else number % PROGRESS_ROWS == 0:
            said = now
            pace = number / max(now - started, 0.001)
            click.echo(f"\r{number} rows, {pace:.0f} rows/s " + ("" if person else "\n"), err=True, nl=False)
    if person and said > started:
        click.echo(f"\r{number} rows, {number / max(time.monotonic() - started, 0.001):.0f} rows/s ", err=True)


class _Printer:
    """Writes the line of each row, for people and, if asked, for programs."""

    def __init__(self, language: Language, quiet: bool, lines: IO[str] | None) -> None:
        self.language, self.quiet, self.lines = language, quiet, lines

    def __call__(self, judged: Judged) -> None:
        if not self.quiet or judged.outcome in (Outcome.CORRECTED, Outcome.REFUSED):
            sys.stdout.write(self.line(judged) + "\n")
        if self.lines is not None:
            self.lines.write(json.dumps(_as_json(judged), ensure_ascii=False) + "\n")

    def line(self, judged: Judged) -> str:
        said = [say(found, self.language) for found in judged.found]
        if judged.changed:
            said.append(CHANGED.say(self.language, {"fields": ", ".join(judged.changed)}))
        subject = f"{ROW.say(self.language)} {judged.number} {judged.reference or '-'}"
        outcome = OUTCOMES[judged.outcome].say(self.language)
        name = f"{judged.name}" if judged.name else ""
        rest = "; ".join(said)
        return f"{subject} {outcome}: {' — '.join(part for part in (name, rest) if part)}"


def _as_json(judged: Judged) -> dict[str, object]:
    return {
        "row": judged.number,
        "reference": judged.reference,
        "name": judged.name,
        "outcome": judged.outcome,
        "findings": [
            {"code": found.finding, "field": found.about, "facts": found.facts}
            | {language: say(found, language) for language in LANGUAGES}
            for found in judged.found
        ],
        "changed": judged.changed,
    }


def _conclude(summary: Summary, dry_run: bool, language: Language) -> None:
    """The reasons by their number, then the line that sums up: its shape never changes, programs read it."""
    reasons = [(key, count) for key, count in summary.findings.items() if key[0] is not Outcome.UNCHANGED]
    if reasons:
        click.echo("\n" + REASONS.say(language))
    for (outcome, finding), count in sorted(reasons, key=lambda item: (item[0][0], -item[1])):
        click.echo(f"  {OUTCOMES[outcome].say(language)} {count} × {HEADINGS[finding].say(language)}")
    if dry_run:
        click.echo("\n" + DRY.say(language))
    counts = ", ".join(f"{outcome} {count}" for outcome, count in summary.outcomes.items())
    click.echo(counts)
