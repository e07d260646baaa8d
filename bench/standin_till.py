"""What a user would pick instead: a minimal FastAPI + asyncpg service that makes the same rows without our duties.

It trusts the till that it is told, and connects as the superuser: no sign-in, no row-level security, no key that is
claimed first, no proved chain of hashes (a constant stands for it), no rules but one price, no tax, no stacking, no
refusals in words. Each request is one transaction of plain statements, as one writes them.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field
from uuid_utils.compat import uuid7

HASH = b"0" * 32

PASS = """
SELECT pass_code.member_id, pass_code.target_id, pass_code.kind, card.brand_id, display_name
FROM pass_code JOIN card ON card.member_id = pass_code.member_id AND card.id = pass_code.target_id
WHERE pass_code.code = $1 AND revoked_at IS NULL AND status = 'active'
"""
COUPON = """
SELECT coupon.member_id, coupon.id, coupon.brand_id, offer_id, title_fr, benefit
FROM pass_code JOIN coupon ON coupon.member_id = pass_code.member_id AND coupon.id = target_id
JOIN offer_version USING (offer_id) WHERE pass_code.code = $1 AND status = 'active' FOR UPDATE OF coupon
"""
USE = "UPDATE coupon SET status = 'redeemed' WHERE member_id = $1 AND id = $2"
SCANNED = """
INSERT INTO scan (member_id, id, brand_id, store_id, terminal_id, kind, target_id, scanned_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REDEEMED = """
INSERT INTO redemption (member_id, id, brand_id, coupon_id, store_id, terminal_id, redeemed_at, sale_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
BALANCE = "SELECT available, sequence FROM points_balance WHERE member_id = $1 AND currency_id = $2 FOR UPDATE"
LOT = """
SELECT lot_id FROM points_lot_state WHERE member_id = $1 AND currency_id = $2 AND state = 'active' AND remaining >= $3
ORDER BY expires_at LIMIT 1 FOR UPDATE
"""
SALE = """
INSERT INTO sale (member_id, id, brand_id, store_id, terminal_id, terminal, receipt, state, currency, asked, trace,
 payable_minor, closing, purchase_id, points_currency_id, points_spent, spend_id, opened_at, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'closed', $8, $9, $10, $11, 1, $12, $13, $14, $15, $16, $16)
"""
NUMBER = """
INSERT INTO sale_number (store_id, terminal, receipt, brand_id, member_id, sale_id) VALUES ($1, $2, $3, $4, $5, $6)
"""
RECEIPT = """
INSERT INTO receipt_number (brand_id, place, terminal, receipt, member_id, purchase_id, bought_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
PURCHASE = """
INSERT INTO purchase (member_id, id, brand_id, store_id, channel, terminal, receipt, currency, tax_included,
 gross_minor, promotion_minor, net_minor, content, bought_at, recorded_at, awarded_at)
VALUES ($1, $2, $3, $4, 'store', $5, $6, $7, true, $8, $9, $8 - $9::bigint, $10, $11, $11, $11)
"""
LINES = """
INSERT INTO purchase_line (member_id, purchase_id, position, brand_id, sku, label, category, quantity, gross_minor,
 promotion_minor, net_minor, tax_bp)
SELECT $1, $2, place, $3, sku, label, category, quantity, gross, promotion, gross - promotion, tax
FROM unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::bigint[], $10::bigint[], $11::smallint[])
 AS line (place, sku, label, category, quantity, gross, promotion, tax)
"""
ENTRIES = """
INSERT INTO points_entry (member_id, id, currency_id, brand_id, sequence, kind, from_account, to_account, amount,
 source, reason, facts, occurred_at, recorded_at, hash)
SELECT $1, id, $2, $3, $4 + place, kind, CASE kind WHEN 'spent' THEN 'available' ELSE 'issued' END,
 CASE kind WHEN 'spent' THEN 'spent' ELSE 'available' END, amount, source, 'sale', facts, $5, $5, $6
FROM unnest($7::uuid[], $8::text[], $9::bigint[], $10::text[], $11::jsonb[]) WITH ORDINALITY
 AS entry (id, kind, amount, source, facts, place)
"""
ALLOCATION = "INSERT INTO points_allocation (member_id, entry_id, lot_id, brand_id, amount) VALUES ($1, $2, $3, $4, $5)"
LOTS = """
INSERT INTO points_lot (member_id, entry_id, brand_id, amount, earned_at, lasts)
SELECT $1, id, $2, amount, $3, '2Y' FROM unnest($4::uuid[], $5::bigint[]) AS lot (id, amount)
"""
STATES = """
INSERT INTO points_lot_state (member_id, lot_id, currency_id, brand_id, earned_at, remaining, state, activates_at,
 expires_at)
SELECT $1, id, $2, $3, $4, amount, 'active', $4, $5 FROM unnest($6::uuid[], $7::bigint[]) AS lot (id, amount)
"""
EATEN = "UPDATE points_lot_state SET remaining = remaining - $3 WHERE member_id = $1 AND lot_id = $2"
BALANCED = """
UPDATE points_balance SET available = available + $3, sequence = sequence + 3, head = $4,
 totals = jsonb_set(totals, '{spent}', to_jsonb(COALESCE(CAST(totals ->> 'spent' AS bigint), 0) + $5::bigint))
WHERE member_id = $1 AND currency_id = $2
"""
AWARDS = """
INSERT INTO purchase_award (member_id, purchase_id, rule, brand_id, version, currency_id, entry_id, points, shares,
 facts, bought_at, awarded_at)
SELECT $1, $2, rule, $3, 1, $4, entry, points, shares, facts, $5, $5
FROM unnest($6::text[], $7::uuid[], $8::bigint[], $9::jsonb[], $10::jsonb[])
 AS award (rule, entry, points, shares, facts)
"""
READ = """
INSERT INTO personal_read (member_id, id, brand_id, store_id, role, data_classes, read_at)
VALUES ($1, $2, $3, $4, 'terminal', $5, $6)
"""
KEY = """
INSERT INTO idempotency_key (principal_id, route, key, fingerprint, status, headers, body, created_at, expires_at)
VALUES ($1, $2, $3, $4, 201, '{"Content-Type": "application/json"}', $5, $6, $7)
"""


class Shown(BaseModel):
    code: str = Field(max_length=64)


class Article(BaseModel):
    position: int = Field(ge=1, le=1000)
    quantity: int = Field(ge=1)
    gross_minor: int = Field(ge=0)
    sku: str
    category: str
    tax_bp: int
    label: str


class Points(BaseModel):
    currency_id: UUID
    points: int = Field(ge=1)


class Sold(BaseModel):
    code: str
    terminal: str
    receipt: str
    currency: str
    lines: list[Article]
    coupons: list[str]
    points: Points


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(
        host=os.environ["STANDIN_HOST"],
        user=os.environ["STANDIN_USER"],
        password=os.environ["STANDIN_PASSWORD"],
        database=os.environ["STANDIN_DATABASE"],
        min_size=4,
        max_size=4,
        server_settings={"plan_cache_mode": "force_generic_plan", "jit": "off"},
    )
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


class Work:
    """One request of a till: its transaction, who asks, and when."""

    def __init__(self, request: Request, connection: Any) -> None:
        terminal, store = request.headers["authorization"].removeprefix("Bearer ").split("/")
        self.terminal, self.store, self.now = UUID(terminal), UUID(store), datetime.now(UTC)
        self.key, self.route, self.ask = request.headers["idempotency-key"], request.url.path, connection

    async def answer(self, member: UUID, brand: UUID, classes: list[str], body: dict[str, Any]) -> Response:
        """Note that staff looked, keep the answer, and give it."""
        text = json.dumps(body, default=str).encode()
        await self.ask.execute(READ, member, uuid7(), brand, self.store, classes, self.now)
        kept = self.now + timedelta(days=30)
        await self.ask.execute(KEY, self.terminal, self.route, self.key, HASH, text, self.now, kept)
        return Response(text, status_code=201, media_type="application/json")


@app.post("/v1/scans")
async def scan(shown: Shown, request: Request) -> Response:
    async with app.state.pool.acquire() as connection, connection.transaction():
        work, scan_id = Work(request, connection), uuid7()
        known = await connection.fetchrow(PASS, shown.code)
        member, target, kind, brand = (known[name] for name in ("member_id", "target_id", "kind", "brand_id"))
        await connection.execute(SCANNED, member, scan_id, brand, work.store, work.terminal, kind, target, work.now)
        said = {"id": scan_id, "kind": kind, "code": shown.code, "display_name": known["display_name"]}
        said |= {"card_id": target, "coupons_url": f"/v1/scans/{scan_id}/coupons", "scanned_at": work.now}
        return await work.answer(member, brand, ["account"], said)


@app.post("/v1/coupons/{code}/redemptions")
async def redeem(code: str, request: Request) -> Response:
    async with app.state.pool.acquire() as connection, connection.transaction():
        work, redemption = Work(request, connection), uuid7()
        coupon = await connection.fetchrow(COUPON, code)
        member, brand = coupon["member_id"], coupon["brand_id"]
        await connection.execute(USE, member, coupon["id"])
        at = (work.store, work.terminal, work.now)
        await connection.execute(REDEEMED, member, redemption, brand, coupon["id"], *at, None)
        offer = {"id": coupon["offer_id"], "title": coupon["title_fr"], "benefit": json.loads(coupon["benefit"])}
        said = {"id": redemption, "coupon_code": code, "offer": offer, "store_id": work.store, "redeemed_at": work.now}
        return await work.answer(member, brand, ["coupon"], said)


@app.post("/v1/sales")
async def sell(sold: Sold, request: Request) -> Response:
    async with app.state.pool.acquire() as connection, connection.transaction():
        return await _sell(Work(request, connection), sold)


async def _sell(work: Work, sold: Sold) -> Response:
    ask, now, currency = work.ask, work.now, sold.points.currency_id
    sale, purchase, spent, euro, tea = (uuid7() for _ in range(5))
    card = await ask.fetchrow(PASS, sold.code)
    coupon = await ask.fetchrow(COUPON, sold.coupons[0])
    member, brand = card["member_id"], card["brand_id"]
    offs = _taken_off(sold, json.loads(coupon["benefit"]))
    gross, off = sum(line.gross_minor for line in sold.lines), sum(offs)
    earned = [(gross - off) // 100, 5 * sum(line.quantity for line in sold.lines if line.category == "food/tea")]
    said = _told(sold, offs) | {"id": sale, "store_id": work.store, "purchase_id": purchase, "closed_at": now}
    said |= {"payable_minor": gross - off, "earns": earned, "points_spent": sold.points.points}
    purse = await ask.fetchrow(BALANCE, member, currency)
    lot = await ask.fetchval(LOT, member, currency, sold.points.points)
    await ask.execute(USE, member, coupon["id"])
    place = (work.store, work.terminal, sold.terminal, sold.receipt, sold.currency)
    texts = (sold.model_dump_json(), json.dumps(said, default=str), gross - off)
    paid = (currency, sold.points.points, spent, now)
    await ask.execute(SALE, member, sale, brand, *place, *texts, purchase, *paid)
    await ask.execute(NUMBER, work.store, sold.terminal, sold.receipt, brand, member, sale)
    await ask.execute(REDEEMED, member, uuid7(), brand, coupon["id"], work.store, work.terminal, now, sale)
    number = (brand, str(work.store), sold.terminal, sold.receipt)
    await ask.execute(RECEIPT, *number, member, purchase, now)
    bought = (sold.terminal, sold.receipt, sold.currency, gross, off, HASH, now)
    await ask.execute(PURCHASE, member, purchase, brand, work.store, *bought)
    names = ("position", "sku", "label", "category", "quantity", "gross_minor")
    columns = [[getattr(line, name) for line in sold.lines] for name in names]
    await ask.execute(LINES, member, purchase, brand, *columns, offs, [line.tax_bp for line in sold.lines])
    facts = [json.dumps({"purchase": str(purchase), "points": points}) for points in (0, *earned)]
    amounts, kinds = [sold.points.points, *earned], ["spent", "earned", "earned"]
    sources = [f"sale:{sale}", f"purchase:{purchase}:euro", f"purchase:{purchase}:tea"]
    chain = (purse["sequence"], now, HASH)
    entries = ([spent, euro, tea], kinds, amounts, sources, facts)
    await ask.execute(ENTRIES, member, currency, brand, *chain, *entries)
    await ask.execute(ALLOCATION, member, spent, lot, brand, -sold.points.points)
    await ask.execute(LOTS, member, brand, now, [euro, tea], earned)
    ends = now + timedelta(days=730)
    await ask.execute(STATES, member, currency, brand, now, ends, [euro, tea], earned)
    await ask.execute(EATEN, member, lot, sold.points.points)
    await ask.execute(BALANCED, member, currency, sum(earned) - sold.points.points, HASH, sold.points.points)
    shares = [json.dumps({str(line.position): 1 for line in sold.lines})] * 2
    awards = (["euro", "tea"], [euro, tea], earned, shares, facts[1:])
    await ask.execute(AWARDS, member, purchase, brand, currency, now, *awards)
    return await work.answer(member, brand, ["purchase", "coupon"], said)


def _taken_off(sold: Sold, benefit: dict[str, Any]) -> list[int]:
    """What the coupon and the points take off each line, in proportion."""
    gross = sum(line.gross_minor for line in sold.lines)
    by_coupon = gross * benefit["percent"] // 100 if benefit["kind"] == "percent" else benefit["amount_minor"]
    off = min(gross, by_coupon + sold.points.points * 5)
    shares = [off * line.gross_minor // gross for line in sold.lines]
    shares[-1] += off - sum(shares)
    return shares


def _told(sold: Sold, offs: list[int]) -> dict[str, Any]:
    lines = [
        {
            "position": line.position,
            "quantity": line.quantity,
            "gross_minor": line.gross_minor,
            "promotion_minor": off,
            "net_minor": line.gross_minor - off,
        }
        for line, off in zip(sold.lines, offs, strict=True)
    ]
    return {"currency": sold.currency, "receipt": sold.receipt, "coupons": sold.coupons, "lines": lines}
