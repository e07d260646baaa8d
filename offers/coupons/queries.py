"""Questions about coupons and their redemptions."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Exists, Select, and_, exists, func, literal_column, select, tuple_
from sqlalchemy.orm import joinedload

from app.accounts.models import Brand
from geo.places.models import Store
from offers.coupons.models import Coupon, CouponGift, CouponStatus, GiftReceived, PrintedCode, Redemption
from offers.planning.models import LiveOffer, Offer, OfferPlace, OfferVersion
from offers.planning.queries import targeted


def claimable(
    offer_id: uuid.UUID, *, member_id: uuid.UUID, now: datetime
) -> Select[Offer, OfferVersion, str, bool, bool, bool, int]:
    """An offer with its version in force, the brand's zone, whether it holds now somewhere, whether it is sold out,
    and for good; and how many coupons of it the member has."""
    holds_now = exists().where(
        OfferPlace.offer_number == Offer.number, OfferPlace.starts_at <= now, OfferPlace.ends_at > now
    )
    return _standing(offer_id, member_id=member_id, holds_now=holds_now, now=now)


def givable(
    offer_id: uuid.UUID, *, member_id: uuid.UUID, now: datetime
) -> Select[Offer, OfferVersion, str, bool, bool, bool, int]:
    """The same of an offer that the brand gives: it holds now if it does at one of its stores, shown there or not."""
    at = targeted(OfferVersion.offer_id == offer_id, OfferVersion.version == Offer.live_version)
    here = func.timezone(Store.time_zone, now)
    holds_now = (
        exists()
        .select_from(at)
        .where(at.c.store_id == Store.id, OfferVersion.starts_local <= here, OfferVersion.ends_local > here)
    )
    return _standing(offer_id, member_id=member_id, holds_now=holds_now, now=now)


def _standing(
    offer_id: uuid.UUID, *, member_id: uuid.UUID, holds_now: Exists, now: datetime
) -> Select[Offer, OfferVersion, str, bool, bool, bool, int]:
    claimed = (
        select(func.count())
        .select_from(Coupon)
        .where(Coupon.member_id == member_id, Coupon.offer_id == Offer.id)
        .scalar_subquery()
    )
    sold_out = func.coalesce(LiveOffer.sold_out_until > now, False)
    for_good = func.coalesce(LiveOffer.sold_out_until == literal_column("'infinity'::timestamptz"), False)
    return (
        select(Offer, OfferVersion, Brand.time_zone, holds_now, sold_out, for_good, claimed)
        .join(OfferVersion, and_(OfferVersion.offer_id == Offer.id, OfferVersion.version == Offer.live_version))
        .join(Brand, Brand.id == Offer.brand_id)
        .outerjoin(LiveOffer, LiveOffer.offer_number == Offer.number)
        .where(Offer.id == offer_id)
        .execution_options(populate_existing=True)
    )


def window_of(offer_number: int) -> Select[datetime | None, datetime | None]:
    """From when to when a live offer holds, over all its stores."""
    return select(func.min(OfferPlace.starts_at), func.max(OfferPlace.ends_at)).where(
        OfferPlace.offer_number == offer_number
    )


def coupons_of(member_id: uuid.UUID) -> Select[Coupon]:
    """A member's coupons with what they give."""
    return select(Coupon).options(joinedload(Coupon.version)).where(Coupon.member_id == member_id)


def coupons_in(member_id: uuid.UUID, status: str | None, *, now: datetime) -> Select[Coupon]:
    """A member's coupons, perhaps only those in one status at this instant."""
    conditions = {
        None: (),
        CouponStatus.REDEEMED: (Coupon.status == CouponStatus.REDEEMED,),
        CouponStatus.GIVEN: (Coupon.status == CouponStatus.GIVEN,),
        CouponStatus.ACTIVE: (Coupon.status == CouponStatus.ACTIVE, Coupon.expires_at > now),
        CouponStatus.EXPIRED: (Coupon.status == CouponStatus.ACTIVE, Coupon.expires_at <= now),
    }
    return coupons_of(member_id).where(*conditions[None if status is None else CouponStatus(status)])


