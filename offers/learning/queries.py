"""Questions about what is learnt, and the statements that write it."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, Text, cast, select

from app.accounts.models import Brand
from geo.places.models import Store
from offers.learning.models import PURPOSE, TOUCHPOINT, BrandSegment, LearntCount, Profile

STANDS = f"""
 cell.purpose = '{PURPOSE}' AND cell.touchpoint = '{TOUCHPOINT}' AND cell.scope_kind = 'brand' AND cell.recipient = ''
 AND cell.state IN ('given', 'renewed') AND cell.level = 'proactive' AND cell.uses_left IS NULL AND NOT cell.objected
 AND COALESCE(cell.expires_at > $1, true) AND COALESCE(cell.notice_until > $1, true)
 AND who.restricted_at IS NULL AND cell.with_parent = COALESCE(who.minor_until > $1, false)
"""
"""Whether the permission of a member (`who`) for a brand (`cell`) holds at `$1`: the rule of
`app.consent.decision.verdicts`, as far as it is about a cell that no phone has a say in. A property test holds both
together."""

PROFILES = """
FROM profile AS kept JOIN permission_state AS cell ON cell.member_id = kept.member_id AND cell.brand_id = kept.brand_id
 JOIN member AS who ON who.member_id = kept.member_id
"""
PERMITTING = f"kept.brand_id = :brand AND {STANDS.replace('$1', ':now')}"
PERMITTED = f"{PROFILES} WHERE {PERMITTING}"
"""Whoever of a brand permits it at this instant, in a question over many: nobody else is ever in one."""

_UNTIL = "least(cell.expires_at, cell.notice_until, CASE WHEN cell.with_parent THEN who.minor_until END)"
"""When a permission that holds ends by itself."""

SETTLE = f"""
WITH stands AS MATERIALIZED (
 SELECT cell.member_id, cell.brand_id, cell.event_id, {_UNTIL} AS until
 FROM permission_state AS cell JOIN member AS who ON who.member_id = cell.member_id
 WHERE {STANDS} AND cell.member_id = $2
), ended AS (
 DELETE FROM profile AS kept WHERE kept.member_id = $2 AND NOT EXISTS (
  SELECT FROM stands WHERE stands.brand_id = kept.brand_id)
 RETURNING 1
), made AS (
 INSERT INTO profile AS kept (member_id, brand_id, permission_event_id, permitted_until, made_at)
 SELECT member_id, brand_id, event_id, until, $1 FROM stands
 ON CONFLICT (member_id, brand_id) DO UPDATE
 SET permission_event_id = excluded.permission_event_id, permitted_until = excluded.permitted_until
 WHERE (kept.permission_event_id, kept.permitted_until)
  IS DISTINCT FROM (excluded.permission_event_id, excluded.permitted_until)
 RETURNING 1
)
SELECT (SELECT count(*) FROM ended) + (SELECT count(*) FROM made)
"""  # noqa: S608 (our own names)
"""Profiles as the permissions of one member (`$2`) stand at `$1`: one where there is none, none where there must not
be; returns how many changed. For who holds the lock of these permissions: otherwise a no that is said meanwhile would
be overlooked."""

SHORTEN = f"""
UPDATE profile AS kept SET permitted_until = {_UNTIL} FROM permission_state AS cell, member AS who
WHERE cell.member_id = kept.member_id AND cell.brand_id = kept.brand_id AND who.member_id = kept.member_id
 AND cell.event_id = kept.permission_event_id AND kept.permitted_until IS DISTINCT FROM {_UNTIL}
