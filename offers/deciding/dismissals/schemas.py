"""Hidden offers on the wire."""

import marshmallow as ma

from app.http.api import Instant, Out


class DismissalOut(Out):
    """An offer that the member does not want to see."""

    offer_id = ma.fields.UUID(required=True)
    dismissed_at = Instant(required=True)


class DismissalsOut(Out):
    items = ma.fields.List(ma.fields.Nested(DismissalOut), required=True)
