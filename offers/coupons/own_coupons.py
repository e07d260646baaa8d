"""Find a member's coupons: by the member themself, or by a till that has scanned their pass."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.sql import db
from offers.coupons import eligibility, queries
from offers.coupons.errors import CouponUnknown
from offers.coupons.models import Coupon
from offers.coupons.uses import use_counts
from offers.planning import terms
from offers.planning.models import Offer, OfferVersion
from wallet.passes.codes import read_code
from wallet.scanning.errors import ScanUnknown

AT_MOST = 50
COLUMNS = tuple(column.name for column in Coupon.__table__.columns)


def my_coupon(*, member_id: uuid.UUID, code: str) -> Coupon:
    """The member's coupon with this code. Raises `CodeMistyped` and `CouponUnknown`."""
    coupon = db.first(queries.coupons_of(member_id).where(Coupon.code == read_code(code)))
    if coupon is None:
        raise CouponUnknown
    return coupon


def coupons_for_scan(
    *, scan_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime
) -> list[eligibility.Judged]:
    """The usable coupons of the member whose pass was scanned at this store, each with what would be refused here.

    The scanned coupon comes first, even when it can be used no more, so that staff can say why. At most 50.
    Raises `ScanUnknown`, also for a scan at another store.
    """
    asked = {"scan_id": scan_id, "brand_id": brand_id, "store_id": store_id, "now": now, "limit": AT_MOST}
    rows = db.send_statement(queries.AT_TILL, asked)
    if not rows:
        raise ScanUnknown
    note_read(member_id=rows[0].scanned_member_id, classes=[DataClass.COUPON], now=now)
    coupons, here = coupons_in([row for row in rows if row.id is not None])
    zone, spent = rows[0].store_zone, {row.offer_id for row in rows if row.spent}
    judged = eligibility.judge_coupon(coupons, store_id=store_id, zone=zone, now=now, here=here, spent=spent)
    whose = {"member_id": rows[0].scanned_member_id, "brand_id": brand_id}
    return use_counts.refuse_each(judged, **whose, now=now)


def coupons_in(rows: Sequence[Any]) -> tuple[list[Coupon], set[terms.Key]]:
    """The coupons of these rows (their columns, `offer_status` and `here`) with what they give, in no session, and
    which versions hold at the store that was asked for."""
    versions = terms.read_terms({(row.offer_id, row.offer_version) for row in rows})
    start = rows[0]._fields.index(COLUMNS[0]) if rows else 0
    coupons = [_coupon_of(row, start, versions[row.offer_id, row.offer_version]) for row in rows]
    return coupons, {(row.offer_id, row.offer_version) for row in rows if row.here}


def _coupon_of(row: Any, start: int, version: OfferVersion) -> Coupon:
    offer = db.as_read(Offer, {"id": row.offer_id, "brand_id": row.brand_id, "status": row.offer_status})
    values = dict(zip(COLUMNS, row[start:], strict=False))
    return db.as_read(Coupon, values | {"version": version, "offer": offer})
