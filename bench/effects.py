"""Which rows a request leaves behind: what makes two ways of doing the same comparable, and what must hold of them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from bench import limit
from bench.clients import ask_once
from bench.machine import say
from bench.traffic import Traffic

Connection = psycopg.Connection[Any]


def check_rows(connection: Connection, traffic: Traffic, *, ours: int, theirs: int) -> None:
    """Raises when a sale or a redemption of ours, of the stand-in or of the limit leaves other rows than the others.

    `ours` and `theirs` are the ports. What the limit writes as text of a sale is what our sale has left here.
    """
    answers: list[bytes] = []
    limit.free_coupons(connection)
    mine, coupon = traffic.to_sell[0], traffic.to_redeem[0]
    first, last = traffic.spare[0], traffic.spare[-1]
    sales = {"ours": rows_made(connection, mine.card, lambda: answers.append(ask_once(ours, next(traffic.sale()))))}
    limit.take_sample(connection, answers[0])
    sales["fastapi"] = rows_made(connection, first.card, lambda: ask_once(theirs, next(traffic.spare_sale())))
    limit.free_coupons(connection)
    sales["limit"] = rows_made(connection, first.card, lambda: connection.execute(limit.SALE))
    uses = {"ours": rows_made(connection, coupon.card, lambda: ask_once(ours, next(traffic.redemption())))}
    uses["fastapi"] = rows_made(connection, last.card, lambda: ask_once(theirs, next(traffic.spare_redemption())))
    for made in (sales, uses):
        if any(rows != made["ours"] for rows in made.values()):
            raise RuntimeError(f"not the same rows: {made}")
    say(
        f"a sale leaves {sum(sales['ours'].values())} rows in {len(sales['ours'])} tables: ours, fastapi's, the limit's"
    )


def check_sales(connection: Connection, points: str) -> int:
    """How many sales there are in our points. Raises unless each has spent its points, once."""
    row = connection.execute(
        "SELECT count(*), count(points_entry.id), count(DISTINCT spend_id) FROM sale LEFT JOIN points_entry"
        " ON points_entry.member_id = sale.member_id AND points_entry.id = spend_id AND kind = 'spent'"
        " AND amount = points_spent WHERE points_currency_id = %s AND state <> 'open'",
        (points,),
    ).fetchone()
    sales, spent, once = row or (0, 0, 0)
    if not sales == spent == once:
        raise RuntimeError(f"of {sales} sales {spent} have spent their points, {once} of them once")
    return int(sales)


def rows_made(connection: Connection, card: str, do: Callable[[], object]) -> dict[str, int]:
    """How many rows more the holder of a card, and all tills together, have after `do`, by table."""
    before = _rows(connection, card)
    do()
    after = _rows(connection, card)
    return {table: after[table] - before[table] for table in sorted(after) if after[table] != before[table]}


def _rows(connection: Connection, card: str) -> Counter[str]:
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
