"""What is asked of members for the sake of audiences."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select

from app.consent.models import OWN, PERMITTING, Level, PermissionState, ScopeKind
from geo.places.models import Store
from offers.planning.audiences.models import Birthday

TREAT = "birthday_treat"
"""The purpose for which a birthday is asked."""

FACTS = """
SELECT asker.n, known.* FROM (
 SELECT n, ($1::uuid[])[n] AS member_id, ($2::uuid[])[n] AS brand_id,
  $3::timestamptz AS asked_at, $4::timestamptz AS since, $6::boolean AS all_rest
 FROM generate_series(1, cardinality($1::uuid[])) AS n OFFSET 0
) AS asker CROSS JOIN LATERAL (
WITH may AS MATERIALIZED (
 SELECT COALESCE(bool_or(purpose = 'birthday_treat'), false) AS treated,
  COALESCE(bool_or(purpose = 'offers_from_purchases' AND touchpoint = 'in_app'), false) AS profiled
 FROM (
  SELECT minor_until FROM member
  WHERE member_id = asker.member_id AND restricted_at IS NULL AND NOT asker.all_rest OFFSET 0
 ) AS person CROSS JOIN permission_state AS cell
 WHERE cell.member_id = asker.member_id AND brand_id = asker.brand_id AND scope_kind = 'brand' AND recipient = ''
  AND purpose IN ('birthday_treat', 'offers_from_purchases')
  AND state IN ('given', 'renewed') AND COALESCE(expires_at > asker.asked_at, true) AND COALESCE(uses_left > 0, true)
  AND level IN ('one_shot', 'this_visit', 'alert_on_request', 'proactive') AND NOT objected
  AND with_parent = COALESCE(minor_until > asker.asked_at, false) AND COALESCE(notice_until > asker.asked_at, true)
)
SELECT
 (SELECT joined_at FROM card WHERE member_id = asker.member_id AND brand_id = asker.brand_id AND status = 'active'),
 stands.tier, stands.since,
 EXISTS (SELECT FROM household_tie WHERE member_id = asker.member_id AND principal_id <> asker.member_id),
 works.since, works.last_day,
 born.day, born.month,
 (SELECT json_agg(json_build_array(coupon.offer_id, extract(epoch FROM redemption.redeemed_at)))::text
  FROM coupon JOIN redemption ON redemption.member_id = coupon.member_id AND redemption.coupon_id = coupon.id
  WHERE coupon.member_id = asker.member_id AND coupon.offer_id = ANY ($5::uuid[])
   AND redemption.undone_at IS NULL AND redemption.redeemed_at <= asker.asked_at),
 may.profiled,
 CASE WHEN may.profiled THEN (
  SELECT max(bought_at) FROM purchase
  WHERE member_id = asker.member_id AND brand_id = asker.brand_id AND bought_at <= asker.asked_at) END,
 CASE WHEN may.profiled THEN EXISTS (
  SELECT FROM scan WHERE member_id = asker.member_id AND brand_id = asker.brand_id
   AND scanned_at < (
    SELECT date_trunc('day', asker.asked_at AT TIME ZONE time_zone) AT TIME ZONE time_zone FROM brand
    WHERE id = asker.brand_id
   )) END,
 CASE WHEN may.profiled THEN (
  SELECT store_id FROM purchase
  WHERE member_id = asker.member_id AND brand_id = asker.brand_id AND store_id IS NOT NULL
   AND bought_at <= asker.asked_at AND bought_at > asker.asked_at - interval '365 days'
  GROUP BY store_id ORDER BY count(*) DESC, max(bought_at) DESC, store_id LIMIT 1) END,
 CASE WHEN may.profiled AND asker.since IS NOT NULL THEN (
  SELECT json_agg(json_build_array(gtin, sku, category, at))::text FROM (
   SELECT line.gtin, line.sku, line.category, extract(epoch FROM max(purchase.bought_at)) AS at
   FROM purchase
   JOIN purchase_line AS line ON line.member_id = purchase.member_id AND line.purchase_id = purchase.id
   WHERE purchase.member_id = asker.member_id AND purchase.brand_id = asker.brand_id
    AND purchase.bought_at > asker.since AND purchase.bought_at <= asker.asked_at
    AND line.returned_quantity < coalesce(line.quantity_thousandths, line.quantity)
   GROUP BY line.gtin, line.sku, line.category
  ) AS article) END
FROM may
LEFT JOIN member_tier AS stands ON stands.member_id = asker.member_id AND stands.brand_id = asker.brand_id
LEFT JOIN employment AS works ON works.member_id = asker.member_id AND works.brand_id = asker.brand_id
LEFT JOIN birthday AS born ON born.member_id = asker.member_id AND may.treated
OFFSET 0
) AS known
"""
"""What is known of members at brands; the columns are those of `member_facts`.

Parameters: 1 members and 2 brands, side by side; 3 when; 4 since when articles are asked for, or null; 5 offers whose
uses are asked for; 6 whether every yes rests.
The permissions (`may`) come first, and repeat `app.consent.decision.verdicts` in SQL; a test holds both together.
Without the one for profiling, nothing that says what somebody bought is read at all.
"""

NAMED = "set_config('ici.member_id', ($1::uuid[])[n]::text, true)::uuid AS member_id"
FACTS_BY_NAME = FACTS.replace("($1::uuid[])[n] AS member_id", NAMED)
"""The same, naming each member to row-level security before anything of theirs is read, as "near me" does."""


def stores_among(brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these ids are stores of the brand."""
    return select(Store.id).where(Store.brand_id == brand_id, Store.id.in_(ids))


def treats_permitted(*, now: datetime) -> Select[uuid.UUID]:
    """Who permits a treat for their birthday, to some brand."""
    cell = PermissionState
    return select(cell.member_id).where(
        cell.purpose == TREAT,
        cell.recipient == OWN,
        cell.scope_kind == ScopeKind.BRAND,
        cell.level != Level.NONE,
        cell.state.in_(PERMITTING),
        or_(cell.expires_at.is_(None), cell.expires_at > now),
    )


def without_ground(*, now: datetime) -> ColumnElement[bool]:
    """Whether no permission stands behind a birthday any more."""
    permitted = treats_permitted(now=now).where(PermissionState.member_id == Birthday.member_id)
    return ~exists(permitted.correlate(Birthday))


def birthday_of(member_id: uuid.UUID) -> Select[Birthday]:
    """What a member said, as it stands now."""
    return select(Birthday).where(Birthday.member_id == member_id).execution_options(populate_existing=True)
