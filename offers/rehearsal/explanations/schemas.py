"""Explanations on the wire."""

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField
from offers.planning.schemas import LocalText
from offers.rehearsal.schemas import version_number
from wallet.authenticity.shown import LONGEST_SHOWN
from wallet.programmes.schemas import OurTime


class ExplanationIn(In):
    """About whose card (its code, as it is shown), at which store, when, and about which version: what is live unless
    it is named."""

    card = LineField(longest=LONGEST_SHOWN, required=True)
    store_id = ma.fields.UUID(required=True)
    at = Instant(required=True, validate=OurTime())
    version = version_number()


class GateOut(LocalText):
    """One gate: passed or not; null where the member did not permit that it be looked at."""

    passed = ma.fields.Boolean(required=True, allow_none=True)


class ExplanationOut(Out):
    """Every gate in its order; `shown` is null where none stops the offer, but not all are known."""

    offer_id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    at = Instant(required=True)
    shown = ma.fields.Boolean(required=True, allow_none=True)
    gates = ma.fields.List(ma.fields.Nested(GateOut), required=True)
