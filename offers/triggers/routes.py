"""Doors of triggers: a phone reports, a member reads a tag, and reads later what came of it."""

from typing import Any

from flask import Response

from app import clock
from app.consent.errors import PermissionMissing
from app.http.access import Role, member_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from app.http.pagination import PageIn, link_header, page_of
from geo.presence.schemas import SightingsIn
from geo.zones.errors import TagUnknown
from offers.triggers import queries
from offers.triggers.history import describe_triggers
from offers.triggers.models import Trigger
from offers.triggers.schemas import SightingsOut, TagAnswerOut, TagScanIn, TriggersOut
from offers.triggers.sightings import answer_report
from offers.triggers.tags import scan_tag

blueprint = Blueprint("triggers", __name__, url_prefix="/v1", description="What a moment in a store brings")


@blueprint.post("/sightings")
@only(Role.MEMBER)
@refuses(*PermissionMissing.__subclasses__())
@blueprint.arguments(SightingsIn)
@blueprint.response(200, SightingsOut)
def report_sightings(said: dict[str, Any]) -> Response:
    """My phone reports where it is; what that brings comes at once. 403 where nothing of it is permitted.

    Asks for no Idempotency-Key: each item has its own id, and a stored fingerprint of a position would be a stored
    position.
    """
    someone = principal()
    asking: dict[str, Any] = {"member_id": someone.id, "session_id": someone.session_id}
    text = answer_report(**asking, **said, language=language(), now=clock.now())
    return Response(text, mimetype="application/json")


@blueprint.post("/tag-scans")
@only(Role.MEMBER)
@idempotent
@refuses(*PermissionMissing.__subclasses__(), TagUnknown)
@blueprint.arguments(TagScanIn)
@blueprint.response(200, TagAnswerOut)
def read_tag(tag: dict[str, str]) -> Response:
    """I read a code or a chip on a shelf, a poster or an article: what is there for me? No position is asked for."""
    someone = principal()
    asking: dict[str, Any] = {"member_id": someone.id, "session_id": someone.session_id}
    text = scan_tag(**asking, code=tag["code"], language=language(), now=clock.now())
    return Response(text, mimetype="application/json")


@blueprint.get("/triggers")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, TriggersOut)
def list_triggers(page: dict[str, Any]) -> Any:
    """What moments in stores brought me, or why they brought nothing, newest first. Gone with the visits."""
    found = page_of(queries.triggers_of(member_id()), sort=Trigger.day, id=Trigger.id, **page)
    items = describe_triggers(found.items, member_id=member_id(), language=language())
    return {"items": items, "next": found.next}, link_header(found)
