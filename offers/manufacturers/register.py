"""The register of issuers: a brand enters one, changes what it says, and tills ask it of codes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import PreconditionFailed
from app.languages import Moment
from app.sql import db, locks
from offers.manufacturers import queries
from offers.manufacturers.codes import ReadCoupon
from offers.manufacturers.errors import (
    CouponIssuerUnknown,
    IssuerCurrencyFixed,
    IssuerListUnknown,
    IssuerPrefixTaken,
)
from offers.manufacturers.models import CouponIssuer, IssuerSeries
from offers.manufacturers.series import KnownCoupons, Series, SeriesOfIssuer, read_series, write_series
from wallet.product_lists import usage


@dataclass(frozen=True)
class IssuerSaid:
    """What a brand says of an issuer, which it calls `code`."""

    code: str
    name: str
    billing_address: str
    billing_reference: str
    currency: str
    series: Sequence[Series]


@dataclass(frozen=True)
class IssuerRead:
    """An issuer as it stands in the register, with all of its series."""

    issuer: CouponIssuer
    series: Sequence[Series]


def set_issuer(
    *, brand_id: uuid.UUID, said: IssuerSaid, revision: int | None, by: uuid.UUID, now: datetime
) -> IssuerRead:
    """Enter an issuer (`revision` null or 0), or change what is said of the one that has this revision. Sales and files
    that were made keep what held for them.

    Raises `PreconditionFailed`, `IssuerPrefixTaken`, `IssuerCurrencyFixed`, `IssuerListUnknown`.
    """
    locks.lock_name(f"coupon_issuers:{brand_id}")  # of two who enter one prefix at once, the second sees the first
    issuer = db.first(db.locked(queries.issuer_called(brand_id, said.code)))
    if (issuer.revision if issuer else 0) != (revision or 0):
        raise PreconditionFailed
    if issuer is not None and issuer.currency != said.currency:
        raise IssuerCurrencyFixed(currency=issuer.currency)
    _check_prefixes(brand_id, issuer, said.series)
    _check_lists(brand_id, said.series)
    fields = {"billing_address": said.billing_address, "billing_reference": said.billing_reference}
    if issuer is None:
        made = {"brand_id": brand_id, "code": said.code, "name": said.name, "currency": said.currency, "revision": 1}
        issuer = db.add(CouponIssuer(**made, **fields, set_by=by, set_at=now))
    else:
        issuer.name, issuer.revision, issuer.set_by, issuer.set_at = said.name, issuer.revision + 1, by, now
        issuer.billing_address, issuer.billing_reference = said.billing_address, said.billing_reference
        db.execute(queries.without_series(issuer.id))
        db.session().flush()
    db.add_all(
        [
            IssuerSeries(brand_id=brand_id, prefix=one.prefix, issuer_id=issuer.id, content=write_series(one))
            for one in said.series
        ]
    )
    return read_issuers([issuer])[0]


def find_issuer(*, brand_id: uuid.UUID, code: str) -> CouponIssuer:
    """The issuer that a brand calls so, without its series. Raises `CouponIssuerUnknown`."""
    issuer = db.first(queries.issuer_called(brand_id, code))
    if issuer is None:
        raise CouponIssuerUnknown
    return issuer


def read_issuers(issuers: Sequence[CouponIssuer]) -> list[IssuerRead]:
    """These issuers with their series, in their order."""
    found: dict[uuid.UUID, list[Series]] = {issuer.id: [] for issuer in issuers}
    for one in db.all_of(queries.series_of(list(found))) if found else ():
        found[one.issuer_id].append(read_series(one.prefix, one.content))
    return [IssuerRead(issuer, found[issuer.id]) for issuer in issuers]


def find_coupons(reads: Sequence[ReadCoupon], *, brand_id: uuid.UUID) -> KnownCoupons:
    """What the register and the ledger say of codes, in one trip."""
    prefixes = sorted({prefix for read in reads for prefix in read.prefixes})
    numbers = sorted({read.unique_number for read in reads if read.unique_number})
    series, used = db.send_statements(
        (queries.SERIES, {"brand": brand_id, "prefixes": prefixes}),
        (queries.USED, {"brand": brand_id, "numbers": numbers}),
    )
    return KnownCoupons(
        {
            row.prefix: SeriesOfIssuer(row.id, row.name, row.currency, read_series(row.prefix, row.content))
            for row in series
        },
        {row.unique_number: (Moment(row.posted_at, row.time_zone), row.store_name) for row in used},
    )


def _check_prefixes(brand_id: uuid.UUID, issuer: CouponIssuer | None, series: Sequence[Series]) -> None:
    standing = db.all_of(queries.series_called(brand_id, [one.prefix for one in series]))
    other = next((one for one in standing if issuer is None or one.issuer_id != issuer.id), None)
    if other is not None:
        raise IssuerPrefixTaken(prefix=other.prefix)


def _check_lists(brand_id: uuid.UUID, series: Sequence[Series]) -> None:
    missing = [
        complaint
        for at, one in enumerate(series)
        for complaint in usage.find_missing_in(
            brand_id=brand_id, products=one.products, pointer=f"/series/{at}/products"
        )
    ]
    if missing:
        raise IssuerListUnknown(errors=missing)
