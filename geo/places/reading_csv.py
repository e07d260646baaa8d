"""Stores out of CSV, whoever's spreadsheet wrote it: separators, encodings and French or English headers."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from geo.places.cleaning import excerpt
from geo.places.findings import Finding, Found
from geo.places.rows import FileBroken, Row

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
SEPARATORS = (";", ",", "\t", "|")
CHUNK = 1024 * 1024  # bytes


def read_csv(path: Path) -> Iterator[Row]:
    """One row for each line below the header; blank lines are skipped. Raises `FileBroken`."""
    number = 0
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            header = file.readline(CHUNK)
            file.seek(0)
            lines = csv.reader(file, delimiter=_separator(header), strict=True)
            columns: dict[str, int] = {}
            width = 0
            for number, cells in enumerate(lines, start=1):
                if number == 1:
                    columns, width = _columns(path, cells), len(cells)
                elif any(cell.strip() for cell in cells):
                    yield _row(cells, columns, width, number)
    except UnicodeError as error:
        raise FileBroken(f"{path.name}: the text after row {number} is in no known encoding.") from error
    except csv.Error as error:
        raise FileBroken(f"{path.name}: row {number + 1} is not CSV: {error}. Nothing was imported.") from error


def _encoding(path: Path) -> str:
    """UTF-8 if every byte agrees, else what Excel writes in western Europe."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    """Where each of our columns is. Raises `FileBroken` when one that we cannot do without is missing."""
    found = [_plain(cell) for cell in header]
    columns = {
        column: found.index(alias)
        for column, aliases in COLUMNS.items()
        for alias in reversed(aliases)
        if alias in found
    }
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise FileBroken(
            f"{path.name} has no column {', '.join(missing)}; its header is: {excerpt(', '.join(header), 200)}. "
            "Columns are: reference, name, lat, lon, opening_hours, address, time_zone, country."
        )
    return columns


def _plain(cell: str) -> str:
    decomposed = unicodedata.normalize("NFKD", cell).lower()
    return re.sub("[^a-z]", "", decomposed)


def _row(cells: list[str], columns: dict[str, int], width: int, number: int) -> Row:
    def cell(column: str) -> str | None:
        index = columns.get(column)
        return cells[index].strip() or None if index is not None and index < len(cells) else None

    extra = any(rest.strip() for rest in cells[width:])
    return Row(
        number=number,
        reference=cell("reference"),
        name=cell("name"),
        lon=cell("lon"),
        lat=cell("lat"),
        opening_hours=cell("opening_hours"),
        address=cell("address"),
        time_zone=cell("time_zone"),
        country=cell("country"),
        substitutes=(("brand", cell("brand")), ("operator", cell("operator"))),
        refused=Found(Finding.TOO_MANY_CELLS, "", {"cells": len(cells), "columns": width}) if extra else None,
    )
