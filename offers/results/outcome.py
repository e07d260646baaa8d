"""What one offer brought, by day on the brand's calendar and by store.

What tills and the ledger hold is exact: uses that stand, the sales with them, what the offer took off, the points it
gave. What was shown to whom is the members' own: counts of it are not said where fewer than five stand behind them, and
the sums are of what is said.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.accounts.models import Brand
from app.sql import db
from offers.deciding.ranking import Outcome
from offers.learning.lessons import id_at
from offers.planning import brand_offers
from offers.rehearsal.figures import FEWEST
from offers.results import queries
from offers.results.errors import ResultsTooLong

A_DAY = timedelta(days=1)
LONGEST = timedelta(days=93)
OPEN_FOR = timedelta(days=2)
"""How long before it was closed a sale may have been opened."""

Key = tuple[date, uuid.UUID | None]


@dataclass
class OfferResult:
    """Numbers of one day at one store; without a store those of claims, which are made nowhere. `shown` is null where
    it is not said."""

    shown: int | None = None
    claimed: int = 0
    redeemed: int = 0
    sales_with: int = 0
    sales_without: int = 0
    payable_with_minor: int = 0
    payable_without_minor: int = 0
    off_minor: int = 0
    points: int = 0
    money_given_minor: int = 0
    refusals: dict[str, int] = field(default_factory=dict)


def read_results(
    *, brand_id: uuid.UUID, offer_id: uuid.UUID, first: date, last: date, store_id: uuid.UUID | None = None
) -> dict[str, Any]:
    """What an offer brought between two days, both included, perhaps at one store.

    Raises `OfferUnknown`, `ResultsTooLong`.
    """
    brand_offers.the_offer(brand_id=brand_id, offer_id=offer_id)
    zone, currency = db.rows(select(Brand.time_zone, Brand.currency).where(Brand.id == brand_id))[0]
    since, until = instants_of(first, last, zone)
    asked = {"brand": brand_id, "offer": offer_id, "zone": zone, "since": since, "until": until}
    found = _read(asked, first=first, last=last)
    kept = {key: one for key, one in found.items() if store_id is None or key[1] == store_id}
    _add_other_sales(asked, kept)
    items = [
        {"day": day, "store_id": store, **asdict(kept[day, store])}
        for day, store in sorted(kept, key=lambda key: (key[0], str(key[1] or "")))
    ]
    return {"currency": currency, "items": items, "totals": asdict(add_results(kept.values()))}


def instants_of(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """When these days begin and end, the last included, on a clock. Raises `ResultsTooLong`. Pure."""
    if last - first >= LONGEST:
        raise ResultsTooLong(days=LONGEST.days)
    ends = min(last, date.max - A_DAY) + A_DAY
    begins, over = (clock.instant_of(datetime.combine(day, time.min), zone) for day in (first, ends))
    return begins, over


def add_results(results: Iterable[OfferResult]) -> OfferResult:
    """The sum of results, as far as they are said. Pure."""
    total, refusals = OfferResult(), defaultdict[str, int](int)
    for one in results:
        for named in fields(OfferResult):
            value = getattr(one, named.name)
            if isinstance(value, int):
                setattr(total, named.name, (getattr(total, named.name) or 0) + value)
        for code, count in one.refusals.items():
            refusals[code] += count
    total.refusals = dict(refusals)
    return total


def _read(asked: Mapping[str, Any], *, first: date, last: date) -> dict[Key, OfferResult]:
    found: dict[Key, OfferResult] = defaultdict(OfferResult)
    shown = {"offer": asked["offer"], "first": first, "last": last}
    for row in db.send_statement(queries.SHOWINGS, shown):
        if row.members < FEWEST:
            continue
        result = found[row.day, row.store_id]
        if row.outcome == Outcome.SHOWN:
            result.shown = row.decisions
        else:
            result.refusals[Outcome(row.outcome).name.lower()] = row.decisions
    for row in db.send_statement(queries.CLAIMS, asked):
        found[row.day, None].claimed = row.claimed
    for row in db.send_statement(queries.USES, asked):
        found[row.day, row.store_id].redeemed = row.redeemed
    for row in db.send_statement(queries.SALES_WITH, asked):
        result = found[row.day, row.store_id]
        result.sales_with, result.payable_with_minor = row.sales, row.payable_minor
        result.off_minor, result.points = row.off_minor, row.points
        result.money_given_minor = row.money_given_minor
    return found


def _add_other_sales(asked: Mapping[str, Any], found: Mapping[Key, OfferResult]) -> None:
    stores = {store for _, store in found if store is not None}
    if not stores:
        return
    made = {"after": id_at(asked["since"] - OPEN_FOR), "stores": list(stores)}
    for row in db.send_statement(queries.SALES, {**asked, **made}):
        result = found.get((row.day, row.store_id))
        if result is not None:
            result.sales_without = row.sales - result.sales_with
            result.payable_without_minor = row.payable_minor - result.payable_with_minor
