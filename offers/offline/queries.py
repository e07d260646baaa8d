"""Questions about tills without a network."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.sql import db
from geo.places.models import Store
from offers.coupons.models import Coupon
from offers.offline.models import (
    WHOLE_BRAND,
    MemberReserve,
    OfferLease,
    OfflinePeriod,
    OfflinePolicyVersion,
)
from offers.planning.models import Offer, OfferVersion

PAGE = 100_000
"""Codes that one snapshot tells at most: 800 kB. A till asks for the rest with what it has."""

MOST_OFFERS = 1_000
"""Offers of one store that a snapshot tells, the most important first."""

SITUATION = """
SELECT store.number, store.time_zone, brand.currency, COALESCE(catalogue.version, 0), COALESCE(ending.version, 0),
 COALESCE(ending.forgotten, 0)
FROM store JOIN brand ON brand.id = store.brand_id
LEFT JOIN catalogue_version AS catalogue ON catalogue.brand_id = store.brand_id
LEFT JOIN code_ending_version AS ending ON ending.brand_id = store.brand_id
WHERE store.id = $1::uuid
"""
"""A store (1): its number and zone, its money, and how often the catalogue and the ended codes of its brand changed."""

ENDINGS_PAGE = f"""
SELECT version, digest, is_ended FROM code_ending
WHERE brand_id = $1::uuid AND version > $2::bigint AND version <= $3::bigint AND (is_ended OR $2::bigint > 0)
ORDER BY version LIMIT {PAGE}
"""  # noqa: S608 (our own constants)
"""What ended or stood again at a brand (1) after a version (2) until another (3), by the index alone. Who knows nothing
needs not hear what stands again."""

ENDINGS = f"""
SELECT max(version), count(*),
 COALESCE(string_agg(encode(digest, 'base64'), '' ORDER BY version) FILTER (WHERE is_ended), ''),
 COALESCE(string_agg(encode(digest, 'base64'), '' ORDER BY version) FILTER (WHERE NOT is_ended), '')
FROM ({ENDINGS_PAGE}) AS page
"""  # noqa: S608 (our own constants)
"""That page as it is sent: how far it goes, how many there are, what ended, and what stands again."""

OFFER_RULES = db.HotStatement(f"""
SELECT live.offer_id, live.version, said.title_fr, said.title_en, said.benefit, hit.starts_at, hit.ends_at,
 CASE WHEN hit.firings IS NOT NULL THEN COALESCE(
  (SELECT json_agg(json_build_array(lower(one), upper(one))) FROM unnest(hit.firings) AS one), '[]') END AS firings,
 live.firings_from, said.minimum_minor, said.maximum_minor, said.counted_tax, said.products, said.stacking, said.base,
 said.rank, said.member_limit,
 said.use_limits, said.for_whom = '{{}}' AS for_everybody,
 said.applies = 'automatic' AS by_itself,
 num_nonnulls(said.total_limit, said.daily_limit) > 0 AS is_limited,
 NULLIF(live.sold_out_until, 'infinity') AS sold_out_until,
 COALESCE(live.sold_out_until = 'infinity', false) AS is_sold_out
FROM offer_place AS hit JOIN live_offer AS live USING (offer_number)
JOIN offer_version AS said ON said.offer_id = live.offer_id AND said.version = live.version
WHERE hit.store_number = %(store_number)s AND hit.ends_at > %(now)s
ORDER BY live.priority DESC, live.offer_number LIMIT {MOST_OFFERS}
""")  # noqa: S608 (our own constants)
"""What is live at a store and not over, with what a till needs to judge it by itself."""

FORGET_ENDINGS = """
WITH forgotten AS (
 DELETE FROM code_ending WHERE NOT is_ended AND changed_at < $1::timestamptz RETURNING brand_id, version
)
UPDATE code_ending_version AS known SET forgotten = GREATEST(known.forgotten, last.version)
FROM (SELECT brand_id, max(version) AS version FROM forgotten GROUP BY brand_id ORDER BY brand_id) AS last
WHERE known.brand_id = last.brand_id RETURNING known.brand_id
"""
"""Forget what has stood again since an instant (1); returns the brands."""

FORGET_PERIODS = """
DELETE FROM offline_period AS old WHERE read_at < $1::timestamptz
 AND EXISTS (SELECT FROM offline_period AS next WHERE next.terminal_id = old.terminal_id AND next.number > old.number)
