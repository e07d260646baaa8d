"""The ledger of what issuers owe: what coupons paid in a sale, and what of it came back with the articles."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from app import clock
from app.languages import Moment
from app.sql import db
from offers.manufacturers import queries
from offers.manufacturers.errors import ManufacturerCouponUsed
from offers.manufacturers.models import IssuerEntryKind
from offers.manufacturers.worth import CouponPayment

CameBack = Mapping[int, tuple[int, int]]
"""By position of a line: how many of its parts have come back, of how many."""


class SaleOfUse(NamedTuple):
    """The sale in which coupons paid, as the ledger names it; `closing` is which time it was closed."""

    brand_id: uuid.UUID
    sale_id: uuid.UUID
    closing: int
    terminal: str
    receipt: str
    store_id: uuid.UUID
    store_name: str
    day: date


class CouponsBack(NamedTuple):
    """What of coupons came back at one time: to the issuers, and what the customer gets less in money for it."""

    corrected_minor: int
    kept_from_customer_minor: int


def write_uses(payments: Sequence[CouponPayment], *, sale: SaleOfUse, now: datetime) -> None:
    """Write down what issuers owe for a sale. A number that is unique is used up by it.

    Raises `ManufacturerCouponUsed` if somebody was first.
    """
    entries = [_use(one, sale, now) for one in payments]
    while entries:
        written = {row.id for row in db.send_statement(queries.ADD_ENTRIES, {"entries": _json(entries)})}
        entries = [one for one in entries if one["id"] not in written]
        if entries:
            _refuse_used(entries, payments, brand_id=sale.brand_id)  # or it was let go meanwhile: then once more


def correct_uses(
    *,
    brand_id: uuid.UUID,
    sale_id: uuid.UUID,
    closing: int,
    prices: Mapping[int, tuple[int, int]],
    before: CameBack,
    after: CameBack,
    now: datetime,
) -> CouponsBack:
    """Take back from the issuers what coupons paid for what came back of a sale (locked): of each line its part,
    rounded down, so that after the last unit all is back. A number whose whole amount is back may be used again.

    `prices` are the net of each line and the tax on top of it. Whoever gets money back gets of such a line the part of
    what they paid in money, which is rounded down likewise.
    """
    named = {"brand": brand_id, "sale": sale_id, "closing": closing}
    uses = db.send_statement(queries.USES_OF_SALE, named)
    entries, free = [], []
    for use in uses:
        lines = {int(at): amount for at, amount in use.lines.items()}
        back = {at: _part(amount, after[at]) - _part(amount, before[at]) for at, amount in lines.items()}
        if sum(back.values()):
            entries.append(_correction(use, back, now))
        if use.unique_number and all(done == of for done, of in (after[at] for at in lines)):
            free.append(use.id)
    if entries:
        db.send_statement(queries.ADD_ENTRIES, {"entries": _json(entries)})
    if free:
        db.send_statement(queries.FREE_NUMBERS, {"ids": free})
    paid = _paid_of_lines(uses)
    kept = sum(_kept(prices[at], paid[at], after[at]) - _kept(prices[at], paid[at], before[at]) for at in paid)
    return CouponsBack(-sum(one["amount_minor"] for one in entries), kept)


def _part(amount: int, came_back: tuple[int, int]) -> int:
    back, of = came_back
    return amount * back // of


def _paid_of_lines(uses: Sequence[Any]) -> dict[int, int]:
    paid: dict[int, int] = {}
    for use in uses:
        for at, amount in use.lines.items():
            paid[int(at)] = paid.get(int(at), 0) + amount
    return paid


def _kept(price: tuple[int, int], paid: int, came_back: tuple[int, int]) -> int:
    """How much less money the units that have come back bring than their price: what coupons paid of it."""
    net, tax = price
    return _part(net, came_back) + _part(tax, came_back) - _part(net + tax - paid, came_back)


def _use(one: CouponPayment, sale: SaleOfUse, now: datetime) -> dict[str, Any]:
    id = db.new_id()
    return sale._asdict() | {
        "id": id,
        "issuer_id": one.of.issuer_id,
        "kind": IssuerEntryKind.USE,
        "use_id": id,
        "prefix": one.of.series.prefix,
        "code": one.code,
        "unique_number": one.unique_number,
        "face_minor": one.face_minor,
        "amount_minor": one.amount_minor,
        "currency": one.of.currency,
        "lines": {str(at): amount for at, amount in sorted(one.lines.items())},
        "article": one.article,
        "posted_at": now,
    }


def _correction(use: Any, back: Mapping[int, int], now: datetime) -> dict[str, Any]:
    same = {name: getattr(use, name) for name in queries.COLUMNS if name not in ("day", "posted_at")}
    return same | {
        "id": db.new_id(),
        "kind": IssuerEntryKind.CORRECTION,
        "use_id": use.id,
        "unique_number": None,
        "amount_minor": -sum(back.values()),
        "lines": {str(at): -amount for at, amount in sorted(back.items()) if amount},
        "day": clock.day_of(now, use.time_zone),
        "posted_at": now,
    }


def _json(entries: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps([dict(one) for one in entries]).decode()


def _refuse_used(
    entries: Sequence[Mapping[str, Any]], payments: Sequence[CouponPayment], *, brand_id: uuid.UUID
) -> None:
    numbers = [one["unique_number"] for one in entries]
    issuers = {one.unique_number: one.of.issuer for one in payments}
    for row in db.send_statement(queries.USED, {"brand": brand_id, "numbers": numbers}):
        at = Moment(row.posted_at, row.time_zone)
        raise ManufacturerCouponUsed(issuer=issuers[row.unique_number], at=at, store=row.store_name)
