"""Stores out of CSV, whoever's spreadsheet wrote it."""

from collections.abc import Iterator
from pathlib import Path

from app.ops.imports.outcomes import Found, RowFault
from app.ops.imports.tables import TableLine, read_table
from geo.places.findings import StoreFinding
from geo.places.imports.layouts import Layout
from geo.places.imports.positions import position_in
from geo.places.imports.records import store_row
from geo.places.imports.references import reference_in
from geo.places.rows import StoreRow


def read_csv(path: Path, layout: Layout) -> Iterator[StoreRow]:
    """One row for each line below the header. Raises `TableBroken`."""
    for line in read_table(path, columns=layout.columns, required=layout.required):
        yield _row(line)


def _row(line: TableLine) -> StoreRow:
    values = {name: value for name, value in line.values.items() if value is not None}
    return store_row(
        values,
        number=line.number,
        reference=reference_in(values),
        position=position_in(values),
        substitutes=(("brand", line.get("brand")), ("operator", line.get("operator"))),
        left=line.strange,
        refused=_refusal(line),
    )


def _refusal(line: TableLine) -> Found | None:
    if not line.storable:
        return Found(RowFault.TEXT_UNSTORABLE, "")
    facts = {"cells": line.cells, "columns": line.width}
    return Found(StoreFinding.TOO_MANY_CELLS, "", facts) if line.overfull else None
