"""Questions about what offers and places put on passes."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.types import DateTime

from app.accounts.models import Member
from app.consent.models import OWN, PERMITTING, PermissionState, ScopeKind
from app.sql import db
from geo.presence.allowance import BY_BEACON, BY_FENCE
from geo.presence.models import PURPOSE
from offers.coupons.models import Coupon, CouponGift, GiftState
from offers.pass_facts.models import PlacesOnPass
from offers.planning.models import Offer, OfferVersion
from wallet.authenticity.models import CodeSecret

NOTIFIES_FOR, NOTIFIES_BY = "personalised_offers", "push"
"""The permission under which a change of a pass may show on the locked screen (decision 67)."""

MEMBERS = any_(bindparam("members", type_=ARRAY(UUID())))
BRANDS = any_(bindparam("brands", type_=ARRAY(UUID())))
NOW = bindparam("now", type_=DateTime(timezone=True))

COUPONS = db.put_together(
    select(
        Coupon.member_id,
        Coupon.brand_id,
        Coupon.id,
        Coupon.code,
        Coupon.status,
        Coupon.ends_local,
        Coupon.expires_at,
        Coupon.claimed_at,
        OfferVersion.title_fr,
        OfferVersion.title_en,
        OfferVersion.text_fr,
        OfferVersion.text_en,
        OfferVersion.coupon_ends_with_offer,
        Offer.status.label("offer_status"),
        CouponGift.expires_at.label("given_until"),
        CodeSecret.used_revision,
    )
    .join(OfferVersion, and_(OfferVersion.offer_id == Coupon.offer_id, OfferVersion.version == Coupon.offer_version))
    .join(Offer, Offer.id == Coupon.offer_id)
    .outerjoin(CodeSecret, and_(CodeSecret.member_id == Coupon.member_id, CodeSecret.code == Coupon.code))
    .outerjoin(
        CouponGift,
        and_(
            CouponGift.member_id == Coupon.member_id,
            CouponGift.coupon_id == Coupon.id,
            CouponGift.state == str(GiftState.WAITING),
            CouponGift.expires_at > NOW,
        ),
    )
    .where(
        Coupon.member_id == MEMBERS,
        Coupon.brand_id == BRANDS,
        or_(
            and_(Coupon.status == "active", Coupon.expires_at > NOW),
            Coupon.id == any_(bindparam("targets", type_=ARRAY(UUID()))),
        ),
    )
    .order_by(Coupon.expires_at, Coupon.id)
)
"""The usable coupons of these members with these brands, and these coupons whatever became of them; the first to end
comes first."""

PERMITS = db.put_together(
    select(*PermissionState.__table__.columns).where(
        PermissionState.member_id == MEMBERS,
        PermissionState.brand_id == BRANDS,
        PermissionState.purpose == NOTIFIES_FOR,
        PermissionState.touchpoint == NOTIFIES_BY,
        PermissionState.recipient == OWN,
        PermissionState.scope_kind == str(ScopeKind.BRAND),
    )
)
"""What these members said to these brands about offers by notification, as a whole."""

WHO = db.put_together(
    select(Member.id.label("member_id"), Member.restricted_at, Member.minor_until).where(Member.id == MEMBERS)
)
"""What stands against every permission of these members."""


MEETS = db.put_together(
    select(PermissionState.member_id, PermissionState.brand_id)
    .where(
        PermissionState.member_id == MEMBERS,
        PermissionState.brand_id == BRANDS,
        PermissionState.purpose == PURPOSE,
        or_(PermissionState.touchpoint == BY_FENCE, PermissionState.touchpoint == BY_BEACON),
        or_(*(PermissionState.state == str(state) for state in PERMITTING)),
    )
    .distinct()
)
"""Who of these members may permit these brands to meet them in stores; nobody else does."""


PLACES_KEPT = db.put_together(
    select(*PlacesOnPass.__table__.columns).where(
        PlacesOnPass.member_id == MEMBERS, PlacesOnPass.pass_id == any_(bindparam("passes", type_=ARRAY(UUID())))
    )
)
"""What is kept of the places on these passes."""


def places_of(member_id: uuid.UUID, pass_id: uuid.UUID) -> Select[PlacesOnPass]:
    """What is kept of the places on this pass, if it is the member's."""
    return select(PlacesOnPass).where(PlacesOnPass.member_id == member_id, PlacesOnPass.pass_id == pass_id)


def places_due(*, now: datetime, most: int) -> Select[uuid.UUID, uuid.UUID]:
    """The passes whose places are to be worked out again, by member and id, the longest due first."""
    due = select(PlacesOnPass.member_id, PlacesOnPass.pass_id).where(PlacesOnPass.due_at <= now)
    return due.order_by(PlacesOnPass.due_at, PlacesOnPass.pass_id).limit(most)


def cells_of_events(member_id: uuid.UUID, events: Sequence[uuid.UUID]) -> Select[PermissionState]:
    """The member's permissions whose last answers these are."""
    return select(PermissionState).where(PermissionState.member_id == member_id, PermissionState.event_id.in_(events))


def ends_of_permissions(member_id: uuid.UUID, brand_id: uuid.UUID, *, now: datetime) -> Select[int, datetime | None]:
    """Whether the member permits the brand to meet them in stores in any way, and when the first of it ends."""
    end = func.least(PermissionState.expires_at, PermissionState.notice_until)
    return select(func.count().label("count"), func.min(end).filter(end > now).label("until_at")).where(
        PermissionState.member_id == member_id,
        PermissionState.brand_id == brand_id,
        PermissionState.purpose == PURPOSE,
        PermissionState.touchpoint.in_((BY_FENCE, BY_BEACON)),
        PermissionState.state.in_(PERMITTING),
    )


ANSWER = """
UPDATE places_on_pass SET places = $4::jsonb, beacon = $5::jsonb, revision = $6, answered = $3, until_at = $7,
 due_at = $8
WHERE member_id = $1 AND pass_id = $2 AND asks = $3
"""
"""Keep what was worked out, unless a permission changed meanwhile: then it is worked out again."""

LOOKED_AT = """
UPDATE places_on_pass SET answered = $3, until_at = $4, due_at = $5
WHERE member_id = $1 AND pass_id = $2 AND asks = $3
"""
"""Keep that nothing changed, unless a permission did meanwhile."""

END_GONE = """
UPDATE issued_pass SET ended_at = $1, due_at = $1
WHERE kind = 'coupon' AND ended_at IS NULL AND NOT EXISTS (
 SELECT FROM coupon WHERE coupon.member_id = issued_pass.member_id AND coupon.id = issued_pass.target_id)
RETURNING issued_pass.id
"""
"""End the passes of coupons that are not kept any more."""
