"""What a till is told of whoever shows a pass, in one statement; and what a terminal is."""

import uuid

from sqlalchemy import ColumnElement, DateTime, Select, Uuid, bindparam, literal_column, select

from app.accounts.models import Brand, Terminal
from app.sql import db
from geo.places.models import Store
from offers.coupons.models import Coupon, CouponStatus
from offers.coupons.queries import at_store
from offers.planning.audiences.queries import FACTS_BY_NAME
from offers.planning.models import Offer

COUPONS, REWARDS, ORDERS = 20, 60, 10
"""So many are read at most, before they are judged."""

NOW, MEMBER = bindparam("now", type_=DateTime(timezone=True)), bindparam("member_id", type_=Uuid())

_FACTS = FACTS_BY_NAME
for _number, _value in (
    ("$1", "ARRAY[CAST(%(member_id)s AS uuid)]"),
    ("$2", "ARRAY[CAST(%(brand_id)s AS uuid)]"),
    ("$3", "%(now)s"),
    ("$4", "CAST(NULL AS timestamptz)"),
    ("$5", "CAST('{}' AS uuid[])"),
    ("$6", "%(all_rest)s"),
):
    _FACTS = _FACTS.replace(_number, _value)

WITHIN = f"""
WITH known AS MATERIALIZED (SELECT facts.tier, facts.day, facts.month FROM ({_FACTS}) AS facts),
told AS MATERIALIZED (
 SELECT place.time_zone AS store_zone, brand.time_zone AS brand_zone, brand.currency AS money,
  known.tier AS tier, known.day AS birth_day, known.month AS birth_month,
  (SELECT version FROM programme_version WHERE brand_id = brand.id AND approved_at IS NOT NULL AND starts_at <= %(now)s
   ORDER BY starts_at DESC, version DESC LIMIT 1) AS programme,
  EXISTS (SELECT FROM gesture_budget
   WHERE store_id = place.id AND (points_left > 0 OR coupons_left > 0)
    AND (CAST(%(now)s AS timestamptz) AT TIME ZONE place.time_zone)::date BETWEEN starts_on AND ends_on) AS may_give,
  (SELECT json_agg(json_build_array(
    currency.id, currency.name_fr, currency.name_en, currency.worth_points, currency.worth_minor,
    COALESCE(has.available, 0), COALESCE(has.pending, 0), COALESCE(has.next_due_at <= %(now)s, false),
    currency.kind = 'money', COALESCE(currency.usable_from, 0),
    (SELECT json_build_array(extract(epoch FROM lot.expires_at), sum(lot.remaining)) FROM points_lot_state AS lot
     WHERE lot.member_id = has.member_id AND lot.currency_id = has.currency_id AND lot.remaining > 0
      AND lot.state = 'active' AND lot.expires_at > %(now)s AND lot.expires_at <= %(soon)s
     GROUP BY lot.expires_at ORDER BY lot.expires_at LIMIT 1),
    (SELECT json_build_array(card.size, COALESCE(has.debt, 0), (SELECT count(*) FROM reward_order
      WHERE member_id = %(member_id)s AND currency_id = card.currency_id AND state <> 'cancelled'))
     FROM stamp_card AS card WHERE card.currency_id = currency.id)) ORDER BY currency.created_at, currency.id)::text
   FROM points_currency AS currency
   LEFT JOIN points_balance AS has ON has.currency_id = currency.id AND has.member_id = %(member_id)s
   WHERE currency.brand_id = brand.id) AS balances,
  (SELECT json_agg(reward)::text FROM (
    SELECT id, title_fr, title_en, currency_id, price, tier_prices, stock, member_limit,
     extract(epoch FROM starts_at) AS starts_at, extract(epoch FROM ends_at) AS ends_at,
     CASE WHEN member_limit IS NULL THEN 0 ELSE (
      SELECT count(*) FROM reward_order
      WHERE member_id = %(member_id)s AND reward_id = reward.id AND state <> 'cancelled') END AS ordered
    FROM reward WHERE brand_id = %(brand_id)s AND status = 'live' ORDER BY price, id LIMIT {REWARDS}
   ) AS reward) AS rewards,
  (SELECT json_agg(ordered)::text FROM (
    SELECT waiting.id, waiting.code, waiting.state, reward.title_fr, reward.title_en
    FROM reward_order AS waiting JOIN reward ON reward.id = waiting.reward_id
    WHERE waiting.member_id = %(member_id)s AND waiting.brand_id = %(brand_id)s
     AND waiting.state IN ('ordered', 'ready')
    ORDER BY waiting.ordered_at, waiting.id LIMIT {ORDERS}
   ) AS ordered) AS orders
 FROM store AS place JOIN brand ON brand.id = place.brand_id LEFT JOIN known ON true
 WHERE place.id = %(store_id)s
)
SELECT told.*, mine.* FROM told LEFT JOIN ({{statement}}) AS mine ON true
"""  # noqa: S608 (our own constants)


def _greeting(member: ColumnElement[uuid.UUID], within: str) -> db.HotStatement:
    usable = (Coupon.status == str(CouponStatus.ACTIVE), Coupon.expires_at > NOW)
    coupons = (
        select(*at_store())
        .select_from(Coupon)
        .join(Offer, Offer.id == Coupon.offer_id)
        .where(Coupon.member_id == member, Coupon.brand_id == bindparam("brand_id", type_=Uuid()), *usable)
        .order_by(Coupon.expires_at, Coupon.id)
        .limit(COUPONS)
    )
    return db.put_together(coupons, within=within)


GREETING = _greeting(MEMBER, WITHIN)
"""Everything that a till is told of a member of its brand: one row for each coupon that may be usable, or one without;
what does not depend on the coupon is found once.

The member is named to row-level security first, as their birthday, which no brand reads, tells only whether it is near;
it is there only where they permit a treat for it (`offers.planning.audiences.queries.FACTS`).
"""

_OF_CODE = "(SELECT member_id FROM asked)"
_ASKED = "asked AS MATERIALIZED (SELECT member_id FROM pass_code WHERE code = %(code)s AND brand_id = %(brand_id)s)"

GREETING_OF_CODE = _greeting(
    literal_column(_OF_CODE, Uuid()),
    WITHIN.replace("WITH known", f"WITH {_ASKED},\nknown")
    .replace("ARRAY[CAST(%(member_id)s AS uuid)]", "ARRAY(SELECT member_id FROM asked)")
    .replace("%(member_id)s", _OF_CODE),
)
"""The same of whoever a code of the brand stands for, so that it can be asked together with whose code it is."""


def terminal_with_place(terminal_id: uuid.UUID) -> Select[Terminal, Store, Brand]:
    """A terminal with its store and its brand."""
    joined = select(Terminal, Store, Brand).join(Store, Store.id == Terminal.store_id)
    return joined.join(Brand, Brand.id == Terminal.brand_id).where(Terminal.id == terminal_id)
