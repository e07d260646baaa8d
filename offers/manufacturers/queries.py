"""Questions about issuers, their series and what they owe."""

import uuid
from collections.abc import Collection

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.sql import Delete

from app.sql import db
from offers.manufacturers.models import CouponIssuer, IssuerEntryKind, IssuerSeries


def issuers_of(brand_id: uuid.UUID) -> Select[CouponIssuer]:
    """The issuers in a brand's register."""
    return select(CouponIssuer).where(CouponIssuer.brand_id == brand_id)


def issuer_called(brand_id: uuid.UUID, code: str) -> Select[CouponIssuer]:
    """The issuer that a brand calls so."""
    return issuers_of(brand_id).where(CouponIssuer.code == code)


def series_of(issuer_ids: Collection[uuid.UUID]) -> Select[IssuerSeries]:
    """What is said of the numbers of these issuers, in the order of their prefixes."""
    return select(IssuerSeries).where(IssuerSeries.issuer_id.in_(issuer_ids)).order_by(IssuerSeries.prefix)


def series_called(brand_id: uuid.UUID, prefixes: Collection[str]) -> Select[IssuerSeries]:
    """Which of these prefixes a brand's register has."""
    return select(IssuerSeries).where(IssuerSeries.brand_id == brand_id, IssuerSeries.prefix.in_(prefixes))


def without_series(issuer_id: uuid.UUID) -> Delete:
    """The end of what was said of an issuer's numbers."""
    return delete(IssuerSeries).where(IssuerSeries.issuer_id == issuer_id)


def issuers_with_list(brand_id: uuid.UUID, code: str) -> Select[str]:
    """The names of the issuers of whose coupons some are about this product list."""
    says = IssuerSeries.content["products"]
    named = or_(says.contains({"lists": [code]}), says.contains({"but_not_lists": [code]}))
    series = select(IssuerSeries.issuer_id).where(IssuerSeries.brand_id == brand_id, named)
    return select(CouponIssuer.name).where(CouponIssuer.id.in_(series)).order_by(CouponIssuer.name)


SERIES = db.HotStatement("""
SELECT series.prefix, series.content, issuer.id, issuer.name, issuer.currency
FROM issuer_series AS series JOIN coupon_issuer AS issuer ON issuer.id = series.issuer_id
WHERE series.brand_id = %(brand)s AND series.prefix = ANY(%(prefixes)s::text[])
""")
"""What the register of a brand says of these prefixes."""

USED = db.HotStatement("""
SELECT entry.unique_number, entry.posted_at, entry.store_name, store.time_zone
FROM issuer_entry AS entry JOIN store ON store.id = entry.store_id
WHERE entry.brand_id = %(brand)s AND entry.unique_number = ANY(%(numbers)s::text[])
""")
"""Which of these numbers are used up, since when and where."""

COLUMNS = {
    "id": "uuid",
    "brand_id": "uuid",
    "issuer_id": "uuid",
    "kind": "text",
    "use_id": "uuid",
    "prefix": "text",
    "code": "text",
    "unique_number": "text",
    "face_minor": "bigint",
    "amount_minor": "bigint",
    "currency": "text",
    "lines": "jsonb",
    "article": "text",
    "sale_id": "uuid",
    "closing": "integer",
    "terminal": "text",
    "receipt": "text",
    "store_id": "uuid",
    "store_name": "text",
    "day": "date",
    "posted_at": "timestamptz",
}
ADD_ENTRIES = db.HotStatement(f"""
INSERT INTO issuer_entry ({", ".join(COLUMNS)})
SELECT {", ".join(COLUMNS)}
FROM jsonb_to_recordset(%(entries)s::jsonb) AS one ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
ORDER BY unique_number, id
ON CONFLICT (brand_id, unique_number) DO NOTHING
RETURNING id
""")  # noqa: S608 (our own names)
"""Write entries, in the order of their numbers; one whose number is used up already is not written. Whoever writes the
same number at the same time waits for the other's end."""

USES_OF_SALE = db.HotStatement(
    f"""
SELECT {", ".join(f"entry.{name}" for name in COLUMNS if name not in ("day", "posted_at"))}, store.time_zone
FROM issuer_entry AS entry JOIN store ON store.id = entry.store_id
WHERE entry.brand_id = %(brand)s AND entry.sale_id = %(sale)s AND entry.closing = %(closing)s AND entry.kind = %(use)s
ORDER BY entry.id
""",  # noqa: S608 (our own names)
    {"use": str(IssuerEntryKind.USE)},
)
"""What coupons paid in a sale when it was closed for the nth time."""

FREE_NUMBERS = db.HotStatement("UPDATE issuer_entry SET unique_number = NULL WHERE id = ANY(%(ids)s::uuid[])")
"""Let the numbers of these uses count no more."""
