"""OwnTracks in HTTP mode, and how a member connects it."""

import uuid
from typing import Any

from flask import Response, request

from app import canonical, clock
from app.http.access import Role, member_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.sql import db
from geo.owntracks import credentials, exchange, queries, schemas
from geo.owntracks.credentials import OwntracksCredentials
from geo.owntracks.errors import OwntracksAccessUnknown, OwntracksNotAccepted

blueprint = Blueprint("owntracks", __name__, url_prefix="/v1", description="OwnTracks, an app that reports for members")

SAID = {"application/json": {"schema": {"description": "A message of OwnTracks, an array of them, or nothing"}}}


@blueprint.post("/owntracks")
@only(Role.ANYONE)
@refuses(OwntracksNotAccepted)
@blueprint.doc(requestBody={"required": False, "content": SAID})
@blueprint.alt_response(200, schema=schemas.OwntracksMessageOut(many=True))
def take_owntracks() -> Response:
    """What an OwnTracks phone says, by the user and password of its own (Basic).

    Whatever it says, the answer is 200 and an array: of commands, or empty. No `Idempotency-Key`: the app has none,
    and what it says twice is taken once.
    """
    answer = exchange.answer_phone(
        authorization=request.headers.get("Authorization", ""), body=request.get_data(), now=clock.now()
    )
    return Response(canonical.write_json(answer), content_type="application/json")


take_owntracks.takes_forms = True  # of whatever type the app says that its JSON is


@blueprint.get("/owntracks-phones")
@only(Role.MEMBER)
@blueprint.response(200, schemas.OwntracksPhonesOut)
def list_owntracks_phones() -> Any:
    """My phones that report by OwnTracks."""
    return {"items": db.all_of(queries.accesses_of(member_id()))}


@blueprint.put("/owntracks-phones/<uuid:installation_id>")
@only(Role.MEMBER)
@blueprint.arguments(schemas.OwntracksPhoneIn)
@blueprint.response(200, schemas.OwntracksCredentialsOut)
def connect_owntracks(wish: dict[str, Any], installation_id: uuid.UUID) -> OwntracksCredentials:
    """Connect the OwnTracks of a phone to my wallet, until this sign-in ends or I disconnect it.

    The id is made by the app that asks. No `Idempotency-Key`: the answer holds a secret, which is kept nowhere. A
    repeat makes new credentials, and those before them open nothing.
    """
    return credentials.issue_credentials(
        member_id=member_id(),
        session_id=principal().session_id,
        installation_id=installation_id,
        platform=wish["platform"],
        with_key=wish["sealed"],
        now=clock.now(),
    )


@blueprint.delete("/owntracks-phones/<uuid:installation_id>")
@only(Role.MEMBER)
@idempotent
@refuses(OwntracksAccessUnknown)
@blueprint.response(204)
def disconnect_owntracks(installation_id: uuid.UUID) -> None:
    """Disconnect the OwnTracks of a phone at once. What it watches stays on it until somebody deletes it there."""
    credentials.revoke_credentials(member_id=member_id(), installation_id=installation_id)