"""  # noqa: S608 (our own names)
"""Lets profiles of everybody end when their permissions now do. It makes none, so it overlooks no no."""

ENDED = "SELECT DISTINCT member_id FROM profile WHERE permitted_until <= $1 LIMIT $2"
"""Members with a profile whose permission ended by the clock."""

ASTRAY = f"""
SELECT DISTINCT member_id FROM profile AS kept FULL JOIN (
 SELECT cell.member_id, cell.brand_id, cell.event_id, {_UNTIL} AS until
 FROM permission_state AS cell JOIN member AS who ON who.member_id = cell.member_id WHERE {STANDS}
) AS stands USING (member_id, brand_id)
WHERE (kept.permission_event_id, kept.permitted_until) IS DISTINCT FROM (stands.event_id, stands.until) LIMIT $2
"""  # noqa: S608 (our own names)
"""Members whose profiles are not as their permissions stand at `$1`."""

LOCK_PROFILE = """
SELECT kept.looked_at, brand.time_zone, brand.currency FROM profile AS kept JOIN brand ON brand.id = kept.brand_id
WHERE kept.member_id = $1 AND kept.brand_id = $2 AND COALESCE(kept.permitted_until > $3, true)
FOR UPDATE OF kept
"""
"""A profile that is permitted at `$3`, for whoever is going to write it, or nothing."""

_CLOSED = f"""EXISTS (
 SELECT FROM permission_state AS cell WHERE cell.member_id = $1 AND cell.brand_id = $2
  AND cell.purpose = '{PURPOSE}' AND cell.touchpoint = '{TOUCHPOINT}'
  AND cell.state IN ('refused', 'withdrawn', 'revoked', 'invalidated')
  AND (cell.scope_kind = 'store' AND cell.scope_id = happened.store_id
   OR cell.scope_kind = 'area' AND EXISTS (
    SELECT FROM area_store WHERE area_store.area_id = cell.scope_id AND area_store.store_id = happened.store_id)))
"""  # noqa: S608 (our own names)
"""Whether the member said no for the store where something happened, or for an area that it is in."""


def _noted(kind: str, id: str) -> str:
    return (
        "EXISTS (SELECT FROM learnt_event AS noted WHERE noted.member_id = $1 AND noted.brand_id = $2"
        f" AND noted.kind = '{kind}' AND noted.id = {id})"
    )


NEW_PURCHASES = f"""
SELECT happened.id, {_noted("purchase", "happened.id")} AS noted, {_CLOSED} AS closed,
 (happened.bought_at AT TIME ZONE COALESCE(store.time_zone, $3))::date AS day,
 happened.store_id, happened.channel, happened.currency,
 (SELECT jsonb_agg(jsonb_build_array(
   position, gtin, sku, category, coalesce(quantity_thousandths, quantity), net_minor) ORDER BY position)
  FROM purchase_line AS line WHERE line.member_id = $1 AND line.purchase_id = happened.id) AS lines,
 (SELECT jsonb_agg(jsonb_build_array(back.id, {_noted("return", "back.id")},
   (SELECT jsonb_agg(jsonb_build_array(position, quantity, amount_minor)) FROM return_line AS unit
    WHERE unit.member_id = $1 AND unit.return_id = back.id)))
  FROM purchase_return AS back WHERE back.member_id = $1 AND back.purchase_id = happened.id) AS returns
FROM purchase AS happened LEFT JOIN store ON store.id = happened.store_id
WHERE happened.member_id = $1 AND happened.brand_id = $2 AND (NOT {_noted("purchase", "happened.id")} OR EXISTS (
 SELECT FROM purchase_return AS back WHERE back.member_id = $1 AND back.purchase_id = happened.id
  AND NOT {_noted("return", "back.id")}))
"""  # noqa: S608 (our own names)
"""What a member bought of a brand, or brought back, and nothing was learnt from yet: purchases with all their lines and
returns. 1 member, 2 brand, 3 the brand's time zone, for what was bought in no store."""

