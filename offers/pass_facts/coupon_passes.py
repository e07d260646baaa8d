"""A coupon gets a pass of its own, for whoever wants it in the wallet beside the card."""

import uuid
from datetime import datetime

from app.languages import Language
from offers.coupons.models import CouponStatus
from offers.coupons.own_coupons import my_coupon
from offers.pass_facts.errors import CouponNotUsable
from wallet.issued import own_passes
from wallet.issued.issuance import issue_pass
from wallet.issued.models import PassKind
from wallet.issued.own_passes import PassGiven


def give_coupon_pass(*, member_id: uuid.UUID, code: str, language: Language, now: datetime) -> PassGiven:
    """The pass of the member's coupon with this code, issued unless it is, and how it is added to each wallet.

    Raises `CodeMistyped`; `CouponUnknown`, also for somebody else's; `CouponNotUsable`.
    """
    coupon = my_coupon(member_id=member_id, code=code)
    if coupon.status_at(now) != CouponStatus.ACTIVE:
        raise CouponNotUsable
    held = issue_pass(member_id=member_id, brand_id=coupon.brand_id, kind=PassKind.COUPON, target_id=coupon.id, now=now)
    return own_passes.show_pass(held, language=language, now=now)
