"""Why a card shows on a locked screen, on the wire."""

import marshmallow as ma

from app.http.api import Instant, Out


class ShownItemOut(Out):
    """A store near which the pass shows itself, or the beacons (`store_id` is null), and the permission behind it."""

    store_id = ma.fields.UUID(required=True, allow_none=True)
    says = ma.fields.String(required=True)
    why = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    touchpoint = ma.fields.String(required=True)
    permission_event_id = ma.fields.UUID(required=True)
    expires_at = Instant(required=True, allow_none=True)


class WhyShownOut(Out):
    """`summary` is null while there are items."""

    summary = ma.fields.String(required=True, allow_none=True)
    may_notify = ma.fields.Boolean(required=True)
    notifications = ma.fields.String(required=True)
    items = ma.fields.List(ma.fields.Nested(ShownItemOut), required=True)
