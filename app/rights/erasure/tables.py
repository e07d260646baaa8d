"""What the map of personal data says is done to each table when a member is erased.

A table all of whose columns are to be deleted loses the member's rows. A table with a column that is kept, or made
anonymous, keeps its rows as a listed residue, with the anonymous columns emptied.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, String, Table, Text, case, delete, null, or_, text, update

from app.data_map import Datum, Erase
from app.rights import personal_tables
from app.sql import db


def order(*, first: Sequence[str]) -> Sequence[Table]:
    """Every such table once, no table before those that refer to it, and these ones as early as that allows."""
    known = personal_tables.tables_of_members()
    wanted = [table for name in first for table in known if table.name == name] + list(reversed(known))
    found: dict[str, Table] = {}
    for table in wanted:
        for one in _with_referrers(table, known):
            found.setdefault(one.name, one)
    return list(found.values())


def _with_referrers(table: Table, known: Sequence[Table]) -> Iterator[Table]:
    for other in known:
        if other is not table and any(key.column.table is table for key in other.foreign_keys):
            yield from _with_referrers(other, known)
    yield table


def does(column: Column[Any]) -> Erase:
    """What an erasure does with this column. A column that is not on the map goes."""
    datum: Datum | None = column.info.get("datum")
    return Erase.DELETE if datum is None else datum.erase


def keeps_rows(table: Table) -> bool:
    """Whether rows of this table outlive their member."""
    return any(does(column) is not Erase.DELETE for column in table.c)


def acts_on(table: Table) -> bool:
    """Whether an erasure changes anything in the rows of this table: not where all of it is kept."""
    return table.name in BY_THE_OWNER or any(does(column) is not Erase.KEEP for column in table.c)


def sweep_table(table: Table, *, member_id: uuid.UUID) -> int:
    """Do what the map says to the member's rows of this table; return how many that touched."""
    if table.name in BY_THE_OWNER:
        return int(db.execute(BY_THE_OWNER[table.name], {"member": member_id}).scalar_one())
    mine = personal_tables.about(table, member_id)
    if not keeps_rows(table):
        return _touched(delete(table).where(mine))
    emptied = {column: _empty(column) for column in table.c if does(column) is Erase.ANONYMISE}
    if not emptied:
        return 0
    full = or_(*(column.is_distinct_from(empty) for column, empty in emptied.items()))
    return _touched(update(table).where(mine, full).values(emptied))


BY_THE_OWNER: Mapping[str, Any] = {
    "permission_event": text("SELECT ici_reduce_evidence_of_erased(:member)"),
    **{
        ledger: text(f"SELECT ici_forget_points_of_erased(:member, '{ledger}')")
        for ledger in ("points_allocation", "points_lot", "points_entry")
    },
}
"""Tables that the application may only add to: their owner's function does what is due."""


def _empty(column: Column[Any]) -> Any:
    """Nothing, in the type of this column: texts become empty, so that a rule "there is a reason" still holds."""
    if isinstance(column.type, String | Text):
        return case((column.is_not(None), ""), else_=null())
    return null()


def _touched(statement: Any) -> int:
    result: Any = db.execute(statement)
    return int(result.rowcount)
