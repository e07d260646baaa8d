"""Coupons in a sale: kept for it while it is open, used when it is closed, given back when all of it is taken back.

Locks are taken in the order of the house: offers, then coupons, each by id.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from app.errors import Pointer
from app.sql import db
from offers.coupons import eligibility, queries
from offers.coupons.eligibility import Judged
from offers.coupons.errors import CouponUnknown
from offers.coupons.models import Coupon, CouponStatus, Redemption
from offers.planning import offer_locks
from wallet.cards import resolution
from wallet.cards.resolution import ShownCode
from wallet.passes.codes import read_code
from wallet.passes.errors import CodeMistyped
from wallet.passes.models import CodeKind


def codes_of_coupons(*, codes: Sequence[str], brand_id: uuid.UUID) -> list[ShownCode]:
    """What these codes stand for, in their order, each once.

    Raises `CodeMistyped`, `CouponUnknown` (one answer for every code that is no coupon of the brand), which points at
    the code.
    """
    known = resolution.resolve_codes(codes=_readable(codes), brand_id=brand_id) if codes else {}
    found: dict[str, ShownCode] = {}
    for place, code in enumerate(codes):
        shown = known.get(read_code(code))
        if shown is None or shown.kind != CodeKind.COUPON:
            at: Pointer = {"pointer": f"/coupons/{place}", "code": "coupon_unknown", "detail": "Not known here."}
            raise CouponUnknown(errors=[at])
        found[shown.code] = shown
    return list(found.values())


def _readable(codes: Sequence[str]) -> list[str]:
    """Those that can be codes; what cannot is refused in its turn."""
    read = []
    for code in codes:
        with suppress(CodeMistyped):
            read.append(read_code(code))
    return read


def coupons_for_sale(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    coupon_ids: Sequence[uuid.UUID],
    sale_id: uuid.UUID | None,
    now: datetime,
    locked: bool,
) -> list[Judged]:
    """The member's coupons with these ids by id, each with the refusal that using it in this sale would meet.

    Locked, they, their offers and the coupons that the sale keeps already stay as they are until the end of the
    transaction.
    """
    mine = queries.whole_coupons(member_id, brand_id=brand_id).where(Coupon.id.in_(coupon_ids)).order_by(Coupon.id)
    if locked:
        for offer_id in sorted({coupon.offer_id for coupon in db.all_of(mine)}):
            offer_locks.share_offer(offer_id)
        db.all_of(db.locked(queries.coupons_to_lock(member_id, coupon_ids, kept_for=sale_id)))
    return eligibility.judge_coupon(db.all_of(mine), store_id=store_id, now=now, sale_id=sale_id) if coupon_ids else []


def hold_coupons(coupons: Sequence[Coupon], *, sale_id: uuid.UUID, until: datetime) -> None:
    """Keep these coupons (locked and judged) for a sale: no other can use them until then."""
    for coupon in coupons:
        coupon.held_for, coupon.held_until = sale_id, until
    db.session().flush()


def release_coupons(*, member_id: uuid.UUID, sale_id: uuid.UUID) -> None:
    """Keep no coupon for this sale any more."""
    for coupon in db.all_of(db.locked(queries.coupons_kept_for(member_id, sale_id))):
        coupon.held_for = coupon.held_until = None
    db.session().flush()


def use_coupons(
    coupons: Sequence[Coupon], *, sale_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime
) -> Sequence[Redemption]:
    """Use these coupons (locked and judged), once each, for a sale."""
    made = []
    for coupon in coupons:
        coupon.status, coupon.held_for, coupon.held_until = CouponStatus.REDEEMED, None, None
        made.append(
            Redemption(
                member_id=coupon.member_id,
                brand_id=coupon.brand_id,
                coupon_id=coupon.id,
                store_id=store_id,
                terminal_id=terminal_id,
                redeemed_at=now,
                sale_id=sale_id,
            )
        )
    return db.add_all(made)


def used_in(*, member_id: uuid.UUID, sale_id: uuid.UUID) -> list[Coupon]:
    """The coupons that a sale has used, by id."""
    used = db.all_of(queries.redemptions_of_sale(member_id, sale_id))
    return list(db.all_of(queries.coupons_by_id(member_id, [use.coupon_id for use in used])))


def return_coupons(*, member_id: uuid.UUID, sale_id: uuid.UUID, now: datetime) -> list[Coupon]:
    """Make the uses of a sale undone: its coupons can be used again, until they expire. Returns them by id."""
    used = db.all_of(queries.redemptions_of_sale(member_id, sale_id))
    coupons = db.all_of(db.locked(queries.coupons_by_id(member_id, [use.coupon_id for use in used])))
    for redemption in used:
        redemption.undone_at = now
    for coupon in coupons:
        coupon.status = CouponStatus.ACTIVE
    db.session().flush()
    return list(coupons)
