"""Weights of a brand on the wire."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from offers.deciding.factors import BOUNDS, NAMES


def _weight(code: str) -> Any:
    least, most = BOUNDS[code]
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(least, most))


class WeightsIn(In):
    """How much each factor counts, in hundredths; what is not named counts as usual."""

    priority = _weight("priority")
    affinity = _weight("affinity")
    proximity = _weight("proximity")
    value = _weight("value")
    urgency = _weight("urgency")
    fatigue = _weight("fatigue")
    discovery = _weight("discovery")


class RankingPolicyIn(In):
    """How offers are put in order, from the next decision on."""

    weights = ma.fields.Nested(WeightsIn, load_default=dict)
    plain = ma.fields.Boolean(
        load_default=False, metadata={"description": "By priority, then distance, for everybody: the way back"}
    )


class WeightOut(Out):
    """One factor, in words, with its bounds in hundredths."""

    code = ma.fields.String(required=True, validate=ma.validate.OneOf(list(NAMES)))
    text = ma.fields.String(required=True)
    weight = ma.fields.Integer(required=True)
    usual = ma.fields.Integer(required=True)
    least = ma.fields.Integer(required=True)
    most = ma.fields.Integer(required=True)


class PastPolicyOut(Out):
    """A version of the weights: those that differ from the usual ones."""

    version = ma.fields.Integer(required=True)
    weights = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    plain = ma.fields.Boolean(required=True)
    set_by = ma.fields.UUID(required=True)
    set_at = Instant(required=True)


class RankingPolicyOut(Out):
    """How offers of the brand are put in order for members who permit that it looks at what they buy."""

    version = ma.fields.Integer(required=True)
    policy = ma.fields.String(required=True)
    plain = ma.fields.Boolean(required=True)
    weights = ma.fields.List(ma.fields.Nested(WeightOut), required=True)
    history = ma.fields.List(ma.fields.Nested(PastPolicyOut), required=True)
