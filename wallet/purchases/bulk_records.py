"""Many purchases at once, by a few statements that are always the same: each column travels as one array.

PostgreSQL has no COPY into tables with row-level security, and our role may make no temporary tables; arrays are the
next best thing.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from wallet.purchases import queries
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.records import content_now, content_of, place_of

Key = tuple[str, str, str]
"""Place, terminal and receipt: what names a purchase of a brand."""


class Wanted(NamedTuple):
    """A purchase to write, of a member who is known, under a key that nobody had a moment ago."""

    member_id: uuid.UUID
    terminal: str
    receipt: str
    basket: Basket

    @property
    def key(self) -> Key:
        return place_of(self.basket), self.terminal, self.receipt


class KnownReceipt(NamedTuple):
    """The purchase that has a key already."""

    member_id: uuid.UUID
    content: bytes
    purchase_id: uuid.UUID | None = None


class Outrun(Exception):
    """Somebody else wrote one of these receipts at the same moment: look again, and write the others."""


def known_receipts(*, brand_id: uuid.UUID, keys: Sequence[Key]) -> Mapping[Key, KnownReceipt]:
    """Which of these keys name a purchase already."""
    places, terminals, receipts = (_array(part) for part in zip(*keys, strict=True)) if keys else ("{}", "{}", "{}")
    rows = db.driver_connection().execute(KNOWN, (places, terminals, receipts, brand_id)).fetchall()
    return {(place, terminal, receipt): KnownReceipt(*rest) for place, terminal, receipt, *rest in rows}


def read_contents(known: Mapping[Key, KnownReceipt]) -> Mapping[Key, KnownReceipt]:
    """These purchases with the hash of what is written of them (`records.content_now`), not the one that they keep."""
    found = {
        key: db.first(queries.purchase_of(one.member_id, one.purchase_id))
        for key, one in known.items()
        if one.purchase_id is not None
    }
    return {key: known[key]._replace(content=content_now(one)) for key, one in found.items() if one is not None}


KNOWN = (
    "SELECT n.place, n.terminal, n.receipt, p.member_id, p.content, p.id"
    " FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked (place, terminal, receipt)"
    " JOIN receipt_number n ON n.place = asked.place AND n.terminal = asked.terminal AND n.receipt = asked.receipt"
    " JOIN purchase p ON p.member_id = n.member_id AND p.id = n.purchase_id"
    " WHERE n.brand_id = %s"
)


def record_many(*, brand_id: uuid.UUID, wanted: Sequence[Wanted], now: datetime) -> None:
    """Write these purchases with their lines. Raises `Outrun`; then the transaction must be left and done again."""
    if not wanted:
        return
    connection = db.driver_connection()
    members, ids = [str(one.member_id) for one in wanted], [str(db.new_id()) for _ in wanted]
    owners = {"brand": brand_id, "members": _array(members), "ids": _array(ids)}
    receipts = {name: _array(values) for name, values in _receipts(wanted).items()} | {"now": now}
    if connection.execute(RECEIPTS, owners | receipts).rowcount != len(wanted):
        raise Outrun
    connection.execute(PURCHASES, owners | receipts)
    lines = [(place, line) for place, one in enumerate(wanted, start=1) for line in one.basket.lines]
    connection.execute(LINES, owners | {name: _array(values) for name, values in _lines(lines).items()})


RECEIPTS = (
    "INSERT INTO receipt_number (brand_id, place, terminal, receipt, member_id, purchase_id, bought_at)"
    " SELECT %(brand)s, one.* FROM unnest(%(places)s::text[], %(terminals)s::text[], %(receipts)s::text[],"
    " %(members)s::uuid[], %(ids)s::uuid[], %(bought)s::timestamptz[]) AS one"
    " ON CONFLICT DO NOTHING"
)
PURCHASES = (
    "INSERT INTO purchase (brand_id, recorded_at, net_minor, member_id, id, terminal, receipt, store_id, channel,"
    " currency, tax_included, gross_minor, promotion_minor, content, bought_at)"
    " SELECT %(brand)s, %(now)s, one.gross - one.promotion, one.* FROM unnest(%(members)s::uuid[], %(ids)s::uuid[],"
    " %(terminals)s::text[], %(receipts)s::text[], %(stores)s::uuid[], %(channels)s::text[], %(currencies)s::text[],"
    " %(tax_included)s::boolean[], %(gross)s::bigint[], %(promotions)s::bigint[], %(contents)s::bytea[],"
    " %(bought)s::timestamptz[]) AS one"
    " (member, id, terminal, receipt, store, channel, currency, tax_included, gross, promotion, content, bought)"
)
# A line names its purchase by its place in the arrays of owners: no join, and three long columns fewer to send.
LINES = (
    "INSERT INTO purchase_line (brand_id, member_id, purchase_id, net_minor, position, quantity, gross_minor,"
    " promotion_minor, tax_bp, gtin, sku, label, category)"
    " SELECT %(brand)s, (%(members)s::uuid[])[line.owner], (%(ids)s::uuid[])[line.owner], line.gross - line.promotion,"
    " position, quantity, gross, promotion, tax_bp, gtin, sku, label, category"
    " FROM unnest(%(owners)s::integer[], %(positions)s::integer[], %(quantities)s::integer[], %(gross)s::bigint[],"
    " %(promotions)s::bigint[], %(taxes)s::smallint[], %(gtins)s::text[], %(skus)s::text[], %(labels)s::text[],"
    " %(categories)s::text[]) AS line"
    " (owner, position, quantity, gross, promotion, tax_bp, gtin, sku, label, category)"
)


def _receipts(wanted: Sequence[Wanted]) -> dict[str, Sequence[Any]]:
    baskets = [one.basket for one in wanted]
    return {
        "places": [place_of(basket) for basket in baskets],
        "terminals": [one.terminal for one in wanted],
        "receipts": [one.receipt for one in wanted],
        "stores": [basket.store_id for basket in baskets],
        "channels": [str(basket.channel) for basket in baskets],
        "currencies": [basket.currency for basket in baskets],
        "tax_included": [basket.tax_included for basket in baskets],
        "gross": [basket.gross_minor for basket in baskets],
        "promotions": [basket.promotion_minor for basket in baskets],
        "contents": [f"\\x{content_of(basket).hex()}" for basket in baskets],
        "bought": [basket.bought_at.isoformat() for basket in baskets],
    }


def _lines(lines: Sequence[tuple[int, BasketLine]]) -> dict[str, Sequence[Any]]:
    return {
        "owners": [owner for owner, _ in lines],
        "positions": [line.position for _, line in lines],
        "quantities": [line.quantity for _, line in lines],
        "gross": [line.gross_minor for _, line in lines],
        "promotions": [line.promotion_minor for _, line in lines],
        "taxes": [line.tax_bp for _, line in lines],
        "gtins": [line.gtin for _, line in lines],
        "skus": [line.sku for _, line in lines],
        "labels": [line.label for _, line in lines],
        "categories": [line.category for _, line in lines],
    }


def _array(values: Iterable[Any]) -> str:
    """An array as PostgreSQL reads it. The driver's own way takes five times as long, one value after the other."""
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
