"""What apps report and read about their phones."""

from datetime import UTC, datetime

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField

PLATFORMS = ("ios", "android")
LOCATIONS = ("denied", "once", "while_using", "always", "not_determined")
PRECISIONS = ("precise", "approximate")
RECENT = ma.validate.Range(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


class InstallationIn(In):
    """What the phone's own settings allow this app now. iOS `provisional` notifications count as allowed."""

    platform = ma.fields.String(required=True, validate=ma.validate.OneOf(PLATFORMS))
    app_version = LineField(longest=32, required=True)
    location = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(LOCATIONS),
        metadata={"description": "iOS authorizationStatus, Android location permission; `once` for this time only"},
    )
    precision = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.OneOf(PRECISIONS))
    bluetooth = ma.fields.Boolean(required=True)
    notifications = ma.fields.Boolean(required=True)
    reported_at = Instant(required=True, validate=RECENT)


class InstallationOut(Out):
    id = ma.fields.UUID(required=True)
    platform = ma.fields.String(required=True)
    app_version = ma.fields.String(required=True)
    location = ma.fields.String(required=True)
    precision = ma.fields.String(required=True, allow_none=True)
    bluetooth = ma.fields.Boolean(required=True)
    notifications = ma.fields.Boolean(required=True)
    reported_at = Instant(required=True)
    created_at = Instant(required=True)


class InstallationsOut(Out):
    items = ma.fields.List(ma.fields.Nested(InstallationOut), required=True)
