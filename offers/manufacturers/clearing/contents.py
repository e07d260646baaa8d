"""What stands in a clearing file: as CSV for spreadsheets and ledgers, as plain values for programs. Pure.

No standard of French clearing houses for such a file is public, so the columns are what a claim needs: the code that
was read, what it says and what it paid, the sale and the article. Amounts are in minor units. The last line is the
total.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from app import clock
from app.ops.imports.formulas import neutralise_text
from offers.manufacturers.clearing.models import ClearingFile
from offers.manufacturers.models import IssuerEntry

SAID = ("kind", "code", "face_minor", "amount_minor", "currency", "day", "store_name", "terminal", "receipt")
COLUMNS = ("file", "line", *SAID, "article", "sale_id", "entry_id", "use_id", "posted_at")
TOTAL = "total"


def write_csv(file: ClearingFile, entries: Sequence[IssuerEntry]) -> str:
    """The lines of a file and their total. Texts that a spreadsheet would run are neutralised."""
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(COLUMNS)
    for at, entry in enumerate(entries, start=1):
        lines.writerow(_cells([file.number, at, *_values(entry)]))
    total = {"file": file.number, "kind": TOTAL, "amount_minor": file.total_minor, "currency": file.currency}
    lines.writerow([total.get(column, "") for column in COLUMNS])
    return written.getvalue()


def tell_clearing(file: ClearingFile, entries: Sequence[IssuerEntry]) -> dict[str, Any]:
    """A file as a program reads it: who bills whom, the totals, and every line."""
    return describe_clearing(file) | {
        "lines": [
            {name: getattr(entry, name) for name in (*SAID, "article", "sale_id", "use_id", "posted_at")}
            | {"line": at, "entry_id": entry.id, "prefix": entry.prefix}
            for at, entry in enumerate(entries, start=1)
        ]
    }


def describe_clearing(file: ClearingFile) -> dict[str, Any]:
    """A file without its lines."""
    same = (
        "id",
        "number",
        "currency",
        "uses",
        "uses_minor",
        "corrections",
        "corrections_minor",
        "total_minor",
        "sha256",
    )
    return {name: getattr(file, name) for name in same} | {
        **file.parties,
        "month": f"{file.month:%Y-%m}",
        "made_at": file.made_at,
    }


def _values(entry: IssuerEntry) -> list[Any]:
    said = [getattr(entry, name) for name in SAID]
    return [*said, entry.article, entry.sale_id, entry.id, entry.use_id, clock.write_instant(entry.posted_at)]


def _cells(values: Iterable[Any]) -> list[Any]:
    return ["" if one is None else neutralise_text(one) if isinstance(one, str) else one for one in values]
