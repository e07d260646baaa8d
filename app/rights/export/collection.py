"""A member's rows, table by table, as plain values: what every export is made of.

Nothing here knows a room: tables are found by the map, and rows by row-level security and the member's id.
"""

import base64
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Table, select, tuple_

from app import clock
from app.data_map import Export
from app.identity import moves
from app.rights import personal_tables
from app.sql import db

Row = dict[str, Any]

NAMES = ("code", "name", "title_fr", "title_en", "label_fr", "label_en")
"""Columns by which a thing of the catalogue is called."""


def rows_of(member_id: uuid.UUID, *, exported: Collection[Export]) -> dict[str, list[Row]]:
    """The member's rows by table, with the columns that are exported so; also those that stayed with members who
    became part of this one: what they allowed, what was shown to them, the ledger of their points until then."""
    found = _rows(member_id, exported)
    for part in moves.parts_of(member_id):
        with moves.seeing(part):
            for table, rows in _rows(part, exported).items():
                found[table] += rows
    return found


def _rows(member_id: uuid.UUID, exported: Collection[Export]) -> dict[str, list[Row]]:
    found = {}
    for table in personal_tables.tables_of_members():
        question = personal_tables.rows_of(table, member_id, exported=exported)
        if question is not None:
            found[table.name] = [plain(row._mapping) for row in db.execute(question)]
    return found


def names_in(rows: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """What the things of the catalogue that these rows point at are called: ids alone tell a person nothing."""
    wanted: dict[Table, set[tuple[str, ...]]] = {}
    for name, some in rows.items():
        for table, local in _pointing(db.Base.metadata.tables[name]):
            keys = (tuple(row.get(column) for column in local) for row in some)
            wanted.setdefault(table, set()).update(key for key in keys if None not in key)  # type: ignore[misc]
    return {table.name: _named(table, keys) for table, keys in wanted.items() if keys}


def _pointing(table: Table) -> Iterable[tuple[Table, list[str]]]:
    """The named things of the catalogue that a table points at, and by which columns."""
    for key in table.foreign_key_constraints:
        target = key.referred_table
        if "readers" not in target.info and any(name in target.columns for name in NAMES):
            yield target, [column.name for column in key.columns]


def _named(table: Table, keys: set[tuple[str, ...]]) -> list[Row]:
    primary: list[Column[Any]] = list(table.primary_key.columns)
    called = [table.columns[name] for name in NAMES if name in table.columns and not table.columns[name].primary_key]
    values = [tuple(_typed(column, value) for column, value in zip(primary, key, strict=True)) for key in sorted(keys)]
    question = select(*primary, *called).where(tuple_(*primary).in_(values)).order_by(*primary)
    return [plain(row._mapping) for row in db.execute(question)]


def _typed(column: Column[Any], value: Any) -> Any:
    return uuid.UUID(value) if column.type.python_type is uuid.UUID else value


def plain(row: Mapping[Any, Any]) -> Row:
    """A row as JSON holds it: instants in RFC 3339, bytes in base64url, numbers of any length as text."""
    return {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.urlsafe_b64encode(bytes(value)).decode().rstrip("=")
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value
