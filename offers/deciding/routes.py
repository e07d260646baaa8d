"""Doors of deciding: what is there for me here, and why."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.accounts.errors import BrandUnknown
from app.consent.errors import PermissionMissing
from app.http.access import Role, brand_id, member_id, only, principal, store_id
from app.http.api import Blueprint, language, refuses
from offers.deciding.answers import Fix, Question, answer_nearby
from offers.deciding.errors import DecisionUnknown, FixTooCoarse
from offers.deciding.explanation import explain_decision as explain
from offers.deciding.placements.placements import show_at_till, show_feed
from offers.deciding.schemas import DecisionOut, FeedIn, FeedOut, FixIn, NearbyOut, TillOffersIn
from wallet.scanning.errors import ScanUnknown

blueprint = Blueprint("deciding", __name__, url_prefix="/v1", description="What is there for me, here, and why")


@blueprint.post("/nearby-offers")
@only(Role.MEMBER)
@refuses(*PermissionMissing.__subclasses__(), BrandUnknown, FixTooCoarse)
@blueprint.arguments(FixIn)
@blueprint.response(200, NearbyOut)
def nearby_offers(fix: dict[str, Any]) -> Response:
    """I am here: what is there for me?

    Asks for no Idempotency-Key: asking again is a new question, and a stored fingerprint of a position would be a
    stored position. The answer says which permission allowed each offer; without one it is 403 with a remedy.
    """
    someone = principal()
    text = answer_nearby(Question(Fix(**fix), someone.id, someone.session_id, language(), clock.now()))
    return Response(text, mimetype="application/json")


@blueprint.post("/feed-offers")
@only(Role.MEMBER)
@refuses(*PermissionMissing.__subclasses__(), BrandUnknown)
@blueprint.arguments(FeedIn)
@blueprint.response(200, FeedOut)
def feed_offers(asked: dict[str, Any]) -> dict[str, Any]:
    """What is there for me in my wallet, wherever I am? Of brands whose card I hold.

    Asks for no Idempotency-Key: asking again is a new question.
    """
    someone = principal()
    asking: dict[str, Any] = {
        "member_id": someone.id,
        "session_id": someone.session_id,
        "language": language(),
        "now": clock.now(),
    }
    return show_feed(**asked, **asking)


@blueprint.post("/till-offers")
@only(Role.TERMINAL)
@refuses(*PermissionMissing.__subclasses__(), ScanUnknown)
@blueprint.arguments(TillOffersIn)
@blueprint.response(200, FeedOut)
def till_offers(scan: dict[str, Any]) -> dict[str, Any]:
    """At most three offers for the member whose pass was scanned here, if they allow it.

    Asks for no Idempotency-Key: asking again is a new question. The member reads that staff saw them.
    """
    return show_at_till(**scan, brand_id=brand_id(), store_id=store_id(), language=language(), now=clock.now())


@blueprint.get("/decisions/<uuid:decision_id>")
@only(Role.MEMBER)
@refuses(DecisionUnknown)
@blueprint.response(200, DecisionOut)
def explain_decision(decision_id: uuid.UUID) -> dict[str, Any]:
    """Why did I see these offers, and not others?"""
    return explain(member_id=member_id(), decision_id=decision_id, language=language())