NEW_REACTIONS = f"""
SELECT 'coupon' AS kind, coupon.id, (coupon.claimed_at AT TIME ZONE $3)::date AS day, ARRAY[offer.number] AS offers
FROM coupon JOIN offer ON offer.id = coupon.offer_id
WHERE coupon.member_id = $1 AND coupon.brand_id = $2 AND NOT {_noted("coupon", "coupon.id")}
UNION ALL
SELECT CASE WHEN happened.undone_at IS NULL THEN 'redemption' ELSE 'undoing' END, happened.id,
 (happened.redeemed_at AT TIME ZONE store.time_zone)::date, NULL
FROM redemption AS happened JOIN store ON store.id = happened.store_id
WHERE happened.member_id = $1 AND happened.brand_id = $2 AND NOT {_CLOSED}
 AND (happened.undone_at IS NULL) <> {_noted("redemption", "happened.id")} AND NOT {_noted("undoing", "happened.id")}
UNION ALL
SELECT CASE WHEN happened.state = 'rewarded' THEN 'referral' ELSE 'revocation' END, happened.purchase_id,
 (happened.declared_at AT TIME ZONE $3)::date, NULL
FROM member_referral AS happened
WHERE happened.principal_id = $1 AND happened.brand_id = $2 AND happened.purchase_id IS NOT NULL
 AND (happened.state = 'rewarded') <> {_noted("referral", "happened.purchase_id")}
 AND happened.state IN ('rewarded', 'void', 'taken_back') AND NOT {_noted("revocation", "happened.purchase_id")}
UNION ALL
SELECT 'decision', happened.id, (happened.decided_at AT TIME ZONE $3)::date, shown.offers
FROM decision AS happened CROSS JOIN LATERAL (
 SELECT array_agg(offer.number ORDER BY offer.number) AS offers
 FROM generate_series(1, cardinality(happened.considered), 4) AS at
 JOIN offer ON offer.number = happened.considered[at] AND offer.brand_id = $2
 WHERE happened.considered[at + 3] = 1
) AS shown
WHERE happened.member_id IN (
 WITH RECURSIVE part (member_id) AS (
  SELECT $1::uuid UNION
  SELECT merged.member_id FROM merged_member AS merged JOIN part ON merged.principal_id = part.member_id
 ) SELECT member_id FROM part
) AND happened.id >= $4 AND shown.offers IS NOT NULL AND NOT {_noted("decision", "happened.id")}
"""  # noqa: S608 (our own names)
"""How a member took a brand's offers, as far as nothing was learnt from it yet: coupons that they got and used, what
they were shown since the decision `$4`, whom they brought. What they were shown in wallets that are part of theirs is
theirs too: decisions stay where they were made. 1 to 3 as for purchases."""

