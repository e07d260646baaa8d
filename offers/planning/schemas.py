"""Offers on the wire.

Units: money in minor units, limits in coupons; those of benefits are in `offers.benefits.schemas`.
Windows are wall-clock time of each store, `YYYY-MM-DDTHH:MM`, end excluded; given as dates, the end date is included.
"""

import re
from datetime import date, datetime
from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import Prose, Values
from app.http.pagination import PageOut
from app.http.serialization import BilingualOut
from app.languages import Text
from app.pictures.schemas import NAMED, PictureOut, picture_field
from offers.benefits.schemas import BenefitCardOut, BenefitIn, BenefitOut
from offers.planning import description, windows
from offers.planning.audiences.for_whom import EVERYBODY
from offers.planning.audiences.schemas import ForWhomIn, UseLimitsIn
from offers.planning.drafts import Draft, InASale, Targets
from offers.planning.errors import BRAND_OR_PLACES, MAXIMUM_BELOW_MINIMUM, NOT_BY_ITSELF
from offers.planning.labels.schemas import OfferLabelIn, OfferLabelOut
from offers.planning.models import AppliesBy, Audience, Offer, OfferStatus, OfferVersion, PercentBase, Stacking
from offers.planning.purchase_bounds import CountedTax
from offers.planning.schedules.schemas import ScheduleIn, ScheduleOut
from wallet.product_lists.schemas import ProductsIn, ProductsOut
from wallet.programmes.schemas import NameIn
from wallet.purchases.basket import Products

COUPONS = ma.validate.Range(1, 1_000_000_000)
MOST_STORES = 5_000
MOST_AREAS = 500
YEARS = range(2000, 2200)
MONEY = ma.validate.Range(0, 100_000_000_000)
LAST_DAY = {"format": "date", "description": "The last day, included, on the calendar of each store"}
WHEN = {"description": "When it fires inside its window, in words: `tous les mardis de 17 h à 19 h`; null: all along"}
UNTIL = {"description": "The end in words: `Jusqu'au 31 décembre 2026`, with the hour if that day is not whole"}


class LocalMinute(ma.fields.String):
    """A wall-clock time of the store, or a date: the first minute of a start, the whole day of an end."""

    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$"
    default_error_messages = {"not_local": [complaints.NOT_A_LOCAL_TIME]}

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
                found = windows.minute_after(day) if self.ends else windows.first_minute(day)
            else:
                found = datetime.strptime(text, description.MINUTES)  # noqa: DTZ007 (wall-clock time has no zone)
        except (ValueError, OverflowError):
            raise self.make_error("not_local") from None
        if found.year not in YEARS:
            raise self.make_error("not_local")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.strftime(description.MINUTES)


def flag(description: str) -> ma.fields.Boolean:
    """A field that is false where nothing is said."""
    return ma.fields.Boolean(truthy={True}, falsy={False}, load_default=False, metadata={"description": description})


class ProseIn(In):
    fr = Prose(required=True, longest=1000)
    en = Prose(required=True, longest=1000)

    @ma.post_load
    def make(self, data: dict[str, str], **_: Any) -> Text:
        return Text(fr=data["fr"], en=data["en"])


class TargetsIn(In):
    """Either `brand: true` (every store, also those to come), or areas, or stores, or both."""

    brand = ma.fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    areas = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=MOST_AREAS))
    stores = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=MOST_STORES))

    @ma.validates_schema
    def one_or_the_other(self, data: dict[str, Any], **_: Any) -> None:
        if data["brand"] == bool(data["areas"] or data["stores"]):
            raise ma.ValidationError([BRAND_OR_PLACES])

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Targets:
        return Targets(**data)


class LimitsIn(In):
    total = ma.fields.Integer(strict=True, allow_none=True, load_default=None, validate=COUPONS)
    per_day = ma.fields.Integer(strict=True, allow_none=True, load_default=None, validate=COUPONS)
    per_member = ma.fields.Integer(strict=True, load_default=1, validate=ma.validate.Range(1, 1_000))


