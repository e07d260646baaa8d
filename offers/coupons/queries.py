"""Questions about coupons and their redemptions."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Exists,
    Integer,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased, joinedload

from app.access_log.reads import NOTED
from app.accounts.models import Brand
from app.sql import db
from geo.places.models import Store
from offers.coupons.models import Coupon, CouponStatus, Redemption
from offers.planning.models import LiveOffer, Offer, OfferPlace, OfferVersion
from offers.planning.queries import has_other_clocks, holds_at, holds_in, targeted
from wallet.passes.queries import REGISTERED
from wallet.scanning.models import Scan

NOW = bindparam("now", type_=DateTime(timezone=True))
OFFER = bindparam("offer_id", type_=Uuid())
PLACE = aliased(Store, name="place")
"""The store of a till, beside whatever other stores a statement is about."""


def _standing(holds_now: Exists) -> Select[*tuple[Any, ...]]:
    mine = (Coupon.member_id == bindparam("member_id"), Coupon.offer_id == Offer.id)
    claimed = select(func.count()).select_from(Coupon).where(*mine).scalar_subquery()
    sold_out_until, spent_until = LiveOffer.sold_out_until, LiveOffer.spent_until
    return (
        select(
            Offer.id,
            Offer.number,
            Offer.brand_id,
            Offer.status,
            Offer.live_version,
            Brand.time_zone,
            has_other_clocks().label("other_clocks"),
            holds_now.label("holds_now"),
            func.coalesce(sold_out_until > NOW, False).label("sold_out"),
            func.coalesce(sold_out_until == literal_column("'infinity'::timestamptz"), False).label("for_good"),
            func.coalesce(spent_until > NOW, False).label("is_spent"),
            func.nullif(spent_until, literal_column("'infinity'::timestamptz")).label("spent_until"),
            claimed.label("claimed"),
        )
        .join(Brand, Brand.id == Offer.brand_id)
        .outerjoin(LiveOffer, LiveOffer.offer_number == Offer.number)
        .where(Offer.id == OFFER, Offer.live_version.is_not(None))
    )


CLAIMABLE = db.put_together(_standing(exists().where(OfferPlace.offer_number == Offer.number, holds_at(NOW))))
"""An offer with the number of its version in force, the brand's zone, whether the brand has stores in others, whether
it holds now somewhere (and fires there, as far as that is written), whether it is sold out, and for good, whether it
has no money left, and until when, if that is known; and how many coupons of it the member has."""

_IN_FORCE = targeted(OfferVersion.offer_id == OFFER, OfferVersion.version == Offer.live_version)
_HERE = func.timezone(Store.time_zone, NOW)

GIVABLE = db.put_together(
    _standing(
        exists()
        .select_from(_IN_FORCE)
        .where(
            _IN_FORCE.c.store_id == Store.id,
            OfferVersion.offer_id == _IN_FORCE.c.offer_id,
            OfferVersion.version == _IN_FORCE.c.version,
            OfferVersion.starts_local <= _HERE,
            OfferVersion.ends_local > _HERE,
        )
    )
)
"""The same of an offer that the brand gives: it holds now if its window does at one of its stores, shown there or not.
What is given may wait for the next firing."""

GIVEN = (
    *("member_id", "id", "brand_id", "offer_id", "offer_version", "ordinal", "code", "status", "claimed_at"),
    *("ends_local", "expires_at", "installation_id", "claimed_at_terminal_id", "cashier_id"),
)
GIVE = db.HotStatement(f"""
WITH {REGISTERED}
INSERT INTO coupon ({", ".join(GIVEN)}) VALUES ({", ".join(f"%({name})s" for name in GIVEN)})
""")  # noqa: S608 (our own constants)
"""A coupon, and its code in the directory."""


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


def _in_a_sale() -> Select[Any]:
    offers, store = bindparam("offers", type_=ARRAY(Uuid())), bindparam("store", type_=Uuid())
    at = targeted(OfferVersion.offer_id == any_(offers), Store.id == store)
    here = exists().where(at.c.offer_id == Coupon.offer_id, at.c.version == Coupon.offer_version)
    shown = Coupon.id == any_(bindparam("coupons", type_=ARRAY(Uuid())))
    mine = (Coupon.member_id == bindparam("member"), Coupon.brand_id == bindparam("brand"))
    return (
        select(*Coupon.__table__.columns, Offer.status.label("offer_status"), here.label("here"))
        .join(Offer, Offer.id == Coupon.offer_id)
        .where(*mine, shown | (Coupon.held_for == bindparam("sale", type_=Uuid())))
        .order_by(Coupon.id)
    )


IN_A_SALE = db.put_together(_in_a_sale())
"""Coupons of a member that are shown for a sale or kept for it, by id, with the state of their offers, and whether
their versions hold at the store."""

TO_SELL = db.put_together(_in_a_sale().with_for_update(of=Coupon))
"""The same, locked in the order in which everybody locks coupons."""

KEEP = db.HotStatement("""
UPDATE coupon SET
    held_for = CASE WHEN id = ANY(%(coupons)s) THEN %(sale)s::uuid END,
    held_until = CASE WHEN id = ANY(%(coupons)s) THEN %(until)s::timestamptz END
