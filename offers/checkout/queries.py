"""Questions about sales."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select

from app.access_log.reads import NOTED
from app.sql import db
from geo.places.models import Store
from offers.checkout.models import Sale, SaleNumber, SaleReturn
from wallet.authenticity.queries import NEEDS_FRESH
from wallet.product_lists.queries import LISTED_THEN


def sale_called(store_id: uuid.UUID, *, terminal: str, receipt: str) -> Select[SaleNumber]:
    """The sale that a till of a store calls so."""
    return select(SaleNumber).where(
        SaleNumber.store_id == store_id, SaleNumber.terminal == terminal, SaleNumber.receipt == receipt
    )


def sale_of(member_id: uuid.UUID, sale_id: uuid.UUID) -> Select[Sale]:
    """This sale of a member."""
    return select(Sale).where(Sale.member_id == member_id, Sale.id == sale_id)


def sale_in(brand_id: uuid.UUID, sale_id: uuid.UUID) -> Select[Sale]:
    """This sale, if it is the brand's."""
    return select(Sale).where(Sale.brand_id == brand_id, Sale.id == sale_id)


def sales_by_id(brand_id: uuid.UUID, sale_ids: Sequence[uuid.UUID]) -> Select[Sale]:
    """These sales of a brand, in the order in which they are locked."""
    return select(Sale).where(Sale.brand_id == brand_id, Sale.id.in_(sale_ids)).order_by(Sale.id)


def returns_of(member_id: uuid.UUID, sale_id: uuid.UUID) -> Select[SaleReturn]:
    """What was taken back of a sale, in the order in which it was."""
    return (
        select(SaleReturn)
        .where(SaleReturn.member_id == member_id, SaleReturn.sale_id == sale_id)
        .order_by(SaleReturn.returned_at, SaleReturn.id)
    )