class InASaleIn(In):
    """How an offer works in a sale, beside others."""

    products = ma.fields.Nested(ProductsIn, load_default=Products)
    minimum_minor = ma.fields.Integer(
        strict=True,
        load_default=0,
        validate=MONEY,
        metadata={"description": "What its articles must come to; for a free item, the whole sale"},
    )
    maximum_minor = ma.fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=ma.validate.Range(1, 100_000_000_000),
        metadata={"description": "Above it the offer does nothing"},
    )
    counted_tax = ma.fields.Enum(
        CountedTax,
        by_value=True,
        load_default=CountedTax.INCLUDED,
        metadata={"description": "Whether minimum and maximum count with taxes, whatever the prices of the basket do"},
    )
    stacking = ma.fields.Enum(Stacking, by_value=True, load_default=Stacking.COMMON)
    base = ma.fields.Enum(PercentBase, by_value=True, load_default=PercentBase.DISCOUNTED)
    rank = ma.fields.Integer(strict=True, load_default=50, validate=ma.validate.Range(0, 100))
    capped_at_till = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @ma.validates_schema
    def bounds(self, data: dict[str, Any], **_: Any) -> None:
        if data["maximum_minor"] is not None and data["maximum_minor"] < data["minimum_minor"]:
            raise ma.ValidationError({"maximum_minor": [MAXIMUM_BELOW_MINIMUM]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> InASale:
        return InASale(**data)


class OfferIn(In):
    """The whole content of an offer."""

    label = ma.fields.Nested(
        OfferLabelIn, allow_none=True, load_default=None, metadata={"description": "Null: as it was"}
    )
    title = ma.fields.Nested(NameIn, required=True)
    text = ma.fields.Nested(ProseIn, required=True)
    picture = picture_field()
    benefit = ma.fields.Nested(BenefitIn, required=True)
    targets = ma.fields.Nested(TargetsIn, required=True)
    starts_local = LocalMinute(required=True)
    ends_local = LocalMinute(required=True, ends=True)
    limits = ma.fields.Nested(LimitsIn, load_default=lambda: {"total": None, "per_day": None, "per_member": 1})
    priority = ma.fields.Integer(strict=True, load_default=50, validate=ma.validate.Range(0, 100))
    coupon_valid_days = ma.fields.Integer(strict=True, load_default=30, validate=ma.validate.Range(0, 1_000))
    coupon_ends_with_offer = flag("A coupon never outlives the offer, whatever its days")
    given_only = flag("Never shown nor claimed: given by the brand, as a gesture or for points")
    transferable = flag("A member may give a coupon of it to another")
    in_a_sale = ma.fields.Nested(InASaleIn, load_default=InASale)
    audience = ma.fields.Enum(Audience, by_value=True, load_default=Audience.MEMBERS)
    applies = ma.fields.Enum(
        AppliesBy,
        by_value=True,
        load_default=AppliesBy.COUPON,
        metadata={"description": "By a coupon that members claim, or by itself at the till"},
    )
    prior_price_minor = ma.fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=ma.validate.Range(1, 100_000_000_000),
        metadata={"description": "The lowest price of the last 30 days; required for a reduction for everybody"},
    )
    margin_minor = ma.fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=ma.validate.Range(0, 100_000_000_000),
        metadata={"description": "What one use brings before what the offer costs; it speaks in the order of offers"},
    )
    is_fallback = flag("Shown where nothing else is")
    personalised_by_algorithm = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})
    schedule = ma.fields.Nested(ScheduleIn, allow_none=True, load_default=None)
    for_whom = ma.fields.Nested(ForWhomIn, load_default=EVERYBODY)
    use_limits = ma.fields.Nested(UseLimitsIn, load_default=())

    @ma.validates_schema
    def window(self, data: dict[str, Any], **_: Any) -> None:
        if data["starts_local"] >= data["ends_local"]:
            raise ma.ValidationError({"ends_local": [complaints.END_BEFORE_START]})

    @ma.validates_schema
    def by_itself(self, data: dict[str, Any], **_: Any) -> None:
        if data["applies"] is AppliesBy.AUTOMATIC:
            wrong = [name for name in ("given_only", "transferable") if data[name]]
            if wrong:
                raise ma.ValidationError({name: [NOT_BY_ITSELF] for name in wrong})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Draft:
        limits = data.pop("limits")
        return Draft(
            **data,
            total_limit=limits["total"],
            daily_limit=limits["per_day"],
            member_limit=limits["per_member"],
        )


class TargetsOut(Out):
    brand = ma.fields.Boolean()
    areas = ma.fields.List(ma.fields.UUID())
    stores = ma.fields.List(ma.fields.UUID())


class LimitsOut(Out):
    total = ma.fields.Integer(required=True, allow_none=True)
    per_day = ma.fields.Integer(required=True, allow_none=True)
    per_member = ma.fields.Integer(required=True)


class InASaleOut(Out):
    products = ma.fields.Nested(ProductsOut, required=True)
    minimum_minor = ma.fields.Integer(required=True)
    maximum_minor = ma.fields.Integer(required=True, allow_none=True)
    counted_tax = ma.fields.String(required=True)
    stacking = ma.fields.String(required=True)
    base = ma.fields.String(required=True)
    rank = ma.fields.Integer(required=True)
    capped_at_till = ma.fields.Boolean(required=True)


