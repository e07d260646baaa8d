"""Stores out of CSV, whoever's spreadsheet wrote it."""

from collections.abc import Iterator
from pathlib import Path

from app.ops.imports.outcomes import Found, RowFault
from app.ops.imports.tables import TableLine, read_table
from geo.places.findings import StoreFinding
from geo.places.rows import StoreRow

COLUMNS = {
    "reference": ("reference", "ref", "id", "code", "storeid", "storecode", "storenumber", "codemagasin"),
    "name": ("name", "nom", "storename", "magasin", "nommagasin", "libelle"),
    "lat": ("lat", "latitude", "y"),
    "lon": ("lon", "lng", "long", "longitude", "x"),
    "opening_hours": ("openinghours", "hours", "horaires", "horairesdouverture"),
    "address": ("address", "adresse", "addr"),
    "time_zone": ("timezone", "tz", "fuseau", "fuseauhoraire"),
    "country": ("country", "pays", "countrycode", "codepays"),
    "brand": ("brand", "enseigne", "marque"),
    "operator": ("operator", "exploitant"),
}
"""Our name of a column → what headers call it, without case, accents, spaces and signs."""

REQUIRED = ("reference", "lat", "lon")


def read_csv(path: Path) -> Iterator[StoreRow]:
    """One row for each line below the header. Raises `FileBroken`."""
    for line in read_table(path, columns=COLUMNS, required=REQUIRED):
        yield _row(line)


def _row(line: TableLine) -> StoreRow:
    return StoreRow(
        number=line.number,
        reference=line.get("reference"),
        name=line.get("name"),
        lon=line.get("lon"),
        lat=line.get("lat"),
        opening_hours=line.get("opening_hours"),
        address=line.get("address"),
        time_zone=line.get("time_zone"),
        country=line.get("country"),
        substitutes=(("brand", line.get("brand")), ("operator", line.get("operator"))),
        refused=_refusal(line),
    )


def _refusal(line: TableLine) -> Found | None:
    if not line.storable:
        return Found(RowFault.TEXT_UNSTORABLE, "")
    facts = {"cells": line.cells, "columns": line.width}
    return Found(StoreFinding.TOO_MANY_CELLS, "", facts) if line.overfull else None
