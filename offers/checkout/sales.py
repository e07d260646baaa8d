"""A sale is opened, which keeps its coupons and points for a short time, and closed, which uses them.

What a till calls a sale (store, terminal, receipt) is one sale for ever: sent again it is the same, also after a lost
answer, and other content under the same name is refused once the sale is closed. A sale that is still open is simply
weighed anew. Locks, in this order: that name, the sale, offers, coupons, points.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy.orm import make_transient_to_detached

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.languages import Money
from app.sql import db, locks
from offers.checkout import queries, sale_record, wording
from offers.checkout.discounts import IncentiveKind
from offers.checkout.errors import SaleChanged, TotalDiffers
from offers.checkout.models import Sale, SaleState
from offers.checkout.pricing import (
    Asked,
    PointsAsked,
    PricedSale,
    Till,
    find_member_by_code,
    price_sale,
    read_situation,
)
from offers.checkout.situation import Situation
from offers.coupons import sale_use as coupons
from wallet.ledger.errors import HoldOver, MoreThanMoved
from wallet.points import earning, spending
from wallet.points.earning import Credit
from wallet.points.open_books import OpenBooks
from wallet.programmes import awards
from wallet.purchases import records
from wallet.purchases.models import Purchase


class ToSell(NamedTuple):
    """A sale that is to be opened or closed, and what holds. `again`: it was closed before with the same content."""

    sale: Sale
    found: Situation
    again: bool
    is_new: bool


class PointsKept(NamedTuple):
    """The hold of an open sale, and what it is counted in."""

    currency_id: uuid.UUID | None
    hold_id: uuid.UUID | None


KEPT_FOR = timedelta(minutes=5)
"""How long an open sale keeps what it needs, unless the till says otherwise."""

SEEN = (DataClass.PURCHASE, DataClass.COUPON)
"""What a sale tells staff about a member."""


def quote_sale(*, asked: Asked, till: Till, now: datetime) -> PricedSale:
    """What a sale would come to, and why. Nothing is written but that staff looked.

    Raises as `pricing.find_member_by_code` and `pricing.price_sale`.
    """
    found = read_situation(asked, till=till)
    member_id = find_member_by_code(asked.code, brand_id=till.brand_id, found=found)
    note_read(member_id=member_id, classes=SEEN, now=now)
    sale = db.first(queries.sale_of(*found.sale)) if found.sale is not None else None
    return price_sale(
        asked,
        found=found,
        member_id=member_id,
        till=till,
        sale_id=sale.id if sale else None,
        now=now,
        locked=False,
        kept_points=_kept_points(sale, asked, member_id=member_id, now=now),
    )


def _kept_points(sale: Sale | None, asked: Asked, *, member_id: uuid.UUID, now: datetime) -> int:
    """How many of the points that are to pay this sale keeps already."""
    if sale is None or sale.member_id != member_id or sale.state_at(now) is not SaleState.OPEN or asked.points is None:
        return 0
    same = sale.hold_id is not None and sale.points_currency_id == asked.points.currency_id
    return sale.points_spent if same else 0


def open_sale(*, asked: Asked, till: Till, now: datetime, kept_for: timedelta = KEPT_FOR) -> Sale:
    """Keep what a sale needs, all of it or nothing: no other sale can use these coupons and points until then.

    The same sale opened again replaces what it kept. One that is closed already is given as it stands.
    Raises as `pricing.find_member_by_code` and `pricing.price_sale`; the refusal of a coupon that cannot be used;
    `NotEnoughPoints`; `SaleChanged`.
    """
    to_sell = _sale_to_sell(asked, till, now=now)
    sale = to_sell.sale
    if to_sell.again:
        return sale
    paying = {asked.points.currency_id} if asked.points else set()
    weighed = _weigh(to_sell, asked, till=till, currencies=paying if paying or sale.hold_id else None, now=now)
    until, hold_id = now + kept_for, None
    used = list(weighed.used.values())
    if used or not to_sell.is_new:
        coupons.hold_coupons(used, member_id=sale.member_id, sale_id=sale.id, until=until)
    if weighed.books is not None:
        hold_id = _hold_anew(to_sell, weighed, weighed.books, until=until, now=now)
        weighed.books.save()
    sale.hold_id, sale.held_until, sale.state = hold_id, until, SaleState.OPEN
    return _write(to_sell, asked, weighed, trace=sale_record.trace_of(weighed))


def commit_sale(*, asked: Asked, till: Till, now: datetime, charged_minor: int | None = None) -> Sale:
    """Close a sale: its coupons are used, its points spent, the purchase is written down and earns points.

    It need not have been opened. `charged_minor` is what the till asked for: another total is refused.
    Raises as `open_sale`; `TotalDiffers`, `ReceiptReused`.
    """
    to_sell = _sale_to_sell(asked, till, now=now)
    sale = to_sell.sale
    if to_sell.again:
        return sale
    given = set(to_sell.found.found.programme.currencies()) if to_sell.found.found else set()
    paying = {asked.points.currency_id} if asked.points else set()
    weighed = _weigh(to_sell, asked, till=till, currencies=given | paying, now=now)
    trace = sale_record.trace_of(weighed)
    _check_total(trace, weighed, charged_minor)
    used = list(weighed.used.values())
    if used or not to_sell.is_new:
        whose = {"member_id": sale.member_id, "brand_id": sale.brand_id, "sale_id": sale.id}
        coupons.use_coupons(used, **whose, store_id=till.store_id, terminal_id=till.terminal_id, now=now)
    closing, books = sale.closing + 1, opened_books(weighed)
    spend_id = _spend(to_sell, weighed, books, closing=closing, now=now)
    purchase, books = _buy(to_sell, weighed, books, closing=closing, now=now)
    trace["bonuses"] = _give_bonus(sale, weighed, trace, books, closing=closing, now=now)
    books.save()
    sale.closing, sale.hold_id, sale.held_until, sale.state = closing, None, None, SaleState.CLOSED
    sale.spend_id, sale.purchase_id, sale.closed_at = spend_id, purchase.id, now
    return _write(to_sell, asked, weighed, trace=trace)


def _check_total(trace: Mapping[str, Any], weighed: PricedSale, charged_minor: int | None) -> None:
    if charged_minor is not None and charged_minor != trace["payable_minor"]:
        currency = weighed.stacked.basket.currency
        payable, charged = (Money(amount, currency) for amount in (trace["payable_minor"], charged_minor))
        raise TotalDiffers(payable_minor=payable, charged_minor=charged)


def opened_books(weighed: PricedSale) -> OpenBooks:
    """The books of a sale that was weighed under their locks."""
    if weighed.books is None:
        raise RuntimeError("the books of this sale are not open")
    return weighed.books


def hold_points_for_sale(sale: Sale, wanted: PointsAsked, *, until: datetime, now: datetime) -> uuid.UUID:
    """Put points aside for a sale. Raises `NotEnoughPoints`."""
    return spending.hold_points(
        member_id=sale.member_id,
        currency_id=wanted.currency_id,
        points=wanted.points,
        source=f"sale:{sale.id}:{db.new_id()}",
        reason=wording.KEPT,
        facts=_where(sale),
        ends_at=until,
        now=now,
    ).id


def release_sale(sale: Sale, *, now: datetime) -> None:
    """What an open sale keeps is free again."""
    coupons.release_coupons(member_id=sale.member_id, sale_id=sale.id)
    _release(sale, PointsKept(sale.points_currency_id, sale.hold_id), now=now)
    sale.hold_id = sale.held_until = None


def _release(sale: Sale, kept: PointsKept, *, now: datetime) -> None:
    if kept.hold_id is not None and kept.currency_id is not None:
        spending.release_hold(
            member_id=sale.member_id,
            currency_id=kept.currency_id,
            hold_id=kept.hold_id,
            reason=wording.LET_GO,
            now=now,
        )


def _sale_to_sell(asked: Asked, till: Till, *, now: datetime) -> ToSell:
    """The sale of this name, locked, with what holds. Raises `SaleChanged`."""
    locks.lock_name(f"sale:{till.store_id}:{asked.terminal}:{asked.receipt}")
    found = read_situation(asked, till=till)
    known = db.first(db.locked(queries.sale_of(*found.sale))) if found.sale is not None else None
    if known is not None and known.state != SaleState.OPEN:
        _check_same(known, asked, sale_record.content_of(asked))
        note_read(member_id=known.member_id, classes=SEEN, now=now)
        return ToSell(known, found, again=True, is_new=False)
    member_id = find_member_by_code(asked.code, brand_id=till.brand_id, found=found)
    note_read(member_id=member_id, classes=SEEN, now=now)
    if known is not None and known.member_id != member_id:
        _forget(known, now=now)  # somebody else's pass was shown first
        known = None
    sale = known or _new_sale(asked, till, member_id=member_id, now=now)
    return ToSell(sale, found, again=False, is_new=known is None)


def _check_same(known: Sale, asked: Asked, content: Mapping[str, Any]) -> None:
    """The same code is the same pass, also when it was lost or blocked since; another one may be the same member's."""
    same = sale_record.says_the_same(known.asked, content)
    if not same or (
        known.asked["code"] != asked.code
        and find_member_by_code(asked.code, brand_id=known.brand_id) != known.member_id
    ):
        raise SaleChanged(receipt=asked.receipt)


