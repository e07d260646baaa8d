"""Rehearsals and explanations on the wire. Money in minor units of the brand's currency."""

import marshmallow as ma

from app.http.api import In, Out
from offers.planning.review.schemas import ConflictOut
from offers.planning.schemas import LocalText
from offers.rehearsal.rehearsals import DAYS, MOST_DAYS


def version_number() -> ma.fields.Integer:
    """The number of a version, perhaps."""
    return ma.fields.Integer(strict=True, load_default=None, allow_none=True, validate=ma.validate.Range(1, 1_000_000))


class RehearsalIn(In):
    """Which version to play, the draft unless it is named, and against how many of the last days."""

    version = version_number()
    days = ma.fields.Integer(strict=True, load_default=DAYS, validate=ma.validate.Range(7, MOST_DAYS))


class RehearsedFigureOut(LocalText):
    """One number; null where fewer than five members are behind it. `low` and `high`: 95 times of 100."""

    expected = ma.fields.Integer(required=True, allow_none=True)
    low = ma.fields.Integer(required=True, allow_none=True)
    high = ma.fields.Integer(required=True, allow_none=True)


class RunOutOut(LocalText):
    """On which day of the offer a limit is reached; null: it is not. `days`: how often one for each day is; null
    where fewer than five members are behind it."""

    limit = ma.fields.Integer(required=True)
    earliest = ma.fields.Date(required=True, allow_none=True)
    expected = ma.fields.Date(required=True, allow_none=True)
    latest = ma.fields.Date(required=True, allow_none=True)
    days = ma.fields.Integer(required=True, allow_none=True)


class RehearsalOut(Out):
    """`days` of the offer from `first_day` on, laid over the past `weeks` earlier, which begins on `past_first_day`."""

    offer_id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    first_day = ma.fields.Date(required=True)
    days = ma.fields.Integer(required=True)
    past_first_day = ma.fields.Date(required=True)
    weeks = ma.fields.Integer(required=True)
    figures = ma.fields.List(ma.fields.Nested(RehearsedFigureOut), required=True)
    run_outs = ma.fields.List(ma.fields.Nested(RunOutOut), required=True)
    conflicts = ma.fields.List(ma.fields.Nested(ConflictOut), required=True)
    not_known = ma.fields.List(ma.fields.Nested(LocalText), required=True)