WRITE = """
WITH noted AS (
 INSERT INTO learnt_event (member_id, brand_id, kind, id)
 SELECT $1, $2, * FROM unnest($3::text[], $4::uuid[])
), old_decisions AS (
 DELETE FROM learnt_event WHERE member_id = $1 AND brand_id = $2 AND kind = 'decision' AND id < $5
), added AS MATERIALIZED (
 SELECT * FROM unnest($6::text[], $7::text[], $8::numeric[]) AS added (kind, key, weight)
), gone AS (
 DELETE FROM learnt_count AS held USING added
 WHERE held.member_id = $1 AND held.brand_id = $2 AND held.kind = added.kind AND held.key = added.key
  AND held.weight + added.weight = 0
 RETURNING held.kind, held.key
), counted AS (
 INSERT INTO learnt_count AS held (member_id, brand_id, kind, key, weight)
 SELECT $1, $2, * FROM added
 WHERE NOT EXISTS (SELECT FROM gone WHERE gone.kind = added.kind AND gone.key = added.key)
 ON CONFLICT (member_id, brand_id, kind, key) DO UPDATE SET weight = held.weight + excluded.weight
 RETURNING kind, key, weight
), held AS MATERIALIZED (
 SELECT kind, key, weight FROM counted
 UNION ALL
 SELECT kind, key, weight FROM learnt_count AS before WHERE member_id = $1 AND brand_id = $2
  AND NOT EXISTS (SELECT FROM added WHERE added.kind = before.kind AND added.key = before.key)
), best AS (
 SELECT kind, key, weight, row_number() OVER (PARTITION BY kind ORDER BY weight DESC, key COLLATE "C") AS place
 FROM held WHERE kind IN ('article', 'category', 'shown', 'taken') AND key <> '' AND weight > 0
), listed AS (
 SELECT kind, '{' || string_agg(to_json(key)::text || ':' || weight::text, ',' ORDER BY
  CASE WHEN kind IN ('shown', 'taken') THEN key::bigint END, key COLLATE "C") || '}' AS listing
 FROM best WHERE place <= $9 GROUP BY kind
)
UPDATE profile SET looked_at = $10, learnt_from = least(learnt_from, $11::date), taste = format(
  '{"articles":%s,"articles_total":%s,"categories":%s,"categories_total":%s,"shown":%s,"taken":%s}',
  COALESCE((SELECT listing FROM listed WHERE kind = 'article'), '{}'),
  COALESCE((SELECT weight FROM held WHERE kind = 'article' AND key = ''), 0),
  COALESCE((SELECT listing FROM listed WHERE kind = 'category'), '{}'),
  COALESCE((SELECT weight FROM held WHERE kind = 'category' AND key = ''), 0),
  COALESCE((SELECT listing FROM listed WHERE kind = 'shown'), '{}'),
  COALESCE((SELECT listing FROM listed WHERE kind = 'taken'), '{}')),
 visits = COALESCE((SELECT weight FROM held WHERE kind = 'visits'), 0),
 spend = COALESCE((SELECT weight FROM held WHERE kind = 'spend' AND key = $12), 0),
 received = COALESCE((SELECT weight FROM held WHERE kind = 'received'), 0),
 redeemed = COALESCE((SELECT weight FROM held WHERE kind = 'redeemed'), 0),
 social = COALESCE((SELECT weight FROM held WHERE kind = 'social'), 0),
 (first_visit_on, last_visit_on, visit_days) =
  (SELECT min(key)::date, max(key)::date, count(*) FROM held WHERE kind = 'day')
WHERE member_id = $1 AND brand_id = $2
"""
"""Everything that events do to a profile, in one statement: the notes that they were learnt from, the counts, and the
text and the scores that are made of the counts before and after.

1 member, 2 brand; 3 and 4 kinds and ids of what was learnt from; 5 the decision before which none is looked for any
more; 6 to 8 kinds, keys and weights to add (or to take off, below zero), each kind and key once; 9 how many of a kind
the taste names; 10 now; 11 the first day of what is learnt; 12 the brand's currency. The text is the very one that
`tastes.write_taste` writes.
"""

LOOKED = "UPDATE profile SET looked_at = $3 WHERE member_id = $1 AND brand_id = $2"
"""That there was nothing new."""

FORGET = """
WITH counts AS (DELETE FROM learnt_count WHERE member_id = $1 AND brand_id = $2),
 events AS (DELETE FROM learnt_event WHERE member_id = $1 AND brand_id = $2)
UPDATE profile SET looked_at = NULL, learnt_from = NULL WHERE member_id = $1 AND brand_id = $2
"""
"""Everything that was learnt, so that it can be learnt anew."""

DELETE_PROFILE = "DELETE FROM profile WHERE member_id = $1 AND brand_id = $2"