def coupon(member_id: uuid.UUID, coupon_id: uuid.UUID) -> Select[Coupon]:
    """One coupon, without what it gives: what can be locked."""
    return select(Coupon).where(Coupon.member_id == member_id, Coupon.id == coupon_id)


def coupons_by_id(member_id: uuid.UUID, coupon_ids: Sequence[uuid.UUID]) -> Select[Coupon]:
    """Some coupons of a member, without what they give, in the order in which they are locked."""
    return select(Coupon).where(Coupon.member_id == member_id, Coupon.id.in_(coupon_ids)).order_by(Coupon.id)


def coupons_to_lock(
    member_id: uuid.UUID, coupon_ids: Sequence[uuid.UUID], *, kept_for: uuid.UUID | None
) -> Select[Coupon]:
    """The same, and those that are kept for a sale."""
    return (
        select(Coupon)
        .where(Coupon.member_id == member_id, Coupon.id.in_(coupon_ids) | (Coupon.held_for == kept_for))
        .order_by(Coupon.id)
    )


def coupons_kept_for(member_id: uuid.UUID, sale_id: uuid.UUID) -> Select[Coupon]:
    """The coupons that are kept for a sale, in the order in which they are locked."""
    return select(Coupon).where(Coupon.member_id == member_id, Coupon.held_for == sale_id).order_by(Coupon.id)


def redemptions_of_sale(member_id: uuid.UUID, sale_id: uuid.UUID) -> Select[Redemption]:
    """The uses of a sale that stand."""
    return (
        select(Redemption)
        .where(Redemption.member_id == member_id, Redemption.sale_id == sale_id, Redemption.undone_at.is_(None))
        .order_by(Redemption.coupon_id)
    )


def coupons_alone(member_id: uuid.UUID) -> Select[Coupon]:
    """A member's coupons, as they can be locked, in the order in which everybody locks them."""
    return select(Coupon).where(Coupon.member_id == member_id).order_by(Coupon.id)


def offers_of(member_id: uuid.UUID) -> Select[uuid.UUID]:
    """The offers of which a member has coupons."""
    return select(Coupon.offer_id).where(Coupon.member_id == member_id).distinct()


def ordinals_of(member_id: uuid.UUID, offer_id: uuid.UUID) -> Select[int]:
    """The numbers of a member's coupons of one offer."""
    return select(Coupon.ordinal).where(Coupon.member_id == member_id, Coupon.offer_id == offer_id)


def whole_coupons(member_id: uuid.UUID, *, brand_id: uuid.UUID) -> Select[Coupon]:
    """A member's coupons of a brand as they stand now, with their offers and what they give."""
    return (
        select(Coupon)
        .options(joinedload(Coupon.version), joinedload(Coupon.offer))
        .where(Coupon.member_id == member_id, Coupon.brand_id == brand_id)
        .execution_options(populate_existing=True)
    )


def coupons_at_till(
    member_id: uuid.UUID, *, brand_id: uuid.UUID, scanned: uuid.UUID, now: datetime, limit: int
) -> Select[Coupon]:
    """The scanned coupon, whatever its state, then the member's usable coupons of the brand, soonest expiry first."""
    usable = and_(Coupon.status == CouponStatus.ACTIVE, Coupon.expires_at > now)
    return (
        whole_coupons(member_id, brand_id=brand_id)
        .where(usable | (Coupon.id == scanned))
        .order_by((Coupon.id == scanned).desc(), Coupon.expires_at, Coupon.id)
        .limit(limit)
    )


