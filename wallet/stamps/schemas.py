"""Stamp cards on the wire."""

import marshmallow as ma

from app.accounts.schemas import BrandNameOut
from app.http.api import In, Instant, Out
from wallet.stamps.cells import StampState
from wallet.stamps.models import FEWEST_CELLS, MOST_CELLS


class StampCardIn(In):
    """How many cells a card has, and the live reward that a full one gives: it costs as many stamps."""

    size = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(FEWEST_CELLS, MOST_CELLS))
    reward_id = ma.fields.UUID(allow_none=True, load_default=None)


class StampCardOut(Out):
    currency_id = ma.fields.UUID(required=True)
    size = ma.fields.Integer(required=True)
    reward_id = ma.fields.UUID(required=True, allow_none=True)
    changed_at = Instant(required=True)


class StampCellsOut(Out):
    """`state` and `shown` are of the card that one shows: a full one before the one that fills. `full` are full cards,
    `stamps` those on the next one."""

    size = ma.fields.Integer(required=True)
    shown = ma.fields.Integer(required=True)
    full = ma.fields.Integer(required=True)
    stamps = ma.fields.Integer(required=True)
    used = ma.fields.Integer(required=True, metadata={"description": "Cards that were used before"})
    owed = ma.fields.Integer(required=True, metadata={"description": "Stamps that the next ones make up for"})
    state = ma.fields.String(required=True, validate=ma.validate.OneOf([str(state) for state in StampState]))
    text = ma.fields.String(required=True, metadata={"example": "7 tampons sur 10"})


class StampRewardOut(Out):
    id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True)


class MyStampCardOut(Out):
    currency_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    brand = ma.fields.Nested(BrandNameOut, required=True)
    card = ma.fields.Nested(StampCellsOut, required=True)
    reward = ma.fields.Nested(StampRewardOut, required=True, allow_none=True)
    next_expiry_at = Instant(required=True, allow_none=True)


class MyStampCardsOut(Out):
    items = ma.fields.List(ma.fields.Nested(MyStampCardOut), required=True)
