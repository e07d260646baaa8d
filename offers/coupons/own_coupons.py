"""Find a member's coupons: by the member themself, or by a till that has scanned their pass."""

import uuid
from datetime import datetime

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.sql import db
from offers.coupons import eligibility, queries
from offers.coupons.errors import CouponUnknown
from offers.coupons.models import Coupon
from wallet.passes.codes import read_code
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.queries import scan_of_brand

AT_MOST = 50


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
    scan = db.first(scan_of_brand(scan_id, brand_id=brand_id))
    if scan is None or scan.store_id != store_id:
        raise ScanUnknown
    coupons = db.all_of(
        queries.coupons_at_till(scan.member_id, brand_id=brand_id, scanned=scan.target_id, now=now, limit=AT_MOST)
    )
    note_read(member_id=scan.member_id, classes=[DataClass.COUPON], now=now)
    return eligibility.judge_coupon(coupons, store_id=store_id, now=now)
