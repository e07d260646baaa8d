"""Prices and stocks out of a file: judged row by row, written in batches, each a transaction of its own.

What is older than what is known changes nothing, so a file can be run again, a run that was cut off is simply run
again, and two files can come in either order. The memory is that of one batch, however long the file.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from typing import Any

from app.accounts.models import Brand
from app.ops.imports.outcomes import Found, JudgedRow, Report, RowOutcome, Summary
from app.ops.imports.tables import TableLine
from app.sql import db
from geo.availability import queries
from geo.availability.articles import Telling, tell_articles
from geo.availability.findings import PriceFinding, RefusedPrice
from geo.availability.price_rows import JudgedPrice, OpenStore, PriceRules, judge_price

BATCH = 5_000
"""Rows of one transaction: their rows are locked until it ends."""

Transaction = Callable[[], AbstractContextManager[Any]]


def import_prices(
    *,
    brand_id: uuid.UUID,
    lines: Iterable[TableLine],
    as_of: datetime | None,
    now: datetime,
    report: Report,
    transaction: Transaction,
) -> Summary:
    """Keep what these lines say of a brand's stores; `report` hears of each, in order.

    `as_of` is the instant of lines that do not say theirs. `transaction` opens one for each batch; one that rolls back
    makes a dry run. What the lines raise (a broken file) passes.
    """
    summary = Summary()
    with transaction():
        rules = rules_of(brand_id, as_of=as_of, now=now)
    for some in _batches(lines):
        judged = [_judged(line, rules) for line in some]
        with transaction():
            became = iter(
                tell_articles(brand_id=brand_id, told=[one.told for one in judged if isinstance(one, JudgedPrice)])
            )
        for line, one in zip(some, judged, strict=True):
            outcome = _outcome(one, next(became)) if isinstance(one, JudgedPrice) else one
            summary.count(outcome)
            summary.dropped.update(line.strange)
            report(outcome)
    return summary


def rules_of(brand_id: uuid.UUID, *, as_of: datetime | None, now: datetime) -> PriceRules:
    """What the files of a brand are read by."""
    brand = db.session().get_one(Brand, brand_id)
    stores = {
        row.reference: OpenStore(row.number, row.time_zone) for row in db.rows(queries.stores_by_reference(brand_id))
    }
    return PriceRules(stores, brand.currency, now, as_of)


def _batches(lines: Iterable[TableLine]) -> Iterator[Sequence[TableLine]]:
    remaining = iter(lines)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _judged(line: TableLine, rules: PriceRules) -> JudgedPrice | JudgedRow:
    try:
        return judge_price(line, rules)
    except RefusedPrice as refused:
        return JudgedRow(line.number, RowOutcome.REFUSED, (refused.found,), line.get("store"))


def _outcome(one: JudgedPrice, became: Telling) -> JudgedRow:
    store, name = one.store, one.told.gtin or one.told.sku
    if became is Telling.WRITTEN:
        outcome = RowOutcome.CORRECTED if one.found else RowOutcome.ACCEPTED
        return JudgedRow(one.row, outcome, one.found, store, name)
    late = (Found(PriceFinding.NEWER_IS_KNOWN, "as_of"),) if became is Telling.OLDER else ()
    return JudgedRow(one.row, RowOutcome.UNCHANGED, (*one.found, *late), store, name, changed=())
