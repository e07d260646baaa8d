"""The map of personal data, read off the tables: which columns are about a person, and what is said of each."""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache, wraps
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column, ColumnElement, Select, Table, Uuid, bindparam, or_, select

from app.data_map import Datum, Export
from app.sql import db

T = TypeVar("T")

OWNERS = ("member_id", "principal_id")
"""The columns that say whose a row is. Where both stand, as between a child and a parent, it is about both."""

MEMBER = bindparam("member", type_=Uuid())
"""Whose rows are asked for, in a question that is built once for all members."""


def cache_by_tables(make: Callable[[], T]) -> Callable[[], T]:
    """Work out once what depends on the tables alone, and again only when a room has brought more of them."""
    known = lru_cache(maxsize=1)(lambda count: make())
    return wraps(make)(lambda: known(len(db.Base.metadata.tables)))


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
    """The tables whose rows belong to one member each, in the order of their foreign keys."""
    return [table for table in _tables() if "readers" in table.info and owners_of(table)]


def tables_about_people() -> list[Table]:
    """The tables that say how their rows end: of members, and those keyed by hashes or about staff."""
    return [table for table in _tables() if "kept" in table.info]


def owners_of(table: Table) -> list[Column[Any]]:
    """The columns that say whose a row is; none for tables that are keyed by hashes, or about staff."""
    return [table.columns[name] for name in OWNERS if name in table.columns]


def about(table: Table, member_id: Any) -> ColumnElement[bool]:
    """Which rows are about this member: in most tables by one column, in a few as one of two persons."""
    return or_(*(owner == member_id for owner in owners_of(table)))


def rows_of(table: Table, member_id: uuid.UUID, *, exported: Collection[Export]) -> Select[Any] | None:
    """A member's rows with the columns that are exported so; None when there are none of these."""
    columns = [column for column, datum in mapped(table) if datum.export in exported]
    if not columns or not owners_of(table):
        return None
    return select(*columns).where(about(table, member_id)).order_by(*table.primary_key.columns)


@cache_by_tables
def _tables() -> Sequence[Table]:
    return tuple(db.Base.metadata.sorted_tables)
