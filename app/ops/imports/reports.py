"""The report of a command that imports: a line for each row, the reasons by their number, one line that sums up."""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from app.languages import LANGUAGES, Language, Text
from app.ops.imports.formulas import neutralise_text
from app.ops.imports.outcomes import JudgedRow, RowOutcome, Summary
from app.sql import db

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])

SOME_REFUSED = 3
"""What a command that imports ends with when rows were refused and the others were taken; 1 is a file that is broken, 2
a command that is mistyped."""

PROGRESS_ROWS = 10_000
PROGRESS_S = 1.0

OUTCOMES = {
    RowOutcome.ACCEPTED: Text(fr="accepté", en="accepted"),
    RowOutcome.CORRECTED: Text(fr="corrigé", en="corrected"),
    RowOutcome.REFUSED: Text(fr="refusé", en="refused"),
    RowOutcome.UNCHANGED: Text(fr="inchangé", en="unchanged"),
}
ROW = Text(fr="ligne", en="row")
CHANGED = Text(fr="mis à jour : {fields}", en="updated: {fields}")
REASONS = Text(fr="Pourquoi :", en="Why:")
DROPPED = Text(
    fr="Laissé de côté : {name}, sur {count} {count:ligne|lignes}.", en="Left out: {name}, in {count} {count:row|rows}."
)
NOTHING = Text(
    fr="Le fichier n'a aucune ligne : rien n'a été importé.",
    en="The file has no rows: nothing was imported.",
)
DRY = Text(fr="Essai à blanc : rien n'a été écrit.", en="Dry run: nothing was written.")
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class DryRun(Exception):
    """Leaves the transaction so that it rolls back."""


def options(command: Command) -> Command:
    """What a command that imports the rows of one brand is told: brand, dry_run, report_file, quiet, language."""
    brand = click.option("--brand", required=True, help="Code of the brand that the rows belong to.")
    return brand(options_of_report(command))


def options_of_report(command: Command) -> Command:
    """What every command that imports is told: dry_run, report_file, quiet, language."""
    for option in reversed(
        (
            click.option("--dry-run", is_flag=True, help="Judge every row, write nothing."),
            click.option(
                "--report",
                "report_file",
                type=click.Path(dir_okay=False, path_type=Path),
                help="Also write one JSON line per row.",
            ),
            click.option("--quiet", is_flag=True, help="Show only the rows that were corrected or refused."),
            click.option(
                "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report."
            ),
        )
    ):
        command = option(command)
    return command


@contextmanager
def dry(dry_run: bool) -> Iterator[None]:
    """A transaction of the system's, which a dry run leaves without a trace."""
    try:
        with db.system_transaction():
            yield
            if dry_run:
                raise DryRun
    except DryRun:
        pass  # rolled back, as asked


@contextmanager
def lines_to(path: Path | None) -> Iterator[IO[str] | None]:
    """The file for programs, if one is asked for."""
    if path is None:
        yield None
        return
    try:
        opened = path.open("w", encoding="utf-8", errors="backslashreplace")  # half of a sign as JSON spells it
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
    with opened:
        yield opened


def with_progress(rows: Iterator[T]) -> Iterator[T]:
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


def write_secret_table(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """A CSV that only its owner can read; how many rows. For what a printer is given: whoever has it, has it all."""
    try:
        file.unlink(missing_ok=True)  # one that was there may be open to others
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    written = 0
    with os.fdopen(opened, "w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(header)
        for row in rows:
            table.writerow([neutralise_text(cell) if isinstance(cell, str) else cell for cell in row])
            written += 1
    return written


class Printer:
    """Writes the line of each row, for people and, if asked, for programs; at the end, what it all comes to."""

    def __init__(self, language: Language, *, quiet: bool = False, lines: IO[str] | None = None) -> None:
        self.language, self.quiet, self.lines = language, quiet, lines

    def __call__(self, judged: JudgedRow) -> None:
        if not self.quiet or judged.outcome in (RowOutcome.CORRECTED, RowOutcome.REFUSED):
            sys.stdout.write(self.line(judged) + "\n")
        if self.lines is not None:
            self.lines.write(json.dumps(self._as_json(judged), ensure_ascii=False) + "\n")

    def line(self, judged: JudgedRow) -> str:
        """What a person reads of one row."""
        said = [found.say(self.language) for found in judged.found]
        if judged.changed:
            said.append(CHANGED.say(self.language, {"fields": ", ".join(judged.changed)}))
        subject = f"{ROW.say(self.language)} {judged.number} {judged.reference or '-'}"
        outcome = OUTCOMES[judged.outcome].say(self.language)
        told = " — ".join(part for part in (judged.name, "; ".join(said)) if part)
        line = f"{subject} {outcome}: {told}" if told else f"{subject} {outcome}"
        # What a file holds must not steer the terminal that shows it.
        return line if line.isprintable() else "".join(sign if sign.isprintable() else " " for sign in line)

    def conclude(self, summary: Summary, *, dry_run: bool) -> None:
        """The reasons by their number, then the line that sums up: its shape never changes, programs read it.

        Ends the command with `SOME_REFUSED` when a row was refused: a script that goes on must not take it for success.
        Raises `ClickException` when there was no row: an import of nothing is no success.
        """
        reasons = [(key, count) for key, count in summary.findings.items() if key[0] is not RowOutcome.UNCHANGED]
        if reasons:
            click.echo("\n" + REASONS.say(self.language))
        for (outcome, finding), count in sorted(reasons, key=lambda item: (item[0][0], -item[1])):
            head = finding.heading.say(self.language)
            click.echo(f"  {OUTCOMES[outcome].say(self.language)} {count} × {head}")
        for name, count in sorted(summary.dropped.items()):
            click.echo(DROPPED.say(self.language, {"name": name, "count": count}))
        if dry_run:
            click.echo("\n" + DRY.say(self.language))
        click.echo(", ".join(f"{outcome} {count}" for outcome, count in summary.outcomes.items()))
        if not any(summary.outcomes.values()):
            raise click.ClickException(NOTHING.say(self.language))
        if summary.outcomes[RowOutcome.REFUSED]:
            raise click.exceptions.Exit(SOME_REFUSED)

    def _as_json(self, judged: JudgedRow) -> dict[str, object]:
        return {
            "row": judged.number,
            "reference": judged.reference,
            "name": judged.name,
            "outcome": judged.outcome,
            "findings": [
                {"code": found.finding, "field": found.about, "facts": found.facts}
                | {language: found.say(language) for language in LANGUAGES}
                for found in judged.found
            ],
            "changed": judged.changed,
        }
