"""Where staff plan, on the wire."""

import marshmallow as ma

from app.http.api import In, Out


class StaffPlacesIn(In):
    areas = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=500))
    stores = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=5_000))


class StaffPlacesOut(Out):
    """Where somebody plans: both empty for the whole brand."""

    areas = ma.fields.List(ma.fields.UUID(), required=True)
    stores = ma.fields.List(ma.fields.UUID(), required=True)
