"""What reports of phones and tags bring, on the wire."""

import marshmallow as ma
from marshmallow import validate

from app.http.api import In, Instant, Out
from app.http.fields import LineField
from app.http.pagination import PageOut
from geo.presence.schemas import LONGEST_TAG, SightingFindingOut, TransitionOut
from offers.deciding.decisions import Placement
from offers.deciding.schemas import FeedOfferOut
from offers.planning.schemas import LocalText

KINDS = (Placement.ARRIVAL, Placement.DWELL, Placement.ZONE, Placement.TAG)
STOP = {"description": "Where the permission is withdrawn, by DELETE", "format": "uri-reference"}


class TriggeredOfferOut(FeedOfferOut):
    """One offer, what brought it, and how to stop that. `decision_id` explains it."""

    trigger_id = ma.fields.UUID(required=True, allow_none=True)
    decision_id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf(KINDS))
    store_id = ma.fields.UUID(required=True, allow_none=True)
    withdrawal = ma.fields.String(required=True, allow_none=True, metadata=STOP)


class TriggeredOut(Out):
    """What came of a moment; `nothing` says why it brought no offer."""

    trigger_id = ma.fields.UUID(required=True, allow_none=True)
    decision_id = ma.fields.UUID(required=True, allow_none=True)
    nothing = ma.fields.Nested(LocalText, required=True, allow_none=True)
    withdrawal = ma.fields.String(required=True, allow_none=True, metadata=STOP)


class ToldTransitionOut(TransitionOut, TriggeredOut):
    """What happened in a visit, and what came of it."""


class SightingsOut(Out):
    """What a report came to."""

    transitions = ma.fields.List(ma.fields.Nested(ToldTransitionOut), required=True)
    offers = ma.fields.List(ma.fields.Nested(TriggeredOfferOut), required=True)
    findings = ma.fields.List(ma.fields.Nested(SightingFindingOut), required=True)


class TagScanIn(In):
    """What was read: the code of the tag, which is the last part of its address."""

    code = LineField(required=True, longest=LONGEST_TAG)


class TagAnswerOut(TriggeredOut):
    """What is there at a tag."""

    offers = ma.fields.List(ma.fields.Nested(TriggeredOfferOut), required=True)


class TriggerOut(Out):
    """A moment in a store and what came of it. After a day only the store and the day are left of where it was."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf(KINDS))
    day = ma.fields.Date(required=True)
    occurred_at = Instant(required=True, allow_none=True)
    store_id = ma.fields.UUID(required=True, allow_none=True)
    store_name = ma.fields.String(required=True, allow_none=True)
    zone_name = ma.fields.String(required=True, allow_none=True)
    decision_id = ma.fields.UUID(required=True, allow_none=True)
    shown = ma.fields.Integer(required=True)
    nothing = ma.fields.Nested(LocalText, required=True, allow_none=True)
    is_unseen = ma.fields.Boolean(required=True, metadata={"description": "No screen showed it"})
    permission_event_id = ma.fields.UUID(required=True)
    withdrawal = ma.fields.String(required=True, allow_none=True, metadata=STOP)


class TriggersOut(PageOut):
    """A page of triggers, newest first."""

    items = ma.fields.List(ma.fields.Nested(TriggerOut), required=True)
