"""Offers on the wire.

Units: percent in whole percent, money in minor units with its ISO 4217 currency, points as integers, limits in coupons.
Windows are wall-clock time of each store, `YYYY-MM-DDTHH:MM`, end excluded; given as dates, the end date is included.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import marshmallow as ma

from app.api import In, Instant, Out
from app.fields import Line, Pattern, Prose
from app.languages import Text
from app.pagination import PageIn, PageOut
from offers.planning import describing, scheduling
from offers.planning.drafting import Draft, Targets
from offers.planning.models import OfferStatus, OfferVersion

COUPONS = ma.validate.Range(1, 1_000_000_000)
MOST_STORES = 5_000
MOST_AREAS = 500
YEARS = range(2000, 2200)


class LocalMinute(ma.fields.String):
    """A wall-clock time of the store, or a date: the first minute of a start, the whole day of an end."""

    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$"
    default_error_messages = {"not_local": "Not a wall-clock time YYYY-MM-DDTHH:MM or a date YYYY-MM-DD."}

    def __init__(self, *, ends: bool = False, **kwargs: Any) -> None:
        shape = {"pattern": self.pattern, "example": "2026-05-18T09:00"}
        super().__init__(metadata=shape | kwargs.pop("metadata", {}), **kwargs)
        self.ends = ends

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if not re.fullmatch(self.pattern, text):
            raise self.make_error("not_local")  # Python reads more: week dates, digits of other scripts
        try:
            if len(text) == len("YYYY-MM-DD"):
                day = date.fromisoformat(text)
                found = scheduling.minute_after(day) if self.ends else scheduling.first_minute(day)
            else:
                found = datetime.strptime(text, describing.MINUTES)  # noqa: DTZ007 (wall-clock time has no zone)
        except (ValueError, OverflowError):
            raise self.make_error("not_local") from None
        if found.year not in YEARS:
            raise self.make_error("not_local")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.strftime(describing.MINUTES)


class TitleIn(In):
    fr = Line(required=True, longest=120)
    en = Line(required=True, longest=120)

    @ma.post_load
    def make(self, data: dict[str, str], **_: Any) -> Text:
        return Text(fr=data["fr"], en=data["en"])


class ProseIn(In):
    fr = Prose(required=True, longest=1000)
    en = Prose(required=True, longest=1000)

    @ma.post_load
    def make(self, data: dict[str, str], **_: Any) -> Text:
        return Text(fr=data["fr"], en=data["en"])


class ItemIn(In):
    fr = Line(required=True, longest=120)
    en = Line(required=True, longest=120)


PARTS: Mapping[str, tuple[str, ...]] = {
    "percent": ("percent",),
    "amount": ("amount_minor", "currency"),
    "free_item": ("item",),
    "points": ("points",),
}
"""Kind of benefit → the fields that it has, all of them required and no other allowed."""


class BenefitIn(In):
    """`percent`: percent. `amount`: amount_minor, currency. `free_item`: item. `points`: points."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(PARTS)))
    percent = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 100))
    amount_minor = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 100_000_000))
    currency = ma.fields.String(validate=Pattern(r"^[A-Z]{3}$"), metadata={"description": "ISO 4217"})
    item = ma.fields.Nested(ItemIn)
    points = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 10_000_000))

    @ma.validates_schema
    def exactly_its_parts(self, data: dict[str, Any], **_: Any) -> None:
        wanted = PARTS.get(data.get("kind", ""), ())
        wrong = {name: ["Missing data for required field."] for name in wanted if name not in data}
        wrong |= {name: ["Not for this kind."] for name in data if name not in ("kind", *wanted)}
        if wrong:
            raise ma.ValidationError(wrong)


class TargetsIn(In):
    """Either `brand: true` (every store, also those to come), or areas, or stores, or both."""

    brand = ma.fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    areas = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=MOST_AREAS))
    stores = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=MOST_STORES))

    @ma.validates_schema
    def one_or_the_other(self, data: dict[str, Any], **_: Any) -> None:
        if data["brand"] == bool(data["areas"] or data["stores"]):
            raise ma.ValidationError("Name the whole brand, or areas and stores.")

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Targets:
        return Targets(**data)


class LimitsIn(In):
    total = ma.fields.Integer(strict=True, allow_none=True, load_default=None, validate=COUPONS)
    per_day = ma.fields.Integer(strict=True, allow_none=True, load_default=None, validate=COUPONS)
    per_member = ma.fields.Integer(strict=True, load_default=1, validate=ma.validate.Range(1, 1_000))


