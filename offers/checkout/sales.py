"""A sale is opened, which keeps its coupons and points for a short time, and closed, which uses them.

What a till calls a sale (store, terminal, receipt) is one sale for ever: sent again it is the same, also after a lost
answer, and other content under the same name is refused once the sale is closed. A sale that is still open is simply
weighed anew. Locks, in this order: that name, the sale, offers, coupons, points.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.languages import Money
from app.sql import db, locks
from offers.checkout import queries, sale_record, wording
from offers.checkout.discounts import IncentiveKind
from offers.checkout.errors import SaleChanged, TotalDiffers
from offers.checkout.models import Sale, SaleNumber, SaleState
from offers.checkout.pricing import Asked, PointsAsked, PricedSale, Till, find_member_by_code, price_sale
from offers.coupons import sale_use as coupons
from wallet.ledger.errors import HoldOver, MoreThanMoved
from wallet.points import earning, spending
from wallet.programmes import awards
from wallet.purchases import records


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
    member_id = find_member_by_code(asked.code, brand_id=till.brand_id)
    note_read(member_id=member_id, classes=SEEN, now=now)
    known = db.first(queries.sale_called(till.store_id, terminal=asked.terminal, receipt=asked.receipt))
    sale = db.first(queries.sale_of(known.member_id, known.sale_id)) if known is not None else None
    return price_sale(
        asked,
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
    sale, again = _sale_to_sell(asked, till, now=now)
    if again:
        return sale
    weighed = _weigh(asked, till=till, sale=sale, now=now)
    release_sale(sale, now=now)
    _write(sale, weighed, state=SaleState.OPEN)
    sale.held_until = until = now + kept_for
    coupons.hold_coupons(list(weighed.used.values()), sale_id=sale.id, until=until)
    if weighed.points is not None:
        sale.hold_id = hold_points_for_sale(sale, weighed.points, until=until, now=now)
    db.session().flush()
    return sale


def commit_sale(*, asked: Asked, till: Till, now: datetime, charged_minor: int | None = None) -> Sale:
    """Close a sale: its coupons are used, its points spent, the purchase is written down and earns points.

    It need not have been opened. `charged_minor` is what the till asked for: another total is refused.
    Raises as `open_sale`; `TotalDiffers`, `ReceiptReused`.
    """
    sale, again = _sale_to_sell(asked, till, now=now)
    if again:
        return sale
    weighed = _weigh(asked, till=till, sale=sale, now=now)
    kept = PointsKept(sale.points_currency_id, sale.hold_id)
    _write(sale, weighed, state=SaleState.CLOSED)
    if charged_minor is not None and charged_minor != sale.payable_minor:
        payable, charged = (Money(amount, sale.currency) for amount in (sale.payable_minor, charged_minor))
        raise TotalDiffers(payable_minor=payable, charged_minor=charged)
    coupons.release_coupons(member_id=sale.member_id, sale_id=sale.id)
    coupons.use_coupons(
        list(weighed.used.values()), sale_id=sale.id, store_id=till.store_id, terminal_id=till.terminal_id, now=now
    )
    sale.closing += 1
    sale.hold_id = sale.held_until = None
    db.all_of(queries.balances_to_lock(sale.member_id, till.brand_id))
    sale.spend_id = _spend(sale, weighed, kept, now=now)
    _buy(sale, weighed, now=now)
    _give_bonus(sale, weighed, now=now)
    db.session().flush()
    return sale


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


def _sale_to_sell(asked: Asked, till: Till, *, now: datetime) -> tuple[Sale, bool]:
    """The sale of this name, locked, and whether it was closed before with this content. Raises `SaleChanged`."""
    locks.lock_name(f"sale:{till.store_id}:{asked.terminal}:{asked.receipt}")
    content = sale_record.content_of(asked)
    number = db.first(queries.sale_called(till.store_id, terminal=asked.terminal, receipt=asked.receipt))
    known = db.first(db.locked(queries.sale_of(number.member_id, number.sale_id))) if number else None
    if known is not None and known.state != SaleState.OPEN:
        _check_same(known, asked, content)
        note_read(member_id=known.member_id, classes=SEEN, now=now)
        return known, True
    member_id = find_member_by_code(asked.code, brand_id=till.brand_id)
    note_read(member_id=member_id, classes=SEEN, now=now)
    if number is not None and known is not None and known.member_id != member_id:
        _forget(known, number, now=now)  # somebody else's pass was shown first
        known = None
    sale = known or _new_sale(asked, till, member_id=member_id, now=now)
    sale.asked = content
    return sale, False


def _check_same(known: Sale, asked: Asked, content: Mapping[str, Any]) -> None:
    """The same code is the same pass, also when it was lost or blocked since; another one may be the same member's."""
    same = sale_record.says_the_same(known.asked, content)
    if not same or (
        known.asked["code"] != asked.code
        and find_member_by_code(asked.code, brand_id=known.brand_id) != known.member_id
    ):
        raise SaleChanged(receipt=asked.receipt)


