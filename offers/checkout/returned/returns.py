"""A sale that was closed comes back: by lines and units, or all of it; or it is reopened to be changed."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.access_log.reads import note_read
from app.languages import Moment
from app.sql import db
from offers.checkout import costs, queries, sale_cards, sales
from offers.checkout.errors import SaleCancelled, SaleElsewhere, SaleOpen, SalePartlyReturned, SaleUnknown
from offers.checkout.models import Sale, SaleReturn, SaleState, Undoing
from offers.checkout.pricing import PointsAsked
from offers.checkout.returned import reversal
from offers.checkout.sale_record import SEEN
from offers.coupons import sale_use as coupons
from offers.coupons.models import Coupon
from wallet.points import statements
from wallet.purchases.errors import LineNotMeasured, ReturnReused
from wallet.purchases.returns import what_is_left

NOTHING_CAME_BACK = ((SaleState.OPEN, 0), (SaleState.CLOSED, 1))
"""States, with how often a sale was closed, in which nothing can have been taken back of it."""


def the_sale(*, sale_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> Sale:
    """A sale of the brand, for staff: the member sees that they looked. Raises `SaleUnknown`."""
    sale = db.first(queries.sale_in(brand_id, sale_id))
    if sale is None:
        raise SaleUnknown
    note_read(member_id=sale.member_id, classes=SEEN, now=now)
    return sale


def sale_called(*, brand_id: uuid.UUID, store_id: uuid.UUID, terminal: str, receipt: str, now: datetime) -> Sale:
    """The sale of a receipt of one of the brand's stores, as `the_sale`. Raises `SaleUnknown`."""
    number = db.first(queries.sale_called(store_id, terminal=terminal, receipt=receipt))
    if number is None or number.brand_id != brand_id:
        raise SaleUnknown
    return the_sale(sale_id=number.sale_id, brand_id=brand_id, now=now)


def returns_of(sale: Sale) -> list[SaleReturn]:
    """What was taken back of a sale, in the order in which it was."""
    return list(db.all_of(queries.returns_of(sale.member_id, sale.id)))


def returns_to_show(sale: Sale) -> list[SaleReturn]:
    """The returns of a sale that was read or written in this transaction; where it says that nothing came back,
    nobody looks."""
    return [] if (sale.state, sale.closing) in NOTHING_CAME_BACK else returns_of(sale)


def return_units(
    *,
    sale_id: uuid.UUID,
    brand_id: uuid.UUID,
    units: Mapping[int, int],
    reference: str,
    now: datetime,
    weights: Mapping[int, int] | None = None,
) -> Sale:
    """Take units of lines back, at any store of the brand. `reference` is the till's own name of this return: sent
    again it is the same return. Of what was weighed, `weights` come back in thousandths, or one unit, which is all.

    Raises `SaleUnknown`, `SaleOpen`, `SaleCancelled`, `ReturnReused`, `MoreThanBought`, `MoreThanMeasured`,
    `LineNotMeasured`, `PurchaseLineUnknown`.
    """
    sale = _sale_to_change(sale_id=sale_id, brand_id=brand_id, now=now)
    units = _parts(sale, units, weights or {})
    known = next((one for one in returns_of(sale) if one.reference == f"return:{reference}"), None)
    if known is not None:
        if known.lines != {str(at): many for at, many in units.items() if many}:
            raise ReturnReused
        return sale
    _check_closed(sale)
    reversal.reverse_sale(sale, units, kind=Undoing.RETURN, reference=f"return:{reference}", now=now)
    sale.state = SaleState.PARTIALLY_RETURNED if _what_is_left(sale) else SaleState.RETURNED
    db.session().flush()
    return sale