WHERE member_id = %(member)s AND (id = ANY(%(coupons)s) OR held_for = %(sale)s)
""")
"""These coupons (locked, with those that it keeps) are kept for a sale, and no others."""

LET_GO = db.HotStatement("""
WITH kept AS (SELECT id FROM coupon WHERE member_id = %(member)s AND held_for = %(sale)s ORDER BY id FOR UPDATE)
UPDATE coupon SET held_for = NULL, held_until = NULL
FROM kept WHERE coupon.member_id = %(member)s AND coupon.id = kept.id
""")
"""No coupon is kept for a sale any more."""

USE = db.HotStatement("""
WITH used AS (
    UPDATE coupon SET
        status = CASE WHEN id = ANY(%(coupons)s) THEN 'redeemed' ELSE status END, held_for = NULL, held_until = NULL
    WHERE member_id = %(member)s AND (id = ANY(%(coupons)s) OR held_for = %(sale)s)
)
INSERT INTO redemption (member_id, id, brand_id, coupon_id, store_id, terminal_id, redeemed_at, sale_id, cashier_id)
SELECT %(member)s, one.id, %(brand)s, one.coupon_id, %(store)s, %(terminal)s, %(now)s, %(sale)s, %(cashier)s::uuid
FROM unnest(%(ids)s::uuid[], %(coupons)s::uuid[]) AS one (id, coupon_id)
""")
"""A sale uses these coupons (locked, with those that it keeps), and keeps none any more."""


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


def at_store() -> Any:
    """A coupon's columns, the state of its offer, whether its version holds at the store, and has no money left; for a
    statement in which `Coupon` and its `Offer` are."""
    here = (
        exists()
        .where(OfferVersion.offer_id == Coupon.offer_id, OfferVersion.version == Coupon.offer_version)
        .where(PLACE.id == bindparam("store_id", type_=Uuid()), PLACE.brand_id == Offer.brand_id, holds_in(PLACE))
        .correlate(Coupon, Offer)
    )
    spent = exists().where(LiveOffer.offer_id == Coupon.offer_id, LiveOffer.spent_until > NOW)
    return (*Coupon.__table__.columns, Offer.status.label("offer_status"), here.label("here"), spent.label("spent"))


_SCANNED = (
    Scan.brand_id == bindparam("brand_id", type_=Uuid()),
    Scan.store_id == bindparam("store_id", type_=Uuid()),
    Scan.id == bindparam("scan_id", type_=Uuid()),
)
_USABLE = and_(Coupon.status == str(CouponStatus.ACTIVE), Coupon.expires_at > NOW)

AT_TILL = db.put_together(
    select(Scan.member_id.label("scanned_member_id"), Store.time_zone.label("store_zone"), *at_store())
    .select_from(Scan)
    .join(Store, Store.id == Scan.store_id)
    .outerjoin(
        Coupon,
        and_(
            Coupon.member_id == Scan.member_id,
            Coupon.brand_id == Scan.brand_id,
            or_(_USABLE, Coupon.id == Scan.target_id),
        ),
    )
    .outerjoin(Offer, Offer.id == Coupon.offer_id)
    .where(*_SCANNED)
    .order_by((Coupon.id == Scan.target_id).desc(), Coupon.expires_at, Coupon.id)
    .limit(bindparam("limit"))
)
"""The scanned coupon, whatever its state, then the usable coupons of the brand of the member whose pass was scanned,
soonest expiry first, each with what its use at the store depends on. One row without a coupon when there is none."""

_MINE = (Coupon.member_id == bindparam("member_id"), Coupon.id == bindparam("coupon_id"))

TO_REDEEM = db.put_together(
    select(*at_store(), Store.name.label("store_name"), Store.time_zone.label("store_zone"))
    .select_from(Coupon)
    .join(Offer, Offer.id == Coupon.offer_id)
    .join(Store, Store.id == bindparam("store_id", type_=Uuid()))
    .where(*_MINE)
    .with_for_update(of=Coupon)
)
"""A coupon, locked, with what its use at the store depends on."""

REDEEM = db.HotStatement(f"""
WITH {NOTED}, used AS (
    UPDATE coupon SET status = 'redeemed', held_for = NULL, held_until = NULL
    WHERE member_id = %(member_id)s AND id = %(coupon_id)s
)
INSERT INTO redemption (member_id, id, brand_id, coupon_id, store_id, terminal_id, redeemed_at, cashier_id)
VALUES
    (%(member_id)s, %(id)s, %(brand_id)s, %(coupon_id)s, %(store_id)s, %(terminal_id)s, %(redeemed_at)s,
    %(cashier_id)s)