def _forget(sale: Sale, *, now: datetime) -> None:
    """An open sale of another member: nothing came of it."""
    release_sale(sale, now=now)
    number = db.first(queries.sale_called(sale.store_id, terminal=sale.terminal, receipt=sale.receipt))
    db.session().delete(number)
    db.session().flush()
    db.session().delete(sale)
    db.session().flush()


def _new_sale(asked: Asked, till: Till, *, member_id: uuid.UUID, now: datetime) -> Sale:
    """A sale that is written once everything of it is known."""
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
    )


def _weigh(
    to_sell: ToSell, asked: Asked, *, till: Till, currencies: Collection[uuid.UUID] | None, now: datetime
) -> PricedSale:
    """The same as a quote, under locks; what cannot be used is refused: the till has counted with it."""
    weighed = price_sale(
        asked,
        found=to_sell.found,
        member_id=to_sell.sale.member_id,
        till=till,
        sale_id=None if to_sell.is_new else to_sell.sale.id,
        now=now,
        locked=True,
        currencies=currencies,
    )
    for refusal in weighed.refusals.values():
        raise refusal
    return weighed


def _write(to_sell: ToSell, asked: Asked, weighed: PricedSale, *, trace: dict[str, Any]) -> Sale:
    """Write the sale with what was asked and what came of it: all of it if it is new, else what changed."""
    sale = to_sell.sale
    sale.asked, sale.trace, sale.payable_minor = sale_record.content_of(asked), trace, trace["payable_minor"]
    sale.currency = weighed.stacked.basket.currency
    sale.points_spent = weighed.points.points if weighed.points else 0
    sale.points_currency_id = weighed.points.currency_id if weighed.points else sale.points_currency_id
    if not to_sell.is_new:
        db.session().flush()
        return sale
    values = {name: getattr(sale, name) for name in queries.SALE_COLUMNS}
    documents = {name: orjson.dumps(values[name]).decode() for name in queries.DOCUMENTS}
    db.send_statement(queries.ADD_SALE, values | documents)
    make_transient_to_detached(sale)  # what is written already is the session's from now on, as if it had been read
    db.session().add(sale)
    return sale


