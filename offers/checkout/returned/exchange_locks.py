"""What an exchange locks before it does anything: what its return and its sale need, together and in the order of
`docs/locks.md`.

One after the other they would leave that order: a return ends with points and gift cards, a sale begins with offers
and coupons. Each takes its own again afterwards, which waits for nobody. Only the numbers of manufacturers' coupons
are not taken beforehand, as no row of them stands yet.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.sql import db
from offers.checkout import queries
from offers.checkout.models import Sale
from offers.checkout.payment import gift_cards, limits
from offers.checkout.pricing import Asked, Till
from offers.checkout.situation import Situation
from offers.coupons import sale_use
from offers.coupons.unclaimed import candidates
from offers.coupons.unclaimed.candidates import AppliesWhere
from offers.planning import offer_locks
from wallet.points.open_books import OpenBooks


def lock_sales(asked: Asked, *, sale_id: uuid.UUID, till: Till) -> Sequence[Sale]:
    """The sale of which something comes back, and the one that a till calls as it asks, by id: those that there are.
    Whoever wants that has locked the name (`sales.lock_receipt`)."""
    number = db.first(queries.sale_called(till.store_id, terminal=asked.terminal, receipt=asked.receipt))
    ids = [sale_id] if number is None else [sale_id, number.sale_id]
    return db.all_of(db.locked(queries.sales_by_id(till.brand_id, ids)))


def lock_exchange(sale: Sale, asked: Asked, *, instead_id: uuid.UUID | None, found: Situation, now: datetime) -> None:
    """Lock what is needed to take back of a sale (locked) and to sell its member what is asked instead; `instead_id`
    is that sale, if it is open already.

    Raises `CodeMistyped`, `CouponUnknown`.
    """
    limits.lock_meal_vouchers(asked, member_id=sale.member_id)
    _lock_coupons(sale, asked, instead_id=instead_id, found=found, now=now)
    OpenBooks(member_id=sale.member_id, brand_id=sale.brand_id, currencies=(), now=now)
    gift_cards.lock_for_exchange(sale, asked)


def _lock_coupons(sale: Sale, asked: Asked, *, instead_id: uuid.UUID | None, found: Situation, now: datetime) -> None:
    """Offers, coupons and what counts their uses: of what may come back, what is shown, and what applies by itself."""
    shown = [*sale_use.require_coupons(asked.coupons, known=found.coupons), *found.kept]
    named = {one.offer_id for one in shown if one.offer_id is not None}
    listed = [key for key in found.automatic if key[0] not in named]
    claimed = [offer_id for offer_id, _ in listed]
    offer_locks.hold_for_sale(named | set(claimed), claimed=claimed, member_id=sale.member_id)
    whose: dict[str, Any] = {"member_id": sale.member_id, "brand_id": sale.brand_id, "sale_id": instead_id, "now": now}
    where = AppliesWhere(
        **whose,
        store_id=found.store_id,
        zone=found.store_zone,
        calendar=found.zone,
        bought_at=asked.basket.bought_at,
    )
    by_themselves = candidates.find_candidates(listed, where)
    ids = [one.coupon_id for one in (*shown, *by_themselves.unused)]
    sale_use.lock_for_exchange(ids, returned_id=sale.id, new=by_themselves.new, **whose)
