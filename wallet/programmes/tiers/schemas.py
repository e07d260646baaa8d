"""Where members stand in the tiers of a programme, on the wire."""

import marshmallow as ma

from app.http.api import Instant, Out
from app.http.pagination import PageOut
from wallet.programmes.models import TierReason
from wallet.programmes.rules import (
    RuleKind,
)
from wallet.programmes.schemas import one_of


class NamedTierOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    from_points = ma.fields.Integer(required=True)


class CurrentTierOut(NamedTierOut):
    since = Instant(required=True)


class OpportunityOut(NamedTierOut):
    missing = ma.fields.Integer(required=True)


class RiskOut(Out):
    """What happens at the next look if nothing more is earned: `missing` points would keep the tier."""

    at = Instant(required=True)
    points_then = ma.fields.Integer(required=True)
    missing = ma.fields.Integer(required=True)
    grace = ma.fields.Boolean(required=True)
    falls_to = ma.fields.Nested(NamedTierOut, required=True, allow_none=True)


class TiersOut(Out):
    """Where I stand: the points that count now, my tier, what the next ones take, what is at risk and when."""

    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True)
    current = ma.fields.Nested(CurrentTierOut, required=True, allow_none=True)
    check_at = Instant(required=True, allow_none=True)
    in_grace = ma.fields.Boolean(required=True)
    opportunities = ma.fields.List(ma.fields.Nested(OpportunityOut), required=True)
    risks = ma.fields.List(ma.fields.Nested(RiskOut), required=True)


class MemberRuleOut(Out):
    code = ma.fields.String(required=True)
    kind = one_of(RuleKind, required=True)
    title = ma.fields.String(required=True)
    points = ma.fields.Integer(required=True)


class StandingOut(Out):
    version = ma.fields.Integer(required=True)
    rules = ma.fields.List(ma.fields.Nested(MemberRuleOut), required=True)
    tiers = ma.fields.Nested(TiersOut, required=True, allow_none=True)


class TierStepOut(Out):
    before = ma.fields.String(required=True, allow_none=True)
    after = ma.fields.String(required=True, allow_none=True)
    name = ma.fields.String(required=True, allow_none=True)
    reason = one_of(TierReason, required=True)
    why = ma.fields.String(required=True)
    points = ma.fields.Integer(required=True)
    occurred_at = Instant(required=True)


class TierStepsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(TierStepOut), required=True)