def holding_at(store_id: uuid.UUID, versions: Sequence[tuple[uuid.UUID, int]]) -> Select[uuid.UUID, int]:
    """Which of these versions (offer id, version) hold at a store."""
    at = targeted(tuple_(OfferVersion.offer_id, OfferVersion.version).in_(versions), Store.id == store_id)
    return select(at.c.offer_id, at.c.version)


def standing_redemption(member_id: uuid.UUID, coupon_id: uuid.UUID) -> Select[Redemption]:
    """The redemption of a coupon that was not undone, with its store."""
    return (
        select(Redemption)
        .options(joinedload(Redemption.store))
        .where(Redemption.member_id == member_id, Redemption.coupon_id == coupon_id, Redemption.undone_at.is_(None))
    )


def coupons_with_use(member_id: uuid.UUID) -> Select[Coupon, str, datetime | None]:
    """A member's coupons with what they give, the brand's code and when each was used, oldest first."""
    standing = and_(
        Redemption.member_id == Coupon.member_id, Redemption.coupon_id == Coupon.id, Redemption.undone_at.is_(None)
    )
    return (
        select(Coupon, Brand.code, Redemption.redeemed_at)
        .options(joinedload(Coupon.version))
        .join(Brand, Brand.id == Coupon.brand_id)
        .outerjoin(Redemption, standing)
        .where(Coupon.member_id == member_id)
        .order_by(Coupon.claimed_at, Coupon.id)
    )


def redemption(brand_id: uuid.UUID, redemption_id: uuid.UUID) -> Select[Redemption]:
    """One redemption of a brand as it stands now, with its store, its coupon and what that gave."""
    return (
        select(Redemption)
        .options(joinedload(Redemption.store), joinedload(Redemption.coupon).joinedload(Coupon.version))
        .where(Redemption.brand_id == brand_id, Redemption.id == redemption_id)
        .execution_options(populate_existing=True)
    )


def gifts_of(member_id: uuid.UUID) -> Select[CouponGift]:
    """What a member gave, with the coupons and what they give."""
    whole = joinedload(CouponGift.coupon).joinedload(Coupon.version)
    return select(CouponGift).options(whole).where(CouponGift.member_id == member_id)


def gift(member_id: uuid.UUID, gift_id: uuid.UUID) -> Select[CouponGift]:
    """One gift, without the rest: what can be locked."""
    return select(CouponGift).where(CouponGift.member_id == member_id, CouponGift.id == gift_id)


def waiting_gift(member_id: uuid.UUID, coupon_id: uuid.UUID) -> Select[CouponGift]:
    """The gift of a coupon that nobody has accepted or taken back."""
    return select(CouponGift).where(
        CouponGift.member_id == member_id, CouponGift.coupon_id == coupon_id, CouponGift.state == "waiting"
    )


def gifts_received_by(member_id: uuid.UUID) -> Select[GiftReceived]:
    """What a member was given, with the coupons and what they give."""
    whole = joinedload(GiftReceived.coupon).joinedload(Coupon.version)
    return select(GiftReceived).options(whole).where(GiftReceived.member_id == member_id)


def offer_and_zone(offer_id: uuid.UUID) -> Select[Offer, str]:
    """An offer with its brand's zone."""
    return select(Offer, Brand.time_zone).join(Brand, Brand.id == Offer.brand_id).where(Offer.id == offer_id)


def printed_code(code_hash: bytes) -> Select[PrintedCode]:
    """The code on paper with this hash."""
    return select(PrintedCode).where(PrintedCode.code_hash == code_hash)


def printed_hashes(hashes: Collection[bytes]) -> Select[bytes]:
    """Those of these codes that are known."""
    return select(PrintedCode.code_hash).where(PrintedCode.code_hash.in_(hashes))


def printed_hashes_of_offer(offer_id: uuid.UUID, hashes: Collection[bytes]) -> Select[bytes]:
    """Those of these codes that stand for this offer."""
    return printed_hashes(hashes).where(PrintedCode.offer_id == offer_id)
