"""Coupons in a sale: kept for it while it is open, used when it is closed, given back when all of it is taken back.

Locks are taken in the order of the house: offers, then coupons, each by id.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.errors import Pointer
from app.sql import db
from offers.coupons import eligibility, own_coupons, queries
from offers.coupons.eligibility import Judged
from offers.coupons.errors import CODE_OF_NO_COUPON, CouponUnknown
from offers.coupons.models import Coupon, CouponStatus
from offers.coupons.uses import use_counts
from offers.planning import terms
from wallet.authenticity.shown import read_shown


class ShownCoupon(NamedTuple):
    """What a code of a coupon stands for."""

    code: str
    member_id: uuid.UUID
    coupon_id: uuid.UUID
    offer_id: uuid.UUID | None


def require_coupons(codes: Sequence[str], *, known: Mapping[str, ShownCoupon]) -> list[ShownCoupon]:
    """What these codes stand for, in their order, each once; `known` are those that stand for a coupon of the brand.

    Raises `CodeMistyped`, `CouponUnknown` (one answer for every code that is no coupon of the brand), which points at
    the code.
    """
    found: dict[str, ShownCoupon] = {}
    for place, code in enumerate(codes):
        shown = known.get(read_shown(code).code)
        if shown is None:
            raise CouponUnknown(errors=[Pointer(f"/coupons/{place}", CODE_OF_NO_COUPON)])
        found[shown.code] = shown
    return list(found.values())


def coupons_for_sale(
    shown: Sequence[ShownCoupon],
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    zone: str,
    sale_id: uuid.UUID | None,
    now: datetime,
    bought_at: datetime,
    locked: bool,
    new: Sequence[Coupon] = (),
) -> list[Judged]:
    """These coupons of the member by id, each with the refusal that using it in this sale would meet at this store, on
    whose clock `zone` is. What a schedule says counts when it was bought, also if the till tells it later.

    `new` are coupons that nobody has yet: each is judged where none that the member has can be used of its offer.

    Locked, they and the coupons that the sale keeps already stay as they are until the end of the transaction; whoever
    wants that has locked their offers (`offer_locks.hold_for_sale`).
    """
    ids, offers = [one.coupon_id for one in shown], {one.offer_id for one in shown if one.offer_id is not None}
    asked = {"member": member_id, "brand": brand_id, "store": store_id, "sale": sale_id}
    question = queries.TO_SELL if locked else queries.IN_A_SALE
    has_any = shown or (locked and sale_id)  # else none is shown, and none can be kept
    found = db.send_statement(question, asked | {"coupons": ids, "offers": list(offers)}) if has_any else ()
    rows = [row for row in found if row.id in ids]
    coupons, here = own_coupons.coupons_in(rows)
    judged = eligibility.judge_coupon(
        coupons, store_id=store_id, zone=zone, now=now, bought_at=bought_at, sale_id=sale_id, here=here
    )
    usable = [coupon for coupon, refusal in judged if refusal is None]
    there = {coupon.offer_id for coupon in usable}
    wanted = [coupon for coupon in new if coupon.offer_id not in there]
    counted: dict[str, Any] = {"member_id": member_id, "brand_id": brand_id, "sale_id": sale_id, "now": now}
    over = use_counts.judge_uses([*usable, *wanted], **counted, locked=locked)
    known = [(coupon, refusal or over.get(coupon.id)) for coupon, refusal in judged]
    return known + [(coupon, over.get(coupon.id)) for coupon in wanted]


def lock_for_exchange(
    coupon_ids: Collection[uuid.UUID],
    *,
    returned_id: uuid.UUID,
    new: Sequence[Coupon],
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    sale_id: uuid.UUID | None,
    now: datetime,
) -> None:
    """Lock these coupons of the member together with those that a sale used of which something comes back, then what
    counts the uses of all of them and of `new` ones: in the order in which each of both acts would. Whoever wants that
    has locked the offers of what is shown."""
    used = db.all_of(queries.redemptions_of_sale(member_id, returned_id))
    ids = list({*coupon_ids, *(use.coupon_id for use in used)})
    held = db.all_of(db.locked(queries.coupons_by_id(member_id, ids))) if ids else ()
    versions = terms.read_terms({(one.offer_id, one.offer_version) for one in held})
    known = [
        db.as_read(
            Coupon,
            {
                "id": one.id,
                "offer_id": one.offer_id,
                "installation_id": one.installation_id,
                "version": versions[one.offer_id, one.offer_version],
            },
        )
        for one in held
    ]
    counted: dict[str, Any] = {"member_id": member_id, "brand_id": brand_id, "sale_id": sale_id, "now": now}
    use_counts.judge_uses([*known, *new], **counted, locked=True)


def hold_coupons(coupons: Sequence[Coupon], *, member_id: uuid.UUID, sale_id: uuid.UUID, until: datetime) -> None:
    """Keep these coupons (locked and judged), and no others, for a sale: no other can use them until then."""
    said = {"member": member_id, "sale": sale_id, "until": until, "coupons": [coupon.id for coupon in coupons]}
    db.send_statement(queries.KEEP, said)


def release_coupons(*, member_id: uuid.UUID, sale_id: uuid.UUID) -> None:
    """Keep no coupon for this sale any more."""
    db.send_statement(queries.LET_GO, {"member": member_id, "sale": sale_id})


def use_coupons(
    coupons: Sequence[Coupon],
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    sale_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
) -> None:
    """Use these coupons (locked and judged), once each, for a sale, which keeps none any more."""
    whose = {"member": member_id, "brand": brand_id, "sale": sale_id, "store": store_id, "terminal": terminal_id}
    uses = {db.new_id(): coupon for coupon in coupons}
    ids = {"coupons": [coupon.id for coupon in coupons], "ids": list(uses)}
    db.send_statement(queries.USE, whose | ids | {"cashier": db.cashier_id(), "now": now})
    use_counts.note_uses(uses, member_id=member_id, brand_id=brand_id, now=now)


def used_in(*, member_id: uuid.UUID, sale_id: uuid.UUID) -> list[Coupon]:
    """The coupons that a sale has used, by id."""
    used = db.all_of(queries.redemptions_of_sale(member_id, sale_id))
    return list(db.all_of(queries.coupons_by_id(member_id, [use.coupon_id for use in used])))


def return_coupons(*, member_id: uuid.UUID, sale_id: uuid.UUID, now: datetime) -> list[Coupon]:
    """Make the uses of a sale undone: its coupons can be used again, until they expire. Returns them by id."""
    used = db.all_of(queries.redemptions_of_sale(member_id, sale_id))
    coupons = db.all_of(db.locked(queries.coupons_by_id(member_id, [use.coupon_id for use in used])))
    for redemption in used:
        redemption.undone_at, redemption.undone_by_id = now, db.cashier_id()
    for coupon in coupons:
        coupon.status = CouponStatus.ACTIVE
    db.session().flush()
    return list(coupons)