RETURNING old.number
"""
"""Forget periods that were over at an instant (1). The last of a terminal stays, or its numbers would begin again."""

TILLS = """
SELECT store.id, store.name, terminal.revoked_at, latest.policy, latest.read_at
FROM terminal JOIN store ON store.id = terminal.store_id
LEFT JOIN LATERAL (
 SELECT policy, read_at FROM offline_period
 WHERE terminal_id = terminal.id AND is_whole ORDER BY number DESC LIMIT 1
) AS latest ON true
WHERE terminal.brand_id = $1::uuid AND terminal.paired_at IS NOT NULL
 AND (terminal.revoked_at IS NULL OR latest.read_at IS NOT NULL)
ORDER BY store.name, store.id
"""
"""The tills of a brand (1), with what each was told last; of those that were revoked, the ones that were told."""

LEASED = """
SELECT COALESCE(sum(units - used), 0),
 (SELECT COALESCE(sum(points), 0) FROM member_reserve
  WHERE brand_id = $1::uuid AND settled_at IS NULL AND ends_at > $2::timestamptz),
 (SELECT count(*) FROM member_reserve
  WHERE brand_id = $1::uuid AND settled_at IS NULL AND ends_at > $2::timestamptz AND kind = 'coupon')
FROM offer_lease WHERE brand_id = $1::uuid AND settled_at IS NULL AND ends_at > $2::timestamptz
"""
"""What is set aside for the tills of a brand (1) at an instant (2): units of offers, points, coupons."""

OFFER_TO_LEASE = db.HotStatement("""
SELECT offer.status, offer.live_version, brand.time_zone, said.total_limit, said.daily_limit,
 EXISTS (
  SELECT FROM live_offer AS live JOIN offer_place AS hit USING (offer_number)
  JOIN store ON store.number = hit.store_number
  WHERE live.offer_id = offer.id AND store.id = %(store_id)s AND hit.starts_at <= %(now)s AND hit.ends_at > %(now)s
 ) AS is_here
FROM offer JOIN brand ON brand.id = offer.brand_id
LEFT JOIN offer_version AS said ON said.offer_id = offer.id AND said.version = offer.live_version
WHERE offer.id = %(offer_id)s AND offer.brand_id = %(brand_id)s
""")
"""An offer of a brand with its limits, and whether it holds at a store."""

STANDING = """
SELECT revoked_at, EXISTS (SELECT FROM offline_period WHERE terminal_id = terminal.id),
 EXISTS (SELECT FROM member_reserve WHERE terminal_id = terminal.id AND settled_at IS NULL)
FROM terminal WHERE id = $1
"""
"""Since when a terminal is revoked, and whether it has read snapshots, and holds what was set aside of a member."""

LET_GO = """
UPDATE member_reserve SET settled_at = $2::timestamptz WHERE member_id = $1::uuid AND settled_at IS NULL
"""
"""Settle what was set aside of a member (1) at an instant (2)."""

KEEP_COUPON = db.HotStatement("""
UPDATE coupon SET held_until = %(until)s::timestamptz,
 held_for = CASE WHEN %(until)s::timestamptz IS NOT NULL THEN %(reserve_id)s::uuid END
WHERE member_id = %(member_id)s AND id = %(coupon_id)s
 AND (%(until)s::timestamptz IS NOT NULL OR held_for = %(reserve_id)s::uuid)
""")
"""Keep a coupon for what was set aside, or let it go if it is kept for that."""


def store_of_brand(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[uuid.UUID]:
    """A store, if it is the brand's."""
    return select(Store.id).where(Store.brand_id == brand_id, Store.id == store_id)


def policies_of(brand_id: uuid.UUID, store_id: uuid.UUID | None = None) -> Select[OfflinePolicyVersion]:
    """What a brand and its stores say last, or the brand and this store."""
    last = (
        select(OfflinePolicyVersion)
        .ext(distinct_on(OfflinePolicyVersion.store_id))
        .where(OfflinePolicyVersion.brand_id == brand_id)
        .order_by(OfflinePolicyVersion.store_id, OfflinePolicyVersion.version.desc())
    )
    return last if store_id is None else last.where(OfflinePolicyVersion.store_id.in_([WHOLE_BRAND, store_id]))