def _forget(sale: Sale, number: SaleNumber, *, now: datetime) -> None:
    """An open sale of another member: nothing came of it."""
    release_sale(sale, now=now)
    db.session().delete(number)
    db.session().flush()
    db.session().delete(sale)
    db.session().flush()


def _new_sale(asked: Asked, till: Till, *, member_id: uuid.UUID, now: datetime) -> Sale:
    sale = db.add(
        Sale(
            member_id=member_id,
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
            points_spent=0,
            opened_at=now,
        )
    )
    db.add(
        SaleNumber(
            store_id=till.store_id,
            terminal=asked.terminal,
            receipt=asked.receipt,
            brand_id=till.brand_id,
            member_id=member_id,
            sale_id=sale.id,
        )
    )
    return sale


def _weigh(asked: Asked, *, till: Till, sale: Sale, now: datetime) -> PricedSale:
    """The same as a quote, under locks; what cannot be used is refused: the till has counted with it."""
    weighed = price_sale(asked, member_id=sale.member_id, till=till, sale_id=sale.id, now=now, locked=True)
    for refusal in weighed.refusals.values():
        raise refusal
    return weighed


def _write(sale: Sale, weighed: PricedSale, *, state: SaleState) -> None:
    sale.trace = sale_record.trace_of(weighed)
    sale.payable_minor = sale.trace["payable_minor"]
    sale.currency = weighed.stacked.basket.currency
    sale.state = state
    sale.points_spent = weighed.points.points if weighed.points else 0
    sale.points_currency_id = weighed.points.currency_id if weighed.points else sale.points_currency_id


def _spend(sale: Sale, weighed: PricedSale, kept: PointsKept, *, now: datetime) -> uuid.UUID | None:
    """Take the points that pay: from the hold when it is enough and still holds, else from what is free."""
    if weighed.points is None or kept.currency_id != weighed.points.currency_id:
        _release(sale, kept, now=now)
        kept = PointsKept(None, None)
    if weighed.points is None:
        return None
    currency_id, points = weighed.points
    said: dict[str, Any] = {"source": f"sale:{sale.id}:{sale.closing}", "reason": wording.PAID, "facts": _where(sale)}
    whose: dict[str, Any] = {"member_id": sale.member_id, "currency_id": currency_id, "now": now}
    if kept.hold_id is not None:
        try:
            return spending.capture_hold(**whose, **said, hold_id=kept.hold_id, points=points).id
        except (HoldOver, MoreThanMoved):
            _release(sale, kept, now=now)
    return spending.spend_points(**whose, **said, points=points).id


def _buy(sale: Sale, weighed: PricedSale, *, now: datetime) -> None:
    basket = weighed.stacked.basket
    purchase = records.record_purchase(
        member_id=sale.member_id,
        brand_id=sale.brand_id,
        basket=basket,
        terminal=sale.terminal,
        # A sale that was reopened is another purchase: what was written stays written.
        receipt=sale.receipt if sale.closing == 1 else f"{sale.receipt} ↻{sale.closing}",
        now=now,
    )
    sale.purchase_id, sale.closed_at = purchase.id, now
    awards.award_purchase(member_id=sale.member_id, brand_id=sale.brand_id, purchase=purchase, basket=basket, now=now)


def _give_bonus(sale: Sale, weighed: PricedSale, *, now: datetime) -> None:
    """Give the points of coupons that give points, and note by which entries."""
    bonuses = []
    for step, told in zip(weighed.stacked.steps, sale.trace["steps"], strict=True):
        if step.incentive.kind is IncentiveKind.POINTS and weighed.bonus_currency is not None:
            earned = earning.earn_points(
                member_id=sale.member_id,
                currency_id=weighed.bonus_currency.id,
                points=step.points,
                source=f"sale:{sale.id}:{sale.closing}:{step.incentive.key}",
                reason=wording.GIVEN,
                facts=told["title"],
                now=now,
            )
            said = {"currency_id": str(weighed.bonus_currency.id), "earn_id": str(earned.id), "points": step.points}
            bonuses.append({"key": step.incentive.key} | said)
    sale.trace = sale.trace | {"bonuses": bonuses}


def _where(sale: Sale) -> dict[str, str]:
    [(_, name, _)] = db.rows(queries.stores_named([sale.store_id]))
    return {"store": name}
