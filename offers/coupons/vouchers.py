"""A coupon as a voucher: signed, so that a till without a network takes it."""

import uuid
from datetime import datetime
from typing import NamedTuple

from offers.coupons import own_coupons
from offers.coupons.errors import CouponNotShowable
from offers.coupons.models import CouponStatus
from wallet.authenticity.voucher_keys import published_keys, sign_voucher
from wallet.authenticity.vouchers import read_voucher


class CouponVoucher(NamedTuple):
    """What a phone shows as a barcode, until when, and the most that it takes off; null where a basket says it."""

    voucher: str
    expires_at: datetime
    value_minor: int | None


def make_voucher(*, member_id: uuid.UUID, code: str, now: datetime) -> CouponVoucher:
    """A voucher for a coupon of the member, good for a week at most. Nothing is written: each is another one.

    Raises `CodeMistyped`, `CouponUnknown`, `CouponNotShowable` for one that is used, over, or kept.
    """
    coupon = own_coupons.my_coupon(member_id=member_id, code=code)
    if coupon.status_at(now) is not CouponStatus.ACTIVE or coupon.is_held_at(now, but_for=None):
        raise CouponNotShowable
    amount = coupon.version.gives.fixed_amount
    text = sign_voucher(
        brand_id=coupon.brand_id,
        offer_id=coupon.offer_id,
        code=coupon.code,
        value_minor=amount.amount_minor if amount else None,
        expires_at=coupon.expires_at,
        now=now,
    )
    said = read_voucher(text, published_keys(now=now))  # as a till will
    return CouponVoucher(text, said.expires_at, said.value_minor)