def periods_of(terminal_id: uuid.UUID) -> Select[OfflinePeriod]:
    """What a terminal knew, the last first."""
    return (
        select(OfflinePeriod)
        .where(OfflinePeriod.terminal_id == terminal_id)
        .order_by(OfflinePeriod.number.desc())
        .execution_options(populate_existing=True)
    )


def offer_leases_of(terminal_id: uuid.UUID, *, now: datetime) -> Select[OfferLease]:
    """The units that a terminal may give still."""
    return (
        select(OfferLease)
        .where(OfferLease.terminal_id == terminal_id, OfferLease.settled_at.is_(None), OfferLease.ends_at > now)
        .order_by(OfferLease.made_at, OfferLease.id)
    )


def reserves_of(terminal_id: uuid.UUID, *, now: datetime) -> Select[MemberReserve]:
    """What of members a terminal may use still."""
    return (
        select(MemberReserve)
        .where(
            MemberReserve.terminal_id == terminal_id, MemberReserve.settled_at.is_(None), MemberReserve.ends_at > now
        )
        .order_by(MemberReserve.made_at, MemberReserve.id)
    )


def lease_of(terminal_id: uuid.UUID, lease_id: uuid.UUID) -> Select[OfferLease]:
    """A lease of a terminal, whatever became of it."""
    return select(OfferLease).where(OfferLease.terminal_id == terminal_id, OfferLease.id == lease_id)


def reserve_of(terminal_id: uuid.UUID, lease_id: uuid.UUID) -> Select[MemberReserve]:
    """What was set aside of a member for a terminal, whatever became of it."""
    return select(MemberReserve).where(MemberReserve.terminal_id == terminal_id, MemberReserve.id == lease_id)


def leases_for(terminal_id: uuid.UUID, lease_ids: Collection[uuid.UUID], *, at: datetime) -> Select[OfferLease]:
    """Those of these leases of a terminal that had not ended at an instant, whatever became of them."""
    return select(OfferLease).where(
        OfferLease.terminal_id == terminal_id, OfferLease.id.in_(lease_ids), OfferLease.ends_at > at
    )


def reserves_for(
    terminal_id: uuid.UUID, lease_ids: Collection[uuid.UUID], codes: Collection[str], *, at: datetime
) -> Select[MemberReserve]:
    """What was set aside for a terminal by these names or for these codes, had not ended at an instant, and was neither
    used nor released."""
    return (
        select(MemberReserve)
        .where(
            MemberReserve.terminal_id == terminal_id,
            or_(MemberReserve.id.in_(lease_ids), MemberReserve.code.in_(codes)),
            MemberReserve.settled_at.is_(None),
            MemberReserve.ends_at > at,
        )
        .order_by(MemberReserve.made_at, MemberReserve.id)
    )


def unused_units(offer_id: uuid.UUID, *, but: uuid.UUID) -> Select[int]:
    """How many units of an offer are with tills, but for one lease."""
    return select(func.coalesce(func.sum(OfferLease.units - OfferLease.used), 0)).where(
        OfferLease.offer_id == offer_id, OfferLease.settled_at.is_(None), OfferLease.id != but
    )


def leases_over(now: datetime) -> Select[uuid.UUID, uuid.UUID]:
    """Leases whose time is over and that nobody settled: their terminals and themselves."""
    return (
        select(OfferLease.terminal_id, OfferLease.id)
        .where(OfferLease.settled_at.is_(None), OfferLease.ends_at <= now)
        .order_by(OfferLease.ends_at)
        .limit(500)
    )


def live_version_of(offer_id: uuid.UUID) -> Select[int | None]:
    """The version of an offer that is in force."""
    return select(Offer.live_version).where(Offer.id == offer_id)


def limit_and_coupons(offer_id: uuid.UUID) -> Select[int | None, int]:
    """The total that an offer in force may give, and how many coupons of it there are."""
    coupons = select(func.count()).where(Coupon.offer_id == offer_id).scalar_subquery()
    return (
        select(OfferVersion.total_limit, coupons)
        .join(Offer, and_(Offer.id == OfferVersion.offer_id, Offer.live_version == OfferVersion.version))
        .where(Offer.id == offer_id)
    )


def coupon_of(member_id: uuid.UUID, coupon_id: uuid.UUID | None) -> Select[Coupon]:
    """A coupon of a member."""
    return select(Coupon).where(Coupon.member_id == member_id, Coupon.id == coupon_id)
