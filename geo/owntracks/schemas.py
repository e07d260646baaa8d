"""How a member connects OwnTracks, and what the app says and is told."""

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.phones.schemas import PLATFORMS


class OwntracksPhoneIn(In):
    """The phone that OwnTracks is on. With `sealed`, the app is given a key and seals its payloads as well."""

    platform = ma.fields.String(required=True, validate=ma.validate.OneOf(PLATFORMS))
    sealed = ma.fields.Boolean(load_default=False)


class OwntracksPhoneOut(Out):
    installation_id = ma.fields.UUID(required=True)
    platform = ma.fields.String(required=True)
    sealed = ma.fields.Boolean(required=True)
    watched = ma.fields.Integer(required=True, metadata={"description": "Fences that it was told to watch"})
    created_at = Instant(required=True)


class OwntracksPhonesOut(Out):
    items = ma.fields.List(ma.fields.Nested(OwntracksPhoneOut), required=True)


class OwntracksCredentialsOut(Out):
    """Shown once. Opening `link`, or the QR code that says the same, configures the app."""

    installation_id = ma.fields.UUID(required=True)
    url = ma.fields.String(required=True)
    user = ma.fields.String(required=True)
    password = ma.fields.String(required=True)
    key = ma.fields.String(required=True, allow_none=True, metadata={"description": "Of sealed payloads"})
    link = ma.fields.String(required=True)
    qr_svg = ma.fields.String(required=True)


class OwntracksWaypointOut(Out):
    """A circle to watch. At an impossible position it is one to watch no longer."""

    _type = ma.fields.String(required=True)
    tst = ma.fields.Integer(required=True)
    rid = ma.fields.UUID(required=True)
    desc = ma.fields.String(required=True)
    lat = ma.fields.Float(required=True)
    lon = ma.fields.Float(required=True)
    rad = ma.fields.Integer(required=True)


class OwntracksWaypointsOut(Out):
    _type = ma.fields.String(required=True)
    waypoints = ma.fields.List(ma.fields.Nested(OwntracksWaypointOut), required=True)


class OwntracksMessageOut(Out):
    """A command, or one that is sealed in `data`."""

    _type = ma.fields.String(required=True, validate=ma.validate.OneOf(("cmd", "encrypted")))
    action = ma.fields.String()
    waypoints = ma.fields.Nested(OwntracksWaypointsOut)
    data = ma.fields.String()