def cancel_sale(*, sale_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> Sale:
    """Take all back that has not come back yet; of an open sale, free what it keeps. Twice is once.

    Raises `SaleUnknown`, `SaleElsewhere` at another store of the brand.
    """
    sale = _sale_to_change(sale_id=sale_id, brand_id=brand_id, now=now, store_id=store_id)
    if sale.state == SaleState.OPEN:
        sales.release_sale(sale, now=now)
    elif sale.state in (SaleState.CLOSED, SaleState.PARTIALLY_RETURNED):
        left = _what_is_left(sale)
        reversal.reverse_sale(sale, left, kind=Undoing.CANCELLATION, reference=f"cancellation:{sale.closing}", now=now)
    else:
        return sale
    sale.state, sale.cancelled_at, sale.cancelled_by_id = SaleState.CANCELLED, now, db.cashier_id()
    db.session().flush()
    return sale


def reopen_sale(*, sale_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> Sale:
    """Take all of a closed sale back and keep its coupons and points for it again, so that the till can change it.

    What that does not undo is told with the sale's returns. An open sale stays as it is.
    Raises `SaleUnknown`, `SaleElsewhere`, `SaleCancelled`, `SalePartlyReturned`.
    """
    sale = _sale_to_change(sale_id=sale_id, brand_id=brand_id, now=now, store_id=store_id)
    if sale.state == SaleState.OPEN:
        return sale
    _check_closed(sale)
    if sale.state != SaleState.CLOSED:
        raise SalePartlyReturned
    used = coupons.used_in(member_id=sale.member_id, sale_id=sale.id)
    reference = f"reopening:{sale.closing}"
    reversal.reverse_sale(sale, _what_is_left(sale), kind=Undoing.REOPENING, reference=reference, now=now)
    sale.state, sale.closed_at, sale.purchase_id, sale.spend_id = SaleState.OPEN, None, None, None
    _keep_again(sale, used, now=now)
    db.session().flush()
    return sale


def _parts(sale: Sale, units: Mapping[int, int], weights: Mapping[int, int]) -> Mapping[int, int]:
    """What comes back in parts of each line. Raises `LineNotMeasured`."""
    weighed = sale_cards.weighed_lines(sale.trace)
    for position in weights:
        if position not in weighed:
            raise LineNotMeasured(position=position)
    return {position: many * weighed.get(position, 1) for position, many in units.items()} | dict(weights)


def _keep_again(sale: Sale, used: list[Coupon], *, now: datetime) -> None:
    sale.held_until = until = now + sales.KEPT_FOR
    coupons.hold_coupons(used, member_id=sale.member_id, sale_id=sale.id, until=until)
    _keep_points_again(sale, until=until, now=now)
    costs.keep_costs_again(sale, until=until, now=now)


def _keep_points_again(sale: Sale, *, until: datetime, now: datetime) -> None:
    currency_id = sale.points_currency_id
    if not sale.points_spent or currency_id is None:
        return
    whose: dict[str, Any] = {"member_id": sale.member_id, "currency_id": currency_id, "now": now}
    if statements.read_balance(**whose).book.spendable >= sale.points_spent:
        sale.hold_id = sales.hold_points_for_sale(
            sale, PointsAsked(currency_id, sale.points_spent), until=until, now=now
        )


def _sale_to_change(
    *, sale_id: uuid.UUID, brand_id: uuid.UUID, now: datetime, store_id: uuid.UUID | None = None
) -> Sale:
    """The sale, locked. Only its own store may cancel or reopen it."""
    sale = db.first(db.locked(queries.sale_in(brand_id, sale_id)))
    if sale is None:
        raise SaleUnknown
    note_read(member_id=sale.member_id, classes=SEEN, now=now)
    if store_id is not None and sale.store_id != store_id:
        [(_, name, _)] = db.rows(queries.stores_named([sale.store_id]))
        raise SaleElsewhere(store=name)
    return sale


def _check_closed(sale: Sale) -> None:
    if sale.state == SaleState.OPEN:
        raise SaleOpen
    if sale.state == SaleState.CANCELLED and sale.cancelled_at is not None:
        [(_, _, zone)] = db.rows(queries.stores_named([sale.store_id]))
        raise SaleCancelled(at=Moment(sale.cancelled_at, zone))


def _what_is_left(sale: Sale) -> Mapping[int, int]:
    return what_is_left(member_id=sale.member_id, purchase_id=reversal.purchase_of(sale))