def _hold_anew(
    to_sell: ToSell, weighed: PricedSale, books: OpenBooks, *, until: datetime, now: datetime
) -> uuid.UUID | None:
    """Free the points that an open sale keeps, and keep those that are to pay now."""
    sale = to_sell.sale
    _free(books, PointsKept(sale.points_currency_id, sale.hold_id), now=now)
    if weighed.points is None:
        return None
    currency_id, points = weighed.points
    book = books.settled_book(currency_id)
    book.ahead = weighed.usage.lots
    source, facts = f"sale:{sale.id}:{db.new_id()}", {"store": to_sell.found.store_name}
    return spending.post_hold(book, points, source=source, reason=wording.KEPT, facts=facts, ends_at=until, now=now).id


def _free(books: OpenBooks, kept: PointsKept, *, now: datetime) -> None:
    if kept.hold_id is not None and kept.currency_id is not None:
        spending.post_release(books.settled_book(kept.currency_id), kept.hold_id, reason=wording.LET_GO, now=now)


def _spend(to_sell: ToSell, weighed: PricedSale, books: OpenBooks, *, closing: int, now: datetime) -> uuid.UUID | None:
    """Take the points that pay: from the hold when it is enough and still holds, else from what is free."""
    sale = to_sell.sale
    kept = PointsKept(sale.points_currency_id, sale.hold_id)
    if weighed.points is None or kept.currency_id != weighed.points.currency_id:
        _free(books, kept, now=now)
        kept = PointsKept(None, None)
    if weighed.points is None:
        return None
    currency_id, points = weighed.points
    said: dict[str, Any] = {"source": f"sale:{sale.id}:{closing}", "reason": wording.PAID, "now": now}
    said["facts"] = {"store": to_sell.found.store_name}
    book = books.settled_book(currency_id)
    book.ahead = weighed.usage.lots
    if kept.hold_id is not None:
        try:
            return spending.post_capture(book, kept.hold_id, points=points, **said).id
        except (HoldOver, MoreThanMoved):
            _free(books, kept, now=now)
    return spending.post_spend(book, points, **said).id


