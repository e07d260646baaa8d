"""The door that Google knocks on. It is Google's and no part of our own API: a refusal is a bare status."""

from typing import Any

from flask import Blueprint, Response, request

from app import clock
from app.errors import JsonUnreadable, Malformed
from app.http.access import Role, only
from app.http.reading import read_json
from wallet.google.callbacks import events
from wallet.google.callbacks.events import CallbackTaken

blueprint = Blueprint("google_callbacks", __name__)

STATUS = {CallbackTaken.FORGED: 403, CallbackTaken.UNPROVEN: 503}


@blueprint.post("/google/callbacks")
@only(Role.ANYONE)
def take_callback() -> Response:
    """A copy of a pass was saved in, or taken out of, a wallet of Google. Whatever was done before is done: 200."""
    taken = events.take_callback(_said(), now=clock.now())
    return Response(status=STATUS.get(taken, 200))


take_callback.takes_forms = True  # type: ignore[attr-defined]  # of whatever type Google says that its JSON is


def _said() -> Any:
    """What was sent; None for what is no JSON."""
    try:
        return read_json(request.get_data())
    except (JsonUnreadable, Malformed):
        return None
