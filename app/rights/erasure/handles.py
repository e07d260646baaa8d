"""What finishing an erasure needs once the rows that told it are gone; kept with the request until it is settled."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, Table, cast, select

from app.accounts import queries as accounts
from app.accounts.addresses import Address
from app.accounts.models import IdentifierKind
from app.rights import personal_tables
from app.sql import db

Handles = Mapping[str, Any]
"""`addresses`: keyed hashes, as sign-in keeps them; `marks`: the ids and codes that answers to tills name the member
by; `tills`: the terminals that met the member."""


def handles_of(member_id: uuid.UUID) -> dict[str, Any]:
    """As far as the tables still know."""
    addresses = [
        Address(IdentifierKind(known.kind), known.value).hashed().hex()
        for known in db.all_of(accounts.addresses_of(member_id))
    ]
    marks = {str(member_id)} | {mark for table in _with("code") for mark in _marks(table, member_id)}
    tills = {str(till) for table in _with("terminal_id") for till in _values(table, "terminal_id", member_id)}
    return {"addresses": addresses, "marks": sorted(marks), "tills": sorted(tills)}


def brands_of(member_id: uuid.UUID) -> set[uuid.UUID]:
    """The brands that hold anything of this member."""
    return {uuid.UUID(brand) for table in _with("brand_id") for brand in _values(table, "brand_id", member_id)}


def merged(one: Handles, other: Handles) -> dict[str, Any]:
    """What either knows."""
    return {name: sorted({*one.get(name, ()), *other.get(name, ())}) for name in ("addresses", "marks", "tills")}


def _with(column: str) -> list[Table]:
    return [table for table in personal_tables.tables_of_members() if column in table.c]


def _marks(table: Table, member_id: uuid.UUID) -> set[str]:
    names = [name for name in ("id", "code", "target_id") if name in table.c]
    return {mark for name in names for mark in _values(table, name, member_id)}


def _values(table: Table, column: str, member_id: uuid.UUID) -> set[str]:
    mine = select(cast(table.c[column], String)).where(personal_tables.about(table, member_id)).distinct()
    return {value for value in db.all_of(mine) if value is not None}