def _buy(
    to_sell: ToSell, weighed: PricedSale, books: OpenBooks, *, closing: int, now: datetime
) -> tuple[Purchase, OpenBooks]:
    """Write the purchase down and give what it earned. Returns it, and the books that are open then."""
    sale, found, basket = to_sell.sale, to_sell.found, weighed.stacked.basket
    # A sale that was reopened is another purchase: what was written stays written.
    receipt = sale.receipt if closing == 1 else f"{sale.receipt} ↻{closing}"
    whose: dict[str, Any] = {"member_id": sale.member_id, "brand_id": sale.brand_id}
    said: dict[str, Any] = {"basket": basket, "terminal": sale.terminal, "receipt": receipt, "now": now}
    purchase = records.record_new(**whose, **said, is_counted=found.has_programme)
    if purchase is None:
        books.save()
        purchase = records.record_purchase(**whose, **said)
        awards.award_purchase(**whose, purchase=purchase, basket=basket, now=now)
        books = OpenBooks(**whose, currencies=(), now=now)
    elif found.found is not None:
        awards.award_at_till(
            found.found, weighed.awards, purchase=purchase, basket=basket, usage=weighed.usage, books=books
        )
    return purchase, books


def _give_bonus(
    sale: Sale, weighed: PricedSale, trace: Mapping[str, Any], books: OpenBooks, *, closing: int, now: datetime
) -> list[dict[str, Any]]:
    """Give the points of coupons that give points, and tell by which entries."""
    bonuses = []
    for step, told in zip(weighed.stacked.steps, trace["steps"], strict=True):
        if step.incentive.kind is IncentiveKind.POINTS and weighed.bonus_currency is not None:
            source, facts = f"sale:{sale.id}:{closing}:{step.incentive.key}", told["title"]
            book = books.settled_book(weighed.bonus_currency.id)
            credit = Credit(step.points, source=source, reason=wording.GIVEN, facts=facts)
            [earned] = earning.post_credits(book, [credit], now=now)
            said = {"currency_id": str(weighed.bonus_currency.id), "earn_id": str(earned.id), "points": step.points}
            bonuses.append({"key": step.incentive.key} | said)
    return bonuses


def _where(sale: Sale) -> dict[str, str]:
    [(_, name, _)] = db.rows(queries.stores_named([sale.store_id]))
    return {"store": name}
