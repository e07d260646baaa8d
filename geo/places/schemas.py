"""Wire shapes of stores and areas. Degrees are WGS 84."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern, Prose
from app.http.pagination import PageOut
from geo.places.checks import EXAMPLE_HOURS, LONGEST_ADDRESS, LONGEST_NAME, LONGEST_REFERENCE
from geo.places.models import StoreStatus
from geo.places.opening_hours import LONGEST_HOURS
from geo.places.stores import StoreGiven

HOURS = {"description": "OSM opening_hours grammar, in the store's own time", "example": EXAMPLE_HOURS}
LAT = {"description": "Degrees north", "example": 48.8556}
LON = {"description": "Degrees east", "example": 2.3601}
ZONE = {"description": "IANA time zone; that of the place when left out", "example": "Europe/Paris"}
REFERENCE = {"description": "The brand's own name for the store; it never changes", "example": "node/123"}
MOST_STORES = 5_000


class StoreFields(In):
    """What a person says of a store."""

    name = LineField(required=True, longest=LONGEST_NAME)
    lat = ma.fields.Float(required=True, validate=ma.validate.Range(-90, 90), metadata=LAT)
    lon = ma.fields.Float(required=True, validate=ma.validate.Range(-180, 180), metadata=LON)
    address = LineField(longest=LONGEST_ADDRESS, allow_none=True, load_default=None)
    opening_hours = Prose(longest=LONGEST_HOURS, allow_none=True, load_default=None, metadata=HOURS)
    time_zone = LineField(longest=60, allow_none=True, load_default=None, metadata=ZONE)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        own = {name: data.pop(name) for name in StoreGiven.__dataclass_fields__}
        return {"given": StoreGiven(**own), **data}


class StoreIn(StoreFields):
    """A new store."""

    reference = LineField(required=True, longest=LONGEST_REFERENCE, metadata=REFERENCE)


class StoreChangeIn(StoreFields):
    """The whole of what is said of a store; closing it is a change like any other."""

    status = ma.fields.Enum(StoreStatus, required=True, by_value=True)


class ShopOut(Out):
    """A store as people see it."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True, allow_none=True)
    opening_hours = ma.fields.String(required=True, allow_none=True, metadata=HOURS)
    time_zone = ma.fields.String(required=True, metadata={"description": "IANA time zone"})
    lat = ma.fields.Float(required=True, metadata=LAT)
    lon = ma.fields.Float(required=True, metadata=LON)


class ShopsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ShopOut), required=True)


class StoreOut(ShopOut):
    """A store as the console keeps it."""

    reference = ma.fields.String(required=True, metadata=REFERENCE)
    country = ma.fields.String(required=True, metadata={"description": "ISO 3166-1 alpha-2, from the coordinates"})
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(list(StoreStatus)))
    version = ma.fields.Integer(required=True, metadata={"description": "Grows with every change; also the ETag"})
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class StoresOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(StoreOut), required=True)


class AreaIn(In):
    """A new area."""

    code = ma.fields.String(
        required=True,
        validate=Pattern(r"^[a-z0-9][a-z0-9-]{0,39}$", complaints.NOT_A_CODE),
        metadata={"example": "centre"},
    )
    name = LineField(required=True, longest=LONGEST_NAME)


class AreaOut(Out):
    """A named group of stores."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    created_at = Instant(required=True)


class AreasOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(AreaOut), required=True)


class AreaStoresIn(In):
    """Every store of an area."""

    store_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(max=MOST_STORES))
