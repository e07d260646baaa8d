"""The file of an issuer for a month: made once, numbered without a gap, closed from then on.

What comes in later (a return, a sale of a till that was without a network) is in the file of the next month. So every
entry of the ledger is in exactly one file, and the files together are the ledger up to their last month.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app import clock
from app.accounts.models import Brand
from app.sql import db, locks
from offers.manufacturers import register
from offers.manufacturers.clearing import queries
from offers.manufacturers.clearing.contents import write_csv
from offers.manufacturers.clearing.errors import ClearingMonthOpen, ClearingMonthPassed, ClearingUnknown
from offers.manufacturers.clearing.models import ClearingFile
from offers.manufacturers.models import CouponIssuer, IssuerEntry, IssuerEntryKind


def make_clearing(
    *, brand_id: uuid.UUID, issuer: str, month: date, now: datetime, by: uuid.UUID | None = None
) -> ClearingFile:
    """Close a month of an issuer, also one in which nothing was used. Made again it is the file that was made.

    Raises `CouponIssuerUnknown`, `ClearingMonthOpen`, `ClearingMonthPassed`.
    """
    found = register.find_issuer(brand_id=brand_id, code=issuer)
    locks.lock_name(f"clearings:{brand_id}")  # numbers follow each other, and of two who close a month one does
    later = db.first(queries.files_from(found.id, month))
    if later is not None and later.month == month:
        return later
    if later is not None:
        raise ClearingMonthPassed(number=later.number)
    brand = db.get(Brand, brand_id)
    until = next_month(month)
    if brand is None or clock.day_of(now, brand.time_zone) < until:
        raise ClearingMonthOpen(from_day=until)
    made = db.new_id()
    db.execute(queries.entries_to_bill(found.id, until, made))
    entries = db.all_of(queries.entries_in(made))
    return _write(made, brand, found, entries, month=month, by=by, now=now)


def read_clearing(*, brand_id: uuid.UUID, clearing_id: uuid.UUID) -> tuple[ClearingFile, Sequence[IssuerEntry]]:
    """A file with its lines. Raises `ClearingUnknown`."""
    found = db.first(queries.file_of(brand_id, clearing_id))
    if found is None:
        raise ClearingUnknown
    return found, db.all_of(queries.entries_in(found.id))


def issuers_of_month(*, brand_id: uuid.UUID, month: date) -> Sequence[str]:
    """The codes of the issuers who have a file for this month, or owe something until its end that no file has."""
    return db.all_of(queries.issuers_of_month(brand_id, month, next_month(month)))


def next_month(month: date) -> date:
    """The first day of the month after this one."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def _write(
    id: uuid.UUID,
    brand: Brand,
    issuer: CouponIssuer,
    entries: Sequence[IssuerEntry],
    *,
    month: date,
    by: uuid.UUID | None,
    now: datetime,
) -> ClearingFile:
    amounts = {
        kind: [one.amount_minor for one in entries if one.kind == kind]
        for kind in (IssuerEntryKind.USE, IssuerEntryKind.CORRECTION)
    }
    made = ClearingFile(
        id=id,
        brand_id=brand.id,
        issuer_id=issuer.id,
        number=(db.first(queries.last_number(brand.id)) or 0) + 1,
        month=month,
        currency=issuer.currency,
        uses=len(amounts[IssuerEntryKind.USE]),
        uses_minor=sum(amounts[IssuerEntryKind.USE]),
        corrections=len(amounts[IssuerEntryKind.CORRECTION]),
        corrections_minor=sum(amounts[IssuerEntryKind.CORRECTION]),
        parties=_parties(brand, issuer),
        sha256="",
        made_by=by,
        made_at=now,
    )
    made.sha256 = hashlib.sha256(write_csv(made, entries).encode()).hexdigest()
    return db.add(made)


def _parties(brand: Brand, issuer: CouponIssuer) -> dict[str, Any]:
    return {
        "issuer": {
            "code": issuer.code,
            "name": issuer.name,
            "address": issuer.billing_address,
            "reference": issuer.billing_reference,
        },
        "brand": {"code": brand.code, "name": brand.legal_name or brand.name, "address": brand.postal_address},
    }
