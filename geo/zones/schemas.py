"""Wire shapes of zones and tags."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.codes.article_numbers import FULL, is_gtin
from app.http.api import In, Instant, Out
from app.http.fields import MOST_ARTICLES, LineField, Pattern, category_paths, product_lists
from app.http.pagination import PageIn, PageOut
from geo.zones.errors import LEADS_NOWHERE
from geo.zones.models import TagCarrier, ZoneKind, ZoneStatus
from geo.zones.zones import ZoneGiven

LONGEST_NAME = 120
CODE = Pattern(r"^[a-z0-9][a-z0-9_-]{0,39}$", complaints.NOT_A_CODE)
GTIN = Pattern(r"^([0-9]{8}|[0-9]{12,14})$", complaints.NOT_AN_ARTICLE_NUMBER)
SKU = Pattern(r"^[!-~]{1,64}$", complaints.NOT_AN_ARTICLE_NUMBER)


def checked_gtin(number: str) -> None:
    """Raises `ValidationError` for a number whose check digit is wrong."""
    if not is_gtin(number):
        raise ma.ValidationError([complaints.NOT_AN_ARTICLE_NUMBER])


def some(item: ma.fields.String) -> Any:
    return ma.fields.List(item, load_default=list, validate=ma.validate.Length(max=MOST_ARTICLES))


class ShelvedIn(In):
    """The products of a place: those in one of the categories, of one of the numbers, or on one of the brand's product
    lists; none when left out."""

    categories = category_paths()
    gtins = some(ma.fields.String(validate=[GTIN, checked_gtin]))
    skus = some(ma.fields.String(validate=SKU))
    lists = product_lists()

    @ma.post_load
    def as_kept(self, data: dict[str, list[str]], **_: Any) -> dict[str, list[str]]:
        """What is named, in order; one article has one number."""
        data["gtins"] = [number.zfill(FULL) for number in data["gtins"]]
        return {name: sorted(set(values)) for name, values in data.items() if values}


class ShelvedOut(Out):
    categories = ma.fields.List(ma.fields.String())
    gtins = ma.fields.List(ma.fields.String(metadata={"description": "14 digits"}))
    skus = ma.fields.List(ma.fields.String())
    lists = ma.fields.List(ma.fields.String())


class ZoneFields(In):
    """What a person says of a zone."""

    kind = ma.fields.Enum(ZoneKind, required=True, by_value=True)
    name_fr = LineField(required=True, longest=LONGEST_NAME)
    name_en = LineField(required=True, longest=LONGEST_NAME)
    products = ma.fields.Nested(ShelvedIn, load_default=dict)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        own = {name: data.pop(name) for name in ZoneGiven.__dataclass_fields__}
        return {"given": ZoneGiven(**own), **data}


class ZoneIn(ZoneFields):
    """A new zone of a store. Its code never changes."""

    store_id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True, validate=CODE, metadata={"example": "tea"})


class ZoneChangeIn(ZoneFields):
    """The whole of what is said of a zone; closing it is a change like any other."""

    status = ma.fields.Enum(ZoneStatus, required=True, by_value=True)


class ZoneOut(Out):
    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(ZoneKind)))
    name_fr = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True)
    products = ma.fields.Nested(ShelvedOut, required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(list(ZoneStatus)))
    version = ma.fields.Integer(required=True, metadata={"description": "Grows with every change; also the ETag"})
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class ZonesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ZoneOut), required=True)


class InStoreQuery(PageIn):
    """A list of one store, or of the whole brand."""

    store_id = ma.fields.UUID(load_default=None)


class TagIn(In):
    """A new tag. Its store is that of its zone; with products of its own, it may stand anywhere."""

    carrier = ma.fields.Enum(TagCarrier, required=True, by_value=True)
    label = LineField(required=True, longest=LONGEST_NAME)
    store_id = ma.fields.UUID(load_default=None, allow_none=True)
    zone_id = ma.fields.UUID(load_default=None, allow_none=True)
    products = ma.fields.Nested(ShelvedIn, load_default=dict)

    @ma.validates_schema(skip_on_field_errors=True)
    def leads_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        if not (data["store_id"] or data["zone_id"] or data["products"]):
            raise ma.ValidationError([LEADS_NOWHERE])


class TagOut(Out):
    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True, allow_none=True)
    zone_id = ma.fields.UUID(required=True, allow_none=True)
    carrier = ma.fields.String(required=True, validate=ma.validate.OneOf(list(TagCarrier)))
    label = ma.fields.String(required=True)
    products = ma.fields.Nested(ShelvedOut, required=True)
    code = ma.fields.String(required=True)
    url = ma.fields.String(required=True, metadata={"description": "What to print, or to write into a chip"})
    ndef = ma.fields.String(required=True, metadata={"description": "The address as an NDEF message, in hexadecimal"})
    retired_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)


class TagsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(TagOut), required=True)
