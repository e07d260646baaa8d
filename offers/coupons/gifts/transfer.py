"""A member gives a coupon to another: the giver makes a code, the receiver accepts.

Until then the coupon is kept for the gift, and comes back by itself when nobody accepts in time. Who accepts gets a
coupon of their own with a new code: the old code is dead, and the old coupon stays with the giver as history. Neither
learns of the other more than the name that each chose for this.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm.attributes import set_committed_value

from app.sql import db
from offers.coupons import own_coupons, queries
from offers.coupons.errors import (
    CouponNotGivable,
    CouponNotTransferable,
    GiftOver,
    GiftToOneself,
    GiftUnknown,
    MemberLimitReached,
)
from offers.coupons.gifts import queries as gift_queries
from offers.coupons.models import Coupon, CouponGift, CouponStatus, GiftCode, GiftReceived, GiftState
from offers.planning import offer_locks
from offers.planning.models import OfferVersion
from wallet.passes.codes import new_code, read_code
from wallet.passes.directory import register_code, revoke_code
from wallet.passes.models import CodeKind

LASTING = timedelta(days=7)
"""How long a gift waits; never longer than its coupon holds."""


def give_away_coupon(*, member_id: uuid.UUID, code: str, from_name: str, now: datetime) -> CouponGift:
    """Put a coupon into a gift, with a code to send.

    Raises `CodeMistyped`, `CouponUnknown`, `CouponNotTransferable`, `CouponNotGivable`.
    """
    known = own_coupons.my_coupon(member_id=member_id, code=code)
    if not known.version.transferable:
        raise CouponNotTransferable
    coupon = db.all_of(db.locked(queries.coupon(member_id, known.id)))[0]
    if coupon.status_at(now) is not CouponStatus.ACTIVE or coupon.is_held_at(now, but_for=None):
        raise CouponNotGivable
    forgotten = db.first(db.locked(gift_queries.waiting_gift(member_id, coupon.id)))
    if forgotten is not None:  # its time is over, or the coupon would be kept for it
        _settle(forgotten, GiftState.WITHDRAWN, at=forgotten.expires_at)
    gift = db.add(
        CouponGift(
            member_id=member_id,
            coupon_id=coupon.id,
            code=new_code(),
            from_name=from_name,
            state=GiftState.WAITING,
            made_at=now,
            expires_at=min(now + LASTING, coupon.expires_at),
        )
    )
    db.add(GiftCode(code=gift.code, member_id=member_id, gift_id=gift.id))
    coupon.held_for, coupon.held_until = gift.id, gift.expires_at
    db.session().flush()
    return my_gift(member_id=member_id, gift_id=gift.id)


def take_back_gift(*, member_id: uuid.UUID, gift_id: uuid.UUID, now: datetime) -> CouponGift:
    """Take back what nobody has accepted yet. Twice is once. Raises `GiftUnknown`, `GiftOver` once it is accepted."""
    gift = my_gift(member_id=member_id, gift_id=gift_id)
    coupon = db.first(db.locked(queries.coupon(member_id, gift.coupon_id)))
    gift = db.all_of(db.locked(gift_queries.gift(member_id, gift_id)))[0]
    if gift.state == GiftState.ACCEPTED:
        raise GiftOver
    if gift.state == GiftState.WAITING:
        _settle(gift, GiftState.WITHDRAWN, at=now)
        if coupon is not None and coupon.held_for == gift.id:
            coupon.held_for = coupon.held_until = None
    db.session().flush()
    return my_gift(member_id=member_id, gift_id=gift_id)


def my_gift(*, member_id: uuid.UUID, gift_id: uuid.UUID) -> CouponGift:
    """What the member gave. Raises `GiftUnknown`, also for somebody else's."""
    mine = gift_queries.gifts_of(member_id).where(CouponGift.id == gift_id).execution_options(populate_existing=True)
    gift = db.first(mine)
    if gift is None:
        raise GiftUnknown
    return gift


def look_at_gift(*, code: str) -> CouponGift:
    """A gift as whoever has its code may see it. Raises `CodeMistyped`, `GiftUnknown`."""
    with db.system():  # the code is the key, whoever brings it
        return _behind(code)


def accept_gift(*, member_id: uuid.UUID, code: str, name: str | None, now: datetime) -> Coupon:
    """Take a gift: the receiver's own coupon, as long as the giver's was.

    The receiver's limit of the offer holds. Raises `CodeMistyped`, `GiftUnknown`, `GiftToOneself`,
    `MemberLimitReached`, `GiftOver`.
    """
    with db.system():  # the code is the key: it opens this one coupon of somebody else's
        gift = _behind(code)
        if gift.member_id == member_id:
            raise GiftToOneself
        version = gift.coupon.version
        offer_locks.lock_claim(offer_id=gift.coupon.offer_id, member_id=member_id)
        taken = set(db.all_of(queries.ordinals_of(member_id, gift.coupon.offer_id)))
        if len(taken) >= version.member_limit:
            raise MemberLimitReached(limit=version.member_limit)
        old = db.all_of(db.locked(queries.coupon(gift.member_id, gift.coupon_id)))[0]
        gift = db.all_of(db.locked(gift_queries.gift(gift.member_id, gift.id)))[0]
        if gift.state_at(now) is not GiftState.WAITING or old.status_at(now) is not CouponStatus.ACTIVE:
            raise GiftOver
        _settle(gift, GiftState.ACCEPTED, at=now)
        gift.to_name = name
        return _hand_over(old, gift, version, member_id=member_id, ordinal=max(taken, default=0) + 1, now=now)


def _behind(code: str) -> CouponGift:
    known = db.get(GiftCode, read_code(code))
    if known is None:
        raise GiftUnknown
    return my_gift(member_id=known.member_id, gift_id=known.gift_id)


def _settle(gift: CouponGift, state: GiftState, *, at: datetime) -> None:
    gift.state, gift.settled_at = state, at
    db.session().flush()


def _hand_over(
    old: Coupon, gift: CouponGift, version: OfferVersion, *, member_id: uuid.UUID, ordinal: int, now: datetime
) -> Coupon:
    """The old coupon is history, its code is dead; the new one is the receiver's."""
    old.status, old.held_for, old.held_until = CouponStatus.GIVEN, None, None
    revoke_code(code=old.code, brand_id=old.brand_id, now=now)
    coupon_id = db.new_id()
    code = register_code(kind=CodeKind.COUPON, brand_id=old.brand_id, member_id=member_id, target_id=coupon_id, now=now)
    coupon = db.add(
        Coupon(
            member_id=member_id,
            id=coupon_id,
            brand_id=old.brand_id,
            offer_id=old.offer_id,
            offer_version=old.offer_version,
            ordinal=ordinal,
            code=code,
            status=CouponStatus.ACTIVE,
            claimed_at=now,
            ends_local=old.ends_local,
            expires_at=old.expires_at,
        )
    )
    db.add(
        GiftReceived(member_id=member_id, id=gift.id, coupon_id=coupon_id, from_name=gift.from_name, received_at=now)
    )
    set_committed_value(coupon, "version", version)
    return coupon