class OfferIn(In):
    """The whole content of an offer."""

    title = ma.fields.Nested(TitleIn, required=True)
    text = ma.fields.Nested(ProseIn, required=True)
    benefit = ma.fields.Nested(BenefitIn, required=True)
    targets = ma.fields.Nested(TargetsIn, required=True)
    starts_local = LocalMinute(required=True)
    ends_local = LocalMinute(required=True, ends=True)
    limits = ma.fields.Nested(LimitsIn, load_default=lambda: {"total": None, "per_day": None, "per_member": 1})
    priority = ma.fields.Integer(strict=True, load_default=50, validate=ma.validate.Range(0, 100))
    coupon_valid_days = ma.fields.Integer(strict=True, load_default=30, validate=ma.validate.Range(0, 1_000))
    given_only = ma.fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "Never shown nor claimed: given by the brand, as a gesture or for points"},
    )

    @ma.validates_schema
    def window(self, data: dict[str, Any], **_: Any) -> None:
        if data["starts_local"] >= data["ends_local"]:
            raise ma.ValidationError({"ends_local": ["The end must come after the start."]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Draft:
        limits = data.pop("limits")
        return Draft(
            **data,
            total_limit=limits["total"],
            daily_limit=limits["per_day"],
            member_limit=limits["per_member"],
        )


class OffersIn(PageIn):
    status = ma.fields.String(load_default=None, validate=ma.validate.OneOf([str(status) for status in OfferStatus]))


class BilingualOut(Out):
    fr = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class BenefitOut(Out):
    """What the offer gives; which fields there are depends on `kind`."""

    kind = ma.fields.String(required=True)
    percent = ma.fields.Integer()
    amount_minor = ma.fields.Integer()
    currency = ma.fields.String()
    item = ma.fields.Nested(BilingualOut)
    points = ma.fields.Integer()


class TargetsOut(Out):
    brand = ma.fields.Boolean()
    areas = ma.fields.List(ma.fields.UUID())
    stores = ma.fields.List(ma.fields.UUID())


class LimitsOut(Out):
    total = ma.fields.Integer(required=True, allow_none=True)
    per_day = ma.fields.Integer(required=True, allow_none=True)
    per_member = ma.fields.Integer(required=True)


class VersionOut(Out):
    """One version of an offer: what it says, who wrote it, who approved it."""

    version = ma.fields.Integer(required=True)
    title = ma.fields.Nested(BilingualOut, required=True)
    text = ma.fields.Nested(BilingualOut, required=True)
    benefit = ma.fields.Nested(BenefitOut, required=True)
    targets = ma.fields.Nested(TargetsOut, required=True)
    starts_local = LocalMinute(required=True)
    ends_local = LocalMinute(required=True, ends=True, metadata={"description": "Excluded"})
    limits = ma.fields.Nested(LimitsOut, required=True)
    priority = ma.fields.Integer(required=True)
    coupon_valid_days = ma.fields.Integer(required=True)
    given_only = ma.fields.Boolean(required=True)
    drafted_by = ma.fields.UUID(required=True)
    drafted_at = Instant(required=True)
    approved_by = ma.fields.UUID(required=True, allow_none=True)
    approved_at = Instant(required=True, allow_none=True)

    @ma.pre_dump
    def shape(self, version: OfferVersion, **_: Any) -> dict[str, Any]:
        return describing.record_of(version)


class OfferOut(Out):
    """An offer: `live` is the version in force (of an ended offer, the last one), `draft` the one that waits."""

    id = ma.fields.UUID(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf([str(status) for status in OfferStatus]))
    revision = ma.fields.Integer(required=True, metadata={"description": "The number in the ETag"})
    live = ma.fields.Nested(VersionOut, required=True, allow_none=True)
    draft = ma.fields.Nested(VersionOut, required=True, allow_none=True)
    created_by = ma.fields.UUID(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class OffersOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(OfferOut), required=True)


class VersionsOut(Out):
    items = ma.fields.List(ma.fields.Nested(VersionOut), required=True)


class BenefitCardOut(Out):
    """What the offer gives, as a member reads it: the name of a free item in the reader's language."""

    kind = ma.fields.String(required=True)
    percent = ma.fields.Integer()
    amount_minor = ma.fields.Integer()
    currency = ma.fields.String()
    item = ma.fields.String()
    points = ma.fields.Integer()


class OfferCardOut(Out):
    """An offer as a member and a till read it, in the reader's language."""

    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    benefit = ma.fields.Nested(BenefitCardOut, required=True)
    starts_local = ma.fields.String(required=True, metadata={"description": "Wall-clock time of the store"})
    ends_local = ma.fields.String(required=True, metadata={"description": "Wall-clock time of the store, excluded"})
    per_member = ma.fields.Integer(required=True, metadata={"description": "Coupons that one member may claim"})
    coupon_valid_days = ma.fields.Integer(required=True)
