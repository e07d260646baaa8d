"""Questions about clearing files and their lines."""

import uuid
from datetime import date

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.sql import Update

from offers.manufacturers.clearing.models import ClearingFile
from offers.manufacturers.models import CouponIssuer, IssuerEntry


def files_of(brand_id: uuid.UUID, *, issuer: str | None = None) -> Select[ClearingFile]:
    """The files of a brand, perhaps of one issuer."""
    found = select(ClearingFile).where(ClearingFile.brand_id == brand_id)
    if issuer is None:
        return found
    return found.join(CouponIssuer, CouponIssuer.id == ClearingFile.issuer_id).where(CouponIssuer.code == issuer)


def file_of(brand_id: uuid.UUID, clearing_id: uuid.UUID) -> Select[ClearingFile]:
    """This file, if it is the brand's."""
    return files_of(brand_id).where(ClearingFile.id == clearing_id)


def files_from(issuer_id: uuid.UUID, month: date) -> Select[ClearingFile]:
    """The files of an issuer for a month and later ones, the earliest first."""
    asked = select(ClearingFile).where(ClearingFile.issuer_id == issuer_id, ClearingFile.month >= month)
    return asked.order_by(ClearingFile.month)


def last_number(brand_id: uuid.UUID) -> Select[int]:
    """The number of a brand's last file; 0 before the first."""
    return select(func.coalesce(func.max(ClearingFile.number), 0)).where(ClearingFile.brand_id == brand_id)


def entries_to_bill(issuer_id: uuid.UUID, until: date, clearing_id: uuid.UUID) -> Update:
    """Let a file have everything of an issuer before a day that no file has yet."""
    return (
        update(IssuerEntry)
        .where(IssuerEntry.issuer_id == issuer_id, IssuerEntry.clearing_id.is_(None), IssuerEntry.day < until)
        .values(clearing_id=clearing_id)
    )


def entries_in(clearing_id: uuid.UUID) -> Select[IssuerEntry]:
    """The lines of a file, in their order."""
    asked = select(IssuerEntry).where(IssuerEntry.clearing_id == clearing_id)
    return asked.order_by(IssuerEntry.day, IssuerEntry.posted_at, IssuerEntry.id)


def issuers_of_month(brand_id: uuid.UUID, month: date, until: date) -> Select[str]:
    """The codes of the issuers who have a file for a month, or owe something from before its end that no file has."""
    owes = select(IssuerEntry.issuer_id).where(
        IssuerEntry.issuer_id == CouponIssuer.id, IssuerEntry.clearing_id.is_(None), IssuerEntry.day < until
    )
    has_file = select(ClearingFile.id).where(ClearingFile.issuer_id == CouponIssuer.id, ClearingFile.month == month)
    asked = select(CouponIssuer.code).where(CouponIssuer.brand_id == brand_id, or_(owes.exists(), has_file.exists()))
    return asked.order_by(CouponIssuer.code)
