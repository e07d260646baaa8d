"""The map of personal data, read off the tables: which columns are about a person, and what is said of each."""

import uuid
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Select, Table, or_, select

from app.data_map import Datum, Export
from app.sql import db

OWNERS = ("member_id", "principal_id")
"""The columns that say whose a row is. Where both stand, as between a child and a parent, it is about both."""


class Entry(NamedTuple):
    """One column about a person."""

    table: Table
    column: Column[Any]
    datum: Datum


def entries() -> list[Entry]:
    """Every column about a person, in the order of the tables' dependencies."""
    return [Entry(table, column, datum) for table in _tables() for column, datum in mapped(table)]


def mapped(table: Table) -> Iterator[tuple[Column[Any], Datum]]:
    """The columns of a table that are about a person."""
    for column in table.columns:
        datum: Datum | None = column.info.get("datum")
        if datum is not None:
            yield column, datum


def tables_of_members() -> list[Table]:
    """The tables whose rows belong to one member each."""
    return [table for table in _tables() if "readers" in table.info and owners_of(table)]


def owners_of(table: Table) -> list[Column[Any]]:
    """The columns that say whose a row is; none for tables that are keyed by hashes, or about staff."""
    return [table.columns[name] for name in OWNERS if name in table.columns]


def rows_of(table: Table, member_id: uuid.UUID, *, exported: Collection[Export]) -> Select[Any] | None:
    """A member's rows with the columns that are exported so; None when there are none of these."""
    columns = [column for column, datum in mapped(table) if datum.export in exported]
    mine = [owner == member_id for owner in owners_of(table)]
    if not columns or not mine:
        return None
    return select(*columns).where(or_(*mine)).order_by(*table.primary_key.columns)


def _tables() -> list[Table]:
    return list(db.Base.metadata.sorted_tables)
