"""A sale as it is written: once, when everything of it is known."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy.orm import make_transient_to_detached

from app.access_log.reads import values_of_reads
from app.data_map import DataClass
from app.sql import db
from offers.checkout import queries, sale_cards
from offers.checkout.models import Sale, SaleState
from offers.checkout.pricing import Asked, PricedSale, Till
from offers.checkout.situation import Situation
from wallet.authenticity.judgement import CodeProof

SEEN = (DataClass.PURCHASE, DataClass.COUPON)
"""What a sale tells staff about a member."""


class ToSell(NamedTuple):
    """A sale that is to be opened or closed, and what holds. `again`: it was closed before with the same content."""

    sale: Sale
    asked: Asked
    """What was asked, with what its tenders take from the cagnotte."""
    found: Situation
    again: bool
    is_new: bool
    proofs: Sequence[CodeProof] = ()
    """What the codes that were shown prove, for those that spend."""


def make_sale(asked: Asked, till: Till, *, member_id: uuid.UUID, now: datetime) -> Sale:
    """A new sale, of which nothing is written yet."""
    return Sale(
        member_id=member_id,
        id=db.new_id(),
        brand_id=till.brand_id,
        store_id=till.store_id,
        terminal_id=till.terminal_id,
        terminal=asked.terminal,
        receipt=asked.receipt,
        state=SaleState.OPEN,
        currency=asked.basket.currency,
        asked={},
        trace={},
        payable_minor=0,
        closing=0,
        purchase_id=None,
        points_currency_id=None,
        points_spent=0,
        hold_id=None,
        spend_id=None,
        opened_at=now,
        held_until=None,
        closed_at=None,
        cancelled_at=None,
        cashier_id=db.cashier_id(),
        cancelled_by_id=None,
    )


def write_sale(to_sell: ToSell, asked: Asked, weighed: PricedSale, *, trace: dict[str, Any], now: datetime) -> Sale:
    """Write the sale with what was asked and what came of it: all of it if it is new, else what changed.

    With a new sale goes the trace that staff looked, which is kept if the sale is.
    """
    sale = to_sell.sale
    sale.asked, sale.trace, sale.payable_minor = sale_cards.content_of(asked), trace, trace["payable_minor"]
    sale.currency = weighed.stacked.basket.currency
    sale.points_spent = weighed.points.points if weighed.points else 0
    sale.points_currency_id = weighed.points.currency_id if weighed.points else sale.points_currency_id
    if not to_sell.is_new:
        db.session().flush()
        return sale
    values = {name: getattr(sale, name) for name in queries.SALE_COLUMNS}
    documents = {name: orjson.dumps(values[name]).decode() for name in queries.DOCUMENTS}
    seen = values_of_reads(member_ids=[sale.member_id], classes=SEEN, now=now)
    db.send_statement(queries.ADD_SALE, values | documents | seen)
    make_transient_to_detached(sale)  # what is written already is the session's from now on, as if it had been read
    db.session().add(sale)
    return sale
