"""Employees on the wire."""

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.pagination import PageOut


class EmploymentIn(In):
    """Until which day of the brand's calendar, included; without one, until it is taken away."""

    last_day = ma.fields.Date(load_default=None, allow_none=True)


class EmploymentOut(Out):
    card_id = ma.fields.UUID(required=True)
    display_name = ma.fields.String(required=True)
    since = Instant(required=True)
    last_day = ma.fields.Date(required=True, allow_none=True)


class EmploymentsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(EmploymentOut), required=True)
