"""Which rows a request leaves behind: what makes two ways of doing the same comparable."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql


def rows_made(connection: "psycopg.Connection[Any]", card: str, do: Callable[[], object]) -> dict[str, int]:
    """How many rows more the holder of a card, and all tills together, have after `do`, by table."""
    before = _rows(connection, card)
    do()
    after = _rows(connection, card)
    return {table: after[table] - before[table] for table in sorted(after) if after[table] != before[table]}


def _rows(connection: "psycopg.Connection[Any]", card: str) -> Counter[str]:
    tables = connection.execute(
        "SELECT DISTINCT columns.table_name, column_name FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND columns.table_name NOT LIKE 'bench%'"
        " AND (column_name = 'member_id' OR columns.table_name = 'idempotency_key' AND column_name = 'principal_id')"
    ).fetchall()
    found: Counter[str] = Counter()
    for table, column in tables:
        named = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
        if column == "member_id":
            asked = sql.SQL(
                "SELECT count(*) FROM {table} JOIN bench_member USING (member_id) WHERE bench_member.code = {card}"
            ).format(**named, card=sql.Literal(card))
        else:
            asked = sql.SQL("SELECT count(*) FROM {table} JOIN terminal ON id = {column}").format(**named)
        row = connection.execute(asked).fetchone()
        found[table] = row[0] if row else 0
    return found
