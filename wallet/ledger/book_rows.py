"""What was posted in books becomes rows: one statement for all of it, whose text is always the same.

Rows travel as one JSON value by table. So the statement for five hundred credits is the statement for one: the driver
prepares it once, the database plans it once, and nothing is put together in between.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from app.sql import db
from wallet.ledger.book import Book
from wallet.ledger.hash_chain import Movement
from wallet.ledger.models import (
    Account,
    EntryKind,
    HoldState,
    PointsAllocation,
    PointsBalance,
    PointsEntry,
    PointsHold,
    PointsLot,
    PointsLotState,
)

Rows = list[dict[str, Any]]


class Shelf(NamedTuple):
    """A table, and which of its columns a row that is there already takes from a new one."""

    table: Table
    changing: tuple[str, ...] = ()


ENTRY, LOT, ALLOCATION, STATE, HOLD, BALANCE = (
    cast(Table, model.__table__)
    for model in (PointsEntry, PointsLot, PointsAllocation, PointsLotState, PointsHold, PointsBalance)
)
SHELVES = {
    "entry": Shelf(ENTRY),
    "lot": Shelf(LOT),
    "allocation": Shelf(ALLOCATION),
    "state": Shelf(STATE, ("remaining", "state", "activates_at", "expires_at")),
    "hold": Shelf(HOLD, ("state",)),
}
SUMS = ("available", "pending", "held", "debt", "awaited", "totals", "sequence", "head", "next_due_at")
COLUMNS = tuple(column.name for column in ENTRY.columns)


def write_books(books: Sequence[Book], *, balances: Rows) -> None:
    """Write what was posted in these books, what it did to lots and holds, and these balances."""
    made = [movement for book in books for movement in book.made]
    touched = {lot_id for movement in made for lot_id in movement.parts}
    touched |= {one.about_id for one in made if one.kind == EntryKind.PENDING_ACTIVATED and one.about_id}
    states = [
        {
            "member_id": book.member_id,
            "lot_id": lot.id,
            "currency_id": book.currency_id,
            "brand_id": book.brand_id,
            "earned_at": lot.earned_at,
            "remaining": lot.remaining,
            "state": lot.state,
            "activates_at": lot.activates_at,
            "expires_at": lot.expires_at,
        }
        for book in books
        for lot in book.lots.values()
        if lot.new or lot.id in touched
    ]
    holds = [
        {
            "member_id": book.member_id,
            "entry_id": hold.id,
            "currency_id": book.currency_id,
            "brand_id": book.brand_id,
            "amount": hold.amount,
            "ends_at": hold.ends_at,
            "state": hold.state,
        }
        for book in books
        for hold in book.holds.values()
        if hold.new or hold.state != HoldState.OPEN
    ]
    _write(_rows_of(made) | {"state": states, "hold": holds}, balances)


def write_balances(balances: Rows) -> None:
    """Write these balances (`balance_row`)."""
    _write({}, balances)


def balance_row(book: Book, *, next_due_at: Any) -> dict[str, Any]:
    """What a book comes to."""
    return {
        "member_id": book.member_id,
        "currency_id": book.currency_id,
        "available": book.available,
        "pending": book.sums[Account.PENDING],
        "held": book.sums[Account.HELD],
        "debt": book.debt,
        "awaited": book.awaited,
        "totals": book.totals,
        "sequence": book.sequence,
        "head": _bytes(book.head),
        "next_due_at": next_due_at,
    }


def _rows_of(made: Sequence[Movement]) -> dict[str, Rows]:
    lots = [
        _owned(one, amount=one.lot.amount, earned_at=one.lot.earned_at, lasts=one.lot.lasts) for one in made if one.lot
    ]
    parts = [_owned(one, lot_id=lot_id, amount=amount) for one in made for lot_id, amount in one.parts.items()]
    entries = [{name: getattr(one, name) for name in COLUMNS} | {"hash": _bytes(one.hash)} for one in made]
    return {"entry": entries, "lot": lots, "allocation": parts}


def _owned(one: Movement, **values: Any) -> dict[str, Any]:
    return {"member_id": one.member_id, "entry_id": one.id, "brand_id": one.brand_id, **values}


def _bytes(value: bytes | None) -> str | None:
    """As PostgreSQL reads them from text."""
    return None if value is None else f"\\x{value.hex()}"


def _write(rows: dict[str, Rows], balances: Rows | None = None) -> None:
    filled = {name: some for name, some in (rows | {"balance": balances or []}).items() if some}
    if filled:
        values = {name: orjson.dumps(some, option=orjson.OPT_NON_STR_KEYS).decode() for name, some in filled.items()}
        db.send_statement(_statement(tuple(filled)), values)


@cache
def _statement(names: tuple[str, ...]) -> db.HotStatement:
    """One statement that writes to these shelves, and to balances if they are named; keys are checked at its end."""
    writes = [f"{name} AS ({_put(name, SHELVES[name])})" for name in names if name in SHELVES]
    last = _sums() if "balance" in names else "SELECT"
    return db.HotStatement((f"WITH {', '.join(writes)} " if writes else "") + last)


def _put(name: str, shelf: Shelf) -> str:
    columns = [column.name for column in shelf.table.columns]
    listed = ", ".join(columns)
    keys = ", ".join(column.name for column in shelf.table.primary_key.columns)
    fresh = ", ".join(f"{column} = excluded.{column}" for column in shelf.changing)
    given = _recordset(name, shelf.table, columns)
    added = f"INSERT INTO {shelf.table.name} ({listed}) SELECT {listed} FROM {given}"  # noqa: S608 (our own names)
    return f"{added} ON CONFLICT ({keys}) DO UPDATE SET {fresh}" if fresh else added


def _sums() -> str:
    fresh = ", ".join(f"{column} = fresh.{column}" for column in SUMS)
    columns = ("member_id", "currency_id", *SUMS)
    given = _recordset("balance", BALANCE, columns, "fresh")
    mine = "points_balance.member_id = fresh.member_id AND points_balance.currency_id = fresh.currency_id"
    return f"UPDATE points_balance SET {fresh} FROM {given} WHERE {mine}"  # noqa: S608 (our own names)


def _recordset(name: str, table: Table, columns: Iterable[str], called: str = "given") -> str:
    compile_type: Callable[[Any], str] = postgresql.dialect().type_compiler_instance.process  # type: ignore[no-untyped-call]
    typed = ", ".join(f"{column} {compile_type(table.c[column].type)}" for column in columns)
    return f"jsonb_to_recordset(CAST(%({name})s AS jsonb)) AS {called} ({typed})"
