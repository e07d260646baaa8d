"""Apple's web service of passes: what each of its calls comes to, and the status that the phone understands.

A serial that is unknown, a token that is wrong, a pass type that is not ours: all are 401 alike, and after the same
work. A phone that says nonsense is told 400, and asks again no sooner for it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, NamedTuple

from app.canonical import write_json
from app.sql import db
from app.sql.trips import Call
from wallet.apple import devices, downloads, identities, phone_logs, queries, registrations
from wallet.apple.certificates import PassIdentity
from wallet.apple.files.package import MEDIA_TYPE
from wallet.issued import issuance

AN_HOUR_S = 3600


class PhoneAnswer(NamedTuple):
    """A status of Apple's, and what goes with it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


STRANGER = PhoneAnswer(401, headers={"WWW-Authenticate": "ApplePass"})
NONSENSE = PhoneAnswer(400)


def answer_registration(
    *, authorization: str, device_id: str, pass_type: str, serial: str, body: Any, now: datetime
) -> PhoneAnswer:
    """201 for a new copy, 200 for one that is known, whose push token is kept if it is another."""
    with db.system():
        held = registrations.find_copy(authorization=authorization, pass_type=pass_type, serial=serial)
        if held is None:
            return STRANGER
        token = read_push_token(body)
        if token is None:
            return NONSENSE
        made = registrations.register_copy(held, pass_type=pass_type, device_id=device_id, push_token=token, now=now)
        return PhoneAnswer(made.value)


def read_push_token(body: Any) -> str | None:
    """The push token in what a phone sent; None for what can be none, as it becomes a part of an address."""
    token = body.get("pushToken") if isinstance(body, dict) else None
    if not isinstance(token, str) or not 0 < len(token) <= devices.LONGEST_TOKEN:
        return None
    return token if token.isascii() and token.isalnum() else None


def answer_removal(*, authorization: str, device_id: str, pass_type: str, serial: str) -> PhoneAnswer:
    """200, also for a copy that is not there any more."""
    with db.system():
        held = registrations.find_copy(authorization=authorization, pass_type=pass_type, serial=serial)
        if held is None:
            return STRANGER
        registrations.unregister_copy(held, device_id=device_id)
        return PhoneAnswer(200)


def answer_list(*, device_id: str, pass_type: str, tag: str | None, network: str, now: datetime) -> PhoneAnswer:
    """200 with the passes that changed and the next tag, or 204. Raises `TooManyRequests`."""
    listed = registrations.list_changed(pass_type=pass_type, device_id=device_id, tag=tag, network=network, now=now)
    if listed is None:
        return PhoneAnswer(204)
    said = {"serialNumbers": list(listed.serials), "lastUpdated": listed.tag}
    return PhoneAnswer(200, write_json(said), {"Content-Type": "application/json"})


def answer_fetch(*, authorization: str, pass_type: str, serial: str, since: str | None, now: datetime) -> PhoneAnswer:
    """200 with the pass as it is now, or 304 for a phone that has it so."""
    if not registrations.is_admitted(authorization, serial):
        return STRANGER
    _, found = db.fetch_each(Call(db.SYSTEM), Call(queries.CHANGED_AT, [serial]))
    identity = identities.identity_with(pass_type)
    if not found or identity is None or not identities.signs_for(identity, found[0][1]):
        return STRANGER
    if is_unchanged(found[0][0], since, now=now):
        return PhoneAnswer(304)
    if not identity.is_valid(now):
        return PhoneAnswer(503, headers={"Retry-After": str(AN_HOUR_S)})
    return _whole(serial, identity, now=now)


def _whole(serial: str, identity: PassIdentity, *, now: datetime) -> PhoneAnswer:
    held = issuance.find_pass(serial)
    if held is None:
        return STRANGER
    file = downloads.make_file(held, identity, now=now)
    return PhoneAnswer(
        200, file.content, {"Content-Type": MEDIA_TYPE, "Last-Modified": write_http_date(file.changed_at)}
    )


def answer_logs(*, body: Any, network: str, now: datetime) -> PhoneAnswer:
    """200, whatever it says. Raises `TooManyRequests`."""
    phone_logs.take_logs(body, network=network, now=now)
    return PhoneAnswer(200)


def is_unchanged(changed_at: datetime, since: str | None, *, now: datetime) -> bool:
    """Whether a phone that names this instant (`If-Modified-Since`) has the pass as it is.

    What cannot be read says nothing, nor does an instant that is still to come, unless it is ours: of many changes
    within a second the last ones are dated ahead, so that no two have one instant.
    """
    try:
        known = parsedate_to_datetime(since or "")
    except ValueError:
        return False
    known = known.replace(tzinfo=UTC) if known.tzinfo is None else known
    return known == changed_at or changed_at < known <= now


def write_http_date(instant: datetime) -> str:
    """An instant as HTTP writes it (RFC 9110 section 5.6.7)."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)
