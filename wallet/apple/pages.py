"""Doors that phones know from the pass itself: Apple's web service, and the link of a download.

They are Apple's and no part of our own API: no JSON type is asked for, and a refusal is a bare status. What stands in
the addresses (ids of phones, serials, links) is in no log, which holds routes.
"""

from typing import Any

from flask import Blueprint, Response, request

from app import clock
from app.errors import JsonUnreadable, Malformed
from app.http.access import Role, client_network, only
from app.http.reading import read_json
from wallet.apple import downloads, web_service
from wallet.apple.downloads import PassFile
from wallet.apple.files.description import SERVICE
from wallet.apple.files.package import MEDIA_TYPE
from wallet.apple.web_service import PhoneAnswer

blueprint = Blueprint("apple_wallet", __name__)

DEVICE = f"{SERVICE}/v1/devices/<string(maxlength=128):device_id>/registrations/<string(maxlength=128):pass_type>"
COPY = f"{DEVICE}/<string(maxlength=64):serial>"
PASS = f"{SERVICE}/v1/passes/<string(maxlength=128):pass_type>/<string(maxlength=64):serial>"


@blueprint.post(COPY)
@only(Role.ANYONE)
def register_copy(device_id: str, pass_type: str, serial: str) -> Response:
    """A phone holds this pass, and where it is woken."""
    whose = {"device_id": device_id, "pass_type": pass_type, "serial": serial}
    return _answer(
        web_service.answer_registration(authorization=_authorization(), body=_body(), now=clock.now(), **whose)
    )


@blueprint.delete(COPY)
@only(Role.ANYONE)
def unregister_copy(device_id: str, pass_type: str, serial: str) -> Response:
    """A phone holds this pass no longer."""
    whose = {"device_id": device_id, "pass_type": pass_type, "serial": serial}
    return _answer(web_service.answer_removal(authorization=_authorization(), **whose))


@blueprint.get(DEVICE)
@only(Role.ANYONE)
def list_changed(device_id: str, pass_type: str) -> Response:
    """Which passes on this phone changed since it last asked; the id of the phone is the secret."""
    tag, network = request.args.get("passesUpdatedSince"), client_network()
    return _answer(
        web_service.answer_list(device_id=device_id, pass_type=pass_type, tag=tag, network=network, now=clock.now())
    )


@blueprint.get(PASS)
@only(Role.ANYONE)
def fetch_pass(pass_type: str, serial: str) -> Response:
    """The pass as it is now."""
    since, now = request.headers.get("If-Modified-Since"), clock.now()
    return _answer(
        web_service.answer_fetch(
            authorization=_authorization(), pass_type=pass_type, serial=serial, since=since, now=now
        )
    )


@blueprint.post(f"{SERVICE}/v1/log")
@only(Role.ANYONE)
def take_logs() -> Response:
    """What went wrong on a phone."""
    return _answer(web_service.answer_logs(body=_body(), network=client_network(), now=clock.now()))


@blueprint.get(f"{SERVICE}/passes/<string(maxlength=128):link>.pkpass")
@only(Role.ANYONE)
def open_link(link: str) -> Response:
    """The file of a pass, for whoever has its link while that holds."""
    return send_file(downloads.open_link(link, now=clock.now()))


# Of whatever type a phone says that its JSON is.
register_copy.takes_forms = True  # type: ignore[attr-defined]
unregister_copy.takes_forms = True  # type: ignore[attr-defined]
take_logs.takes_forms = True  # type: ignore[attr-defined]


def send_file(file: PassFile) -> Response:
    """The file of a pass, which a phone offers to add to its wallet."""
    answer = Response(file.content, content_type=MEDIA_TYPE)
    answer.headers["Last-Modified"] = web_service.write_http_date(file.changed_at)
    answer.headers["Content-Disposition"] = 'inline; filename="pass.pkpass"'
    return answer


def _authorization() -> str:
    return request.headers.get("Authorization", "")


def _body() -> Any:
    """What a phone sent; None for what is no JSON."""
    try:
        return read_json(request.get_data())
    except (JsonUnreadable, Malformed):
        return None


def _answer(said: PhoneAnswer) -> Response:
    answer = Response(said.body, status=said.status, headers=dict(said.headers))
    if not said.body:
        del answer.headers["Content-Type"]
    return answer
