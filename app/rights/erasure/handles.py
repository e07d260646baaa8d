"""What finishing an erasure needs once the rows that told it are gone; kept with the request until it is settled."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, Select, String, Table, cast, literal, select, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from app.accounts.addresses import Address
from app.accounts.models import IdentifierKind, MemberIdentifier
from app.rights import personal_tables
from app.sql import db

Handles = Mapping[str, Any]
"""`addresses`: keyed hashes, as sign-in keeps them; `marks`: the ids and codes that answers to tills name the member
by; `tills`: the terminals that met the member."""

MARK, TILL, BRAND = "mark", "till", "brand"
"""What a value is that `_question` finds; an address is called by its kind."""


class Traces(NamedTuple):
    """What the tables know of a member: what finishing needs, and the brands that hold anything of theirs."""

    handles: dict[str, Any]
    brand_ids: set[uuid.UUID]


def read_traces(member_id: uuid.UUID) -> Traces:
    """Ask every table at once, as far as the tables still know."""
    found: dict[str, set[str]] = {}
    for row in db.execute(_question(), {"member": member_id}):
        found.setdefault(row.what, set()).add(row.value)
    addresses = {Address(kind, value).hashed().hex() for kind in IdentifierKind for value in found.get(str(kind), ())}
    marks = {str(member_id)} | found.get(MARK, set())
    handles = {"addresses": addresses, "marks": marks, "tills": found.get(TILL, set())}
    return Traces(
        {name: sorted(values) for name, values in handles.items()},
        {uuid.UUID(brand) for brand in found.get(BRAND, ())},
    )


def handles_of(member_id: uuid.UUID) -> dict[str, Any]:
    """What finishing an erasure needs, as far as the tables still know."""
    return read_traces(member_id).handles


def merged(one: Handles, other: Handles) -> dict[str, Any]:
    """What either knows."""
    return {name: sorted({*one.get(name, ()), *other.get(name, ())}) for name in ("addresses", "marks", "tills")}


@personal_tables.cache_by_tables
def _question() -> CompoundSelect[str, str]:
    """What and value, from every table about members."""
    values = [_value(what, column) for table in personal_tables.tables_of_members() for what, column in _telling(table)]
    mine = select(MemberIdentifier.kind, MemberIdentifier.value).where(
        MemberIdentifier.member_id == personal_tables.MEMBER
    )
    return union_all(*values, mine)


def _telling(table: Table) -> Iterator[tuple[str, Column[Any]]]:
    """The columns of a table that tell something, and what."""
    if "code" in table.c:
        yield from ((MARK, table.c[name]) for name in ("id", "code", "target_id") if name in table.c)
    if "terminal_id" in table.c:
        yield TILL, table.c.terminal_id
    if "brand_id" in table.c:
        yield BRAND, table.c.brand_id


def _value(what: str, column: Column[Any]) -> Select[str, str]:
    called = literal(what, String(), literal_execute=True).label("what")
    mine = select(called, cast(column, String).label("value")).distinct()
    return mine.where(personal_tables.about(column.table, personal_tables.MEMBER), column.is_not(None))