class VersionOut(Out):
    """One version of an offer: what it says, who wrote it, who approved it."""

    version = ma.fields.Integer(required=True)
    title = ma.fields.Nested(BilingualOut, required=True)
    text = ma.fields.Nested(BilingualOut, required=True)
    picture = ma.fields.String(required=True, allow_none=True, metadata=NAMED)
    benefit = ma.fields.Nested(BenefitOut, required=True)
    targets = ma.fields.Nested(TargetsOut, required=True)
    starts_local = LocalMinute(required=True)
    ends_local = LocalMinute(required=True, ends=True, metadata={"description": "Excluded"})
    last_day = ma.fields.Date(required=True, metadata=LAST_DAY)
    limits = ma.fields.Nested(LimitsOut, required=True)
    priority = ma.fields.Integer(required=True)
    coupon_valid_days = ma.fields.Integer(required=True)
    coupon_ends_with_offer = ma.fields.Boolean(required=True)
    given_only = ma.fields.Boolean(required=True)
    transferable = ma.fields.Boolean(required=True)
    in_a_sale = ma.fields.Nested(InASaleOut, required=True)
    audience = ma.fields.String(required=True)
    applies = ma.fields.String(required=True)
    prior_price_minor = ma.fields.Integer(required=True, allow_none=True)
    margin_minor = ma.fields.Integer(required=True, allow_none=True)
    is_fallback = ma.fields.Boolean(required=True)
    personalised_by_algorithm = ma.fields.Boolean(required=True)
    schedule = ma.fields.Nested(ScheduleOut, required=True, allow_none=True)
    for_whom = Values(required=True, metadata={"description": "As `ForWhomIn`"})
    use_limits = Values(required=True, metadata={"description": "As `UseLimitsIn`"})
    drafted_by = ma.fields.UUID(required=True)
    drafted_at = Instant(required=True)
    approved_by = ma.fields.UUID(required=True, allow_none=True)
    approved_at = Instant(required=True, allow_none=True)

    @ma.pre_dump
    def shape(self, version: OfferVersion, **_: Any) -> dict[str, Any]:
        return description.record_of(version)


class OfferOut(Out):
    """An offer: `live` is the version in force (of an ended offer, the last one), `draft` the one that waits."""

    id = ma.fields.UUID(required=True)
    number = ma.fields.Integer(required=True, metadata={"description": "A short code to search for"})
    label = ma.fields.Nested(OfferLabelOut, required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf([str(status) for status in OfferStatus]))
    revision = ma.fields.Integer(required=True, metadata={"description": "The number in the ETag"})
    live = ma.fields.Nested(VersionOut, required=True, allow_none=True)
    draft = ma.fields.Nested(VersionOut, required=True, allow_none=True)
    created_by = ma.fields.UUID(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)

    @ma.pre_dump
    def shape(self, offer: Offer, **_: Any) -> dict[str, Any]:
        named = {name: getattr(offer, name) for name in self.fields if name != "label"}
        return named | {"label": {"name": offer.name, "tags": offer.tags}}


class OffersOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(OfferOut), required=True)


class VersionsOut(Out):
    items = ma.fields.List(ma.fields.Nested(VersionOut), required=True)


class LocalText(Out):
    """A reason: a stable code, and a sentence in the reader's language."""

    code = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class PurchaseBoundsOut(Out):
    """What a purchase must come to, in minor units of the brand's currency."""

    minimum_minor = ma.fields.Integer(required=True)
    maximum_minor = ma.fields.Integer(required=True, allow_none=True)
    counted_tax = ma.fields.String(required=True, metadata={"description": "With taxes (`included`) or before them"})


class OfferCardOut(Out):
    """An offer as a member and a till read it, in the reader's language."""

    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    picture = ma.fields.Nested(PictureOut, allow_none=True)
    benefit = ma.fields.Nested(BenefitCardOut, required=True)
    starts_local = ma.fields.String(required=True, metadata={"description": "Wall-clock time of the store"})
    ends_local = ma.fields.String(required=True, metadata={"description": "Wall-clock time of the store, excluded"})
    per_member = ma.fields.Integer(required=True, metadata={"description": "Coupons that one member may claim"})
    coupon_valid_days = ma.fields.Integer(required=True)
    personalised_by_algorithm = ma.fields.Boolean(required=True)
    coupon_ends_with_offer = ma.fields.Boolean(required=True)
    last_day = ma.fields.String(required=True, metadata=LAST_DAY)
    until = ma.fields.String(required=True, metadata=UNTIL)
    when = ma.fields.String(required=True, allow_none=True, metadata=WHEN)
    by_itself = ma.fields.String(metadata={"description": "Only where it applies without a coupon: says so in words"})
    bounds = ma.fields.Nested(PurchaseBoundsOut, metadata={"description": "Only where there is a minimum or a maximum"})