""")  # noqa: S608 (our own constants)
"""A coupon (locked and judged) is used, and its member can read that staff saw it."""

UNDO = db.HotStatement(f"""
WITH {NOTED}, undone AS (
    UPDATE redemption SET undone_at = %(undone_at)s, undone_by_id = %(undone_by_id)s
    WHERE member_id = %(member_id)s AND id = %(id)s
)
UPDATE coupon SET status = 'active' WHERE member_id = %(member_id)s AND id = %(coupon_id)s
""")  # noqa: S608 (our own constants)
"""A redemption (locked with its coupon, and judged) is undone, and its member can read that staff saw it."""


def _named_stores() -> Select[uuid.UUID, int, str]:
    offers, numbers = bindparam("offers", type_=ARRAY(Uuid())), bindparam("versions", type_=ARRAY(Integer()))
    asked = func.unnest(offers, numbers).table_valued("offer_id", "version").render_derived(name="asked")
    pairs = select(asked.c.offer_id, asked.c.version)
    at = targeted(OfferVersion.offer_id == any_(offers), tuple_(OfferVersion.offer_id, OfferVersion.version).in_(pairs))
    whose = (at.c.offer_id, at.c.version)
    place = func.row_number().over(partition_by=whose, order_by=(Store.name, Store.id)).label("place")
    named = select(*whose, Store.name, place).join(Store, Store.id == at.c.store_id).subquery("named")
    return (
        select(named.c.offer_id, named.c.version, named.c.name)
        .where(named.c.place <= bindparam("limit", type_=Integer()))
        .order_by(named.c.offer_id, named.c.version, named.c.place)
    )


NAMED_STORES = db.put_together(_named_stores())
"""Of each of some versions (the ids of their offers and their numbers, side by side) the first stores at which it
holds, by name."""


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


_REDEMPTION = (
    select(
        *Redemption.__table__.columns,
        Store.name.label("store_name"),
        Store.time_zone.label("store_zone"),
        Coupon.code.label("coupon_code"),
        Coupon.offer_id,
        Coupon.offer_version,
    )
    .join(Coupon, and_(Coupon.member_id == Redemption.member_id, Coupon.id == Redemption.coupon_id))
    .join(Store, Store.id == Redemption.store_id)
    .where(Redemption.brand_id == bindparam("brand_id"), Redemption.id == bindparam("redemption_id"))
)
REDEMPTION = db.put_together(_REDEMPTION)
"""One redemption of a brand with its store, its coupon and which version that is of."""

TO_UNDO = db.put_together(_REDEMPTION.with_for_update(of=(Coupon, Redemption)))
"""The same, locked: the coupon first, as everybody does who changes a redemption."""