_FRESH = (
    "kept.member_id = happened.member_id AND kept.brand_id = happened.brand_id AND COALESCE(permitted_until > $1, true)"
    " AND NOT EXISTS (SELECT FROM learnt_event AS noted WHERE noted.member_id = kept.member_id"
    " AND noted.brand_id = kept.brand_id AND noted.id = happened.id AND noted.kind = "
)
WAITING = f"""
(SELECT member_id, brand_id FROM profile
 WHERE looked_at IS NULL AND COALESCE(permitted_until > $1, true) LIMIT $2)
UNION
(SELECT kept.member_id, kept.brand_id FROM brand
 JOIN purchase AS happened ON happened.brand_id = brand.id AND happened.id >= $3
 JOIN profile AS kept ON {_FRESH}'purchase') LIMIT $2)
UNION
(SELECT kept.member_id, kept.brand_id FROM brand
 JOIN redemption AS happened ON happened.brand_id = brand.id AND happened.id >= $3
 JOIN profile AS kept ON {_FRESH}'redemption') LIMIT $2)
UNION
(SELECT member_id, brand_id FROM profile
 WHERE looked_at < $4 AND COALESCE(permitted_until > $1, true) ORDER BY looked_at LIMIT $2)
"""  # noqa: S608 (our own names)
"""Profiles in which there may be something to learn: new ones, those of whoever bought or used something since `$3` (an
id), and those that were last looked at before `$4`. 1 now, 2 how many of each."""

SEGMENTS_WANTED = """
SELECT asked.id, asked.brand_id, asked.rules::text, brand.time_zone
FROM segment AS asked JOIN brand ON brand.id = asked.brand_id
WHERE asked.id = ANY ($1::uuid[]) AND asked.ended_at IS NULL
"""
"""These segments, as long as their brands keep them, with the time zones of these."""

OUTGROWN = """
SELECT member_id, brand_id FROM profile WHERE learnt_from < $1::date ORDER BY learnt_from LIMIT $2
"""
"""Profiles that know of days before `$1`."""


LABELS = """
SELECT DISTINCT ON (wanted.key) wanted.key, line.label FROM purchase_line AS line
JOIN purchase AS happened ON happened.member_id = line.member_id AND happened.id = line.purchase_id
CROSS JOIN LATERAL (SELECT CASE WHEN line.gtin IS NOT NULL THEN 'gtin:' || lpad(line.gtin, 14, '0')
 ELSE 'sku:' || line.sku END AS key) AS wanted
WHERE line.member_id = $1 AND line.brand_id = $2 AND wanted.key = ANY ($3::text[]) AND line.label <> ''
ORDER BY wanted.key, happened.bought_at DESC
"""
"""What the last receipt of a member calls each of these articles. 1 member, 2 brand, 3 keys."""


def profile_of(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[Profile]:
    """What a brand learnt of a member, if anything."""
    return select(Profile).where(Profile.member_id == member_id, Profile.brand_id == brand_id)


def counts_of(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """Every count of a profile: kind, key and weight."""
    mine = (LearntCount.member_id == member_id, LearntCount.brand_id == brand_id)
    return select(LearntCount.kind, LearntCount.key, LearntCount.weight).where(*mine)


def brands() -> Select[Brand]:
    """Every brand."""
    return select(Brand).order_by(Brand.id)


def every_profile(member_id: uuid.UUID | None) -> Select[uuid.UUID, uuid.UUID]:
    """Member and brand of every profile, or of those of one member."""
    found = select(Profile.member_id, Profile.brand_id).order_by(Profile.member_id, Profile.brand_id)
    return found if member_id is None else found.where(Profile.member_id == member_id)


def stores_named(ids: Iterable[str]) -> Select[str, str]:
    """What these stores are called, by their ids as text."""
    wanted = [uuid.UUID(id) for id in ids]
    return select(cast(Store.id, Text), Store.name).where(Store.id.in_(wanted))


def segments_of_brand(brand_id: uuid.UUID) -> Select[BrandSegment]:
    """The segments that a brand keeps."""
    return select(BrandSegment).where(BrandSegment.brand_id == brand_id, BrandSegment.ended_at.is_(None))


def segment_in(brand_id: uuid.UUID, segment_id: uuid.UUID) -> Select[BrandSegment]:
    """This segment, if it is the brand's."""
    return select(BrandSegment).where(BrandSegment.brand_id == brand_id, BrandSegment.id == segment_id)
