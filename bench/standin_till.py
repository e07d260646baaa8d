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

from bench import standin_sql as sql

HASH = b"0" * 32


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
        await self.ask.execute(sql.READ, member, uuid7(), brand, self.store, classes, self.now)
        kept = self.now + timedelta(days=30)
        await self.ask.execute(sql.KEY, self.terminal, self.route, self.key, HASH, text, self.now, kept)
        return Response(text, status_code=201, media_type="application/json")


@app.post("/v1/scans")
async def scan(shown: Shown, request: Request) -> Response:
    async with app.state.pool.acquire() as connection, connection.transaction():
        work, scan_id = Work(request, connection), uuid7()
        known = await connection.fetchrow(sql.PASS, shown.code)
        member, target, kind, brand = (known[name] for name in ("member_id", "target_id", "kind", "brand_id"))
        await connection.execute(sql.SCANNED, member, scan_id, brand, work.store, work.terminal, kind, target, work.now)
        said = {"id": scan_id, "kind": kind, "code": shown.code, "display_name": known["display_name"]}
        said |= {"card_id": target, "coupons_url": f"/v1/scans/{scan_id}/coupons", "scanned_at": work.now}
        return await work.answer(member, brand, ["account"], said)


@app.post("/v1/coupons/{code}/redemptions")
async def redeem(code: str, request: Request) -> Response:
    async with app.state.pool.acquire() as connection, connection.transaction():
        work, redemption = Work(request, connection), uuid7()
        coupon = await connection.fetchrow(sql.COUPON, code)
        member, brand = coupon["member_id"], coupon["brand_id"]
        await connection.execute(sql.USE, member, coupon["id"])
        at = (work.store, work.terminal, work.now)
        await connection.execute(sql.REDEEMED, member, redemption, brand, coupon["id"], *at, None)
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
    card = await ask.fetchrow(sql.PASS, sold.code)
    coupon = await ask.fetchrow(sql.COUPON, sold.coupons[0])
    member, brand = card["member_id"], card["brand_id"]
    offs = _taken_off(sold, json.loads(coupon["benefit"]))
    gross, off = sum(line.gross_minor for line in sold.lines), sum(offs)
    earned = [(gross - off) // 100, 5 * sum(line.quantity for line in sold.lines if line.category == "food/tea")]
    said = _told(sold, offs) | {"id": sale, "store_id": work.store, "purchase_id": purchase, "closed_at": now}
    said |= {"payable_minor": gross - off, "earns": earned, "points_spent": sold.points.points}
    purse = await ask.fetchrow(sql.BALANCE, member, currency)
    lot = await ask.fetchval(sql.LOT, member, currency, sold.points.points)
    await ask.execute(sql.USE, member, coupon["id"])
    place = (work.store, work.terminal, sold.terminal, sold.receipt, sold.currency)
    texts = (sold.model_dump_json(), json.dumps(said, default=str), gross - off)
    paid = (currency, sold.points.points, spent, now)
    await ask.execute(sql.SALE, member, sale, brand, *place, *texts, purchase, *paid)
    await ask.execute(sql.NUMBER, work.store, sold.terminal, sold.receipt, brand, member, sale)
    await ask.execute(sql.REDEEMED, member, uuid7(), brand, coupon["id"], work.store, work.terminal, now, sale)
    number = (brand, str(work.store), sold.terminal, sold.receipt)
    await ask.execute(sql.RECEIPT, *number, member, purchase, now)
    bought = (sold.terminal, sold.receipt, sold.currency, gross, off, HASH, now)
    await ask.execute(sql.PURCHASE, member, purchase, brand, work.store, *bought)
    names = ("position", "sku", "label", "category", "quantity", "gross_minor")
    columns = [[getattr(line, name) for line in sold.lines] for name in names]
    await ask.execute(sql.LINES, member, purchase, brand, *columns, offs, [line.tax_bp for line in sold.lines])
    facts = [json.dumps({"purchase": str(purchase), "points": points}) for points in (0, *earned)]
    amounts, kinds = [sold.points.points, *earned], ["spent", "earned", "earned"]
    sources = [f"sale:{sale}", f"purchase:{purchase}:euro", f"purchase:{purchase}:tea"]
    chain = (purse["sequence"], now, HASH)
    entries = ([spent, euro, tea], kinds, amounts, sources, facts)
    await ask.execute(sql.ENTRIES, member, currency, brand, *chain, *entries)
    await ask.execute(sql.ALLOCATION, member, spent, lot, brand, -sold.points.points)
    await ask.execute(sql.LOTS, member, brand, now, [euro, tea], earned)
    ends = now + timedelta(days=730)
    await ask.execute(sql.STATES, member, currency, brand, now, ends, [euro, tea], earned)
    await ask.execute(sql.EATEN, member, lot, sold.points.points)
    await ask.execute(sql.BALANCED, member, currency, sum(earned) - sold.points.points, HASH, sold.points.points)
    shares = [json.dumps({str(line.position): 1 for line in sold.lines})] * 2
    awards = (["euro", "tea"], [euro, tea], earned, shares, facts[1:])
    await ask.execute(sql.AWARDS, member, purchase, brand, currency, now, *awards)
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