SITUATION = db.HotStatement(f"""
SELECT
    brand.time_zone AS zone,
    brand.countries,
    brand.currency AS money,
    store.name AS store_name,
    store.time_zone AS store_zone,
    shown.member_id,
    card.status AS card_status,
    number.member_id AS sale_member_id,
    number.sale_id,
    (
        SELECT json_agg(json_build_array(code.code, code.member_id, code.target_id, coupon.offer_id))
        FROM pass_code AS code
        LEFT JOIN coupon ON coupon.member_id = code.member_id AND coupon.id = code.target_id
        WHERE code.code = ANY(%(coupons)s::text[]) AND code.brand_id = brand.id AND code.kind = 'coupon'
            AND code.revoked_at IS NULL
    ) AS coupons,
    (
        SELECT json_agg(code.code) FROM pass_code AS code
        WHERE code.code = ANY(%(coupons)s::text[] || %(code)s::text) AND code.brand_id = brand.id
            AND {NEEDS_FRESH.format(code="code")}
    ) AS needs_fresh,
    (
        SELECT json_agg(json_build_array(id, worth_points, worth_minor, kind, usable_from, name_fr, name_en)
            ORDER BY created_at, id)
        FROM points_currency WHERE brand_id = brand.id
    ) AS currencies,
    (
        SELECT json_object_agg(path, goods ORDER BY path) FROM capped_category WHERE brand_id = brand.id
    ) AS capped,
    (
        SELECT json_agg(json_build_array(version, coalesce(starts_at <= %(bought_at)s, false))
            ORDER BY starts_at DESC, version DESC)
        FROM programme_version WHERE brand_id = brand.id AND approved_at IS NOT NULL
    ) AS versions,
    (
        SELECT json_agg(json_build_array(budget.id, budget.offer_id, budget.period, own.since, own.store_id,
            budget.currency, coalesce((
                SELECT sum(left_minor) FROM money_slot AS slot
                WHERE slot.budget_id = budget.id AND slot.since = own.since AND slot.store_id = own.store_id
                    AND (held_until IS NULL OR held_until <= %(past)s OR held_for = number.sale_id)
            ), budget.amount_minor)) ORDER BY budget.id)
        FROM money_budget AS budget CROSS JOIN LATERAL (
            SELECT CASE WHEN each_store OR budget.store_id IS NOT NULL THEN store.id ELSE %(everywhere)s::uuid END
                    AS store_id,
                coalesce(date_trunc(
                    nullif(period, 'life'), %(bought_at)s::timestamptz AT TIME ZONE brand.time_zone
                )::date, '0001-01-01') AS since
        ) AS own
        WHERE budget.brand_id = brand.id AND budget.ended_at IS NULL
            AND (cardinality(%(coupons)s::text[]) > 0 OR automatic.offers IS NOT NULL OR kept.coupons IS NOT NULL)
            AND (budget.store_id IS NULL OR budget.store_id = store.id)
    ) AS budgets,
    (
        SELECT json_agg(json_build_array(article.gtin, list.code))
        FROM product_list_article AS article JOIN product_list AS list ON list.id = article.list_id
        WHERE article.gtin = ANY(%(gtins)s::bigint[])
            AND {LISTED_THEN.format(brand="brand.id", at="%(bought_at)s")}
    ) AS listed,
    (
        SELECT json_agg(json_build_array(currency_id, size)) FROM stamp_card
        WHERE brand_id = brand.id AND reward_id IS NOT NULL
    ) AS stamp_cards,
    automatic.offers AS automatic,
    automatic.offers IS NOT NULL AND (
        EXISTS (SELECT FROM store AS other WHERE other.brand_id = brand.id AND other.time_zone < brand.time_zone)
        OR EXISTS (SELECT FROM store AS other WHERE other.brand_id = brand.id AND other.time_zone > brand.time_zone)
    ) AS other_clocks,
    kept.coupons AS kept
FROM brand
JOIN store ON store.id = %(store)s
LEFT JOIN pass_code AS shown
    ON shown.code = %(code)s::text AND shown.brand_id = brand.id AND shown.revoked_at IS NULL
LEFT JOIN card ON card.member_id = shown.member_id AND card.brand_id = brand.id
LEFT JOIN sale_number AS number
    ON number.store_id = store.id AND number.terminal = %(terminal)s AND number.receipt = %(receipt)s
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(live.offer_id, live.version) ORDER BY live.offer_id) AS offers
    FROM live_offer AS live
    JOIN offer_place AS place ON place.offer_number = live.offer_number AND place.store_number = store.number
    WHERE live.brand_id = brand.id AND live.traits & 4 > 0 AND %(by_itself)s::boolean
        AND place.starts_at <= %(bought_at)s AND place.ends_at > %(bought_at)s
) AS automatic
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(coupon.code, coupon.member_id, coupon.id, coupon.offer_id)) AS coupons
    FROM coupon
    JOIN offer_version AS said ON said.offer_id = coupon.offer_id AND said.version = coupon.offer_version
    WHERE coupon.member_id = number.member_id AND coupon.held_for = number.sale_id
        AND said.applies = 'automatic' AND %(by_itself)s::boolean
) AS kept
WHERE brand.id = %(brand)s
""")  # noqa: S608 (our own constants)
"""What holds when a till asks, in one row. Of the programme and of offers that apply by themselves only which versions
there are: what they say is kept. `kept` are the coupons of such offers that the sale keeps."""

MEAL_VOUCHERS = db.HotStatement("""
SELECT coalesce(sum((tender ->> 'amount_minor')::bigint), 0)
FROM purchase JOIN sale ON sale.member_id = purchase.member_id AND sale.purchase_id = purchase.id
CROSS JOIN LATERAL jsonb_array_elements(purchase.tenders) AS tender
WHERE purchase.member_id = %(member)s AND purchase.brand_id = %(brand)s AND sale.state <> 'cancelled'
    AND purchase.bought_at >= %(since)s AND purchase.bought_at < %(until)s AND tender ->> 'kind' = %(kind)s
""")
"""What a member paid by such a tender at a brand between two instants. A sale that was reopened is no purchase yet."""

NUMBER_COLUMNS = ("store_id", "terminal", "receipt", "brand_id", "member_id")
SALE_COLUMNS = tuple(column.name for column in Sale.__table__.columns)
DOCUMENTS = ("asked", "trace")
ADD_SALE = db.HotStatement(f"""
WITH {NOTED}, number AS (
    INSERT INTO sale_number ({", ".join(NUMBER_COLUMNS)}, sale_id)
    VALUES ({", ".join(f"%({name})s" for name in NUMBER_COLUMNS)}, %(id)s)
)
INSERT INTO sale ({", ".join(SALE_COLUMNS)})
VALUES ({", ".join(f"%({name})s" + "::jsonb" * (name in DOCUMENTS) for name in SALE_COLUMNS)})
""")  # noqa: S608 (our own names)
"""A sale, with the number by which it is found and the trace that staff looked. Keys are checked at the end of it."""


def stores_named(ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, str, str]:
    """The names and the zones of these stores."""
    return select(Store.id, Store.name, Store.time_zone).where(Store.id.in_(ids))
