"""Clearing files on the wire. Amounts in minor units of `currency`."""

from datetime import date
from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern
from app.http.pagination import PageIn, PageOut
from offers.manufacturers.clearing.contents import describe_clearing
from offers.manufacturers.clearing.models import ClearingFile


class ClearingsIn(PageIn):
    """Which files, perhaps of one issuer."""

    issuer = LineField(longest=60, load_default=None)


class ClearingIn(In):
    """A month of an issuer that is to be closed."""

    issuer = LineField(longest=60, required=True, metadata={"description": "Its code in the register"})
    month = ma.fields.String(
        required=True,
        validate=Pattern(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", complaints.NOT_A_MONTH),
        metadata={"description": "On the brand's calendar: 2026-11"},
    )

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"month": date.fromisoformat(f"{data['month']}-01")}


class ClearingIssuerOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    reference = ma.fields.String(required=True)


class ClearingBrandOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True, allow_none=True)


class ClearingHeadOut(Out):
    """A file without its lines. `total_minor` is what the issuer owes: uses less corrections."""

    id = ma.fields.UUID(required=True)
    number = ma.fields.Integer(required=True)
    month = ma.fields.String(required=True)
    issuer = ma.fields.Nested(ClearingIssuerOut, required=True)
    brand = ma.fields.Nested(ClearingBrandOut, required=True)
    currency = ma.fields.String(required=True)
    uses = ma.fields.Integer(required=True)
    uses_minor = ma.fields.Integer(required=True)
    corrections = ma.fields.Integer(required=True)
    corrections_minor = ma.fields.Integer(required=True)
    total_minor = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True, metadata={"description": "Of the CSV, UTF-8"})
    made_at = Instant(required=True)

    @ma.pre_dump
    def flat(self, file: ClearingFile | dict[str, Any], **_: Any) -> dict[str, Any]:
        return file if isinstance(file, dict) else describe_clearing(file)


class ClearingLineOut(Out):
    """A use of a coupon, or what a return takes back of it (below zero)."""

    line = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    prefix = ma.fields.String(required=True)
    face_minor = ma.fields.Integer(required=True, allow_none=True)
    amount_minor = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True)
    day = ma.fields.Date(required=True)
    store_name = ma.fields.String(required=True)
    terminal = ma.fields.String(required=True)
    receipt = ma.fields.String(required=True)
    article = ma.fields.String(required=True)
    sale_id = ma.fields.UUID(required=True)
    entry_id = ma.fields.UUID(required=True)
    use_id = ma.fields.UUID(required=True)
    posted_at = Instant(required=True)


class ClearingOut(ClearingHeadOut):
    lines = ma.fields.List(ma.fields.Nested(ClearingLineOut), required=True)


class ClearingsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ClearingHeadOut), required=True)
