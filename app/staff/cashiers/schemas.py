"""Cashiers on the wire. No PIN ever leaves."""

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern
from app.http.pagination import PageOut
from app.staff.cashiers.errors import NOT_A_CASHIER_NUMBER, NOT_A_PIN, PIN_TOO_EASY

NUMBER = Pattern(r"^[0-9]{1,8}$", NOT_A_CASHIER_NUMBER)
PIN = Pattern(r"^[0-9]{4,8}$", NOT_A_PIN)
ROWS = ("01234567890", "09876543210")


def _not_easy(pin: str) -> None:
    if len(set(pin)) == 1 or any(pin in row for row in ROWS):
        raise ma.ValidationError([PIN_TOO_EASY])


class CashierPinIn(In):
    pin = ma.fields.String(required=True, validate=[PIN, _not_easy])


class CashierIn(CashierPinIn):
    store_id = ma.fields.UUID(required=True)
    number = ma.fields.String(required=True, validate=NUMBER)
    name = LineField(longest=60, required=True)


class CashierSessionIn(In):
    number = ma.fields.String(required=True, validate=NUMBER)
    pin = ma.fields.String(required=True, validate=PIN)


class CashierSessionOut(Out):
    """The token goes into the header `X-Staff` of what this terminal sends."""

    token = ma.fields.String(required=True)
    cashier_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    expires_at = Instant(required=True)


class CashierOut(Out):
    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    number = ma.fields.String(required=True)
    name = ma.fields.String(required=True, metadata={"description": "Empty a year after they left"})
    created_at = Instant(required=True)
    dismissed_at = Instant(required=True, allow_none=True)


class CashiersOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(CashierOut), required=True)
