"""A phone speaks and is answered: what it says goes to presence, what it shall watch comes back.

Nothing is kept of what no permission covers, and then the answer still is an array: an app that is refused keeps its
message for ever, or throws it away. Once nothing is permitted, the answer takes our fences off the phone.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.accounts import quotas
from app.accounts.addresses import keyed_hash
from app.accounts.quotas import Quota, Spending
from app.errors import TooManyRequests
from app.phones.models import Installation
from app.sql import db
from geo.owntracks import choosers, credentials, messages, secretbox, vectors, waypoints
from geo.owntracks.messages import SaidByPhone, SaidCrossing
from geo.owntracks.models import OwntracksAccess
from geo.owntracks.waypoints import Given
from geo.presence import reports
from geo.presence.facts import BeaconHeard, CrossingSaid, FixSaid, Report
from geo.presence.listeners import Asking

MESSAGES = Quota("owntracks-messages", 600, timedelta(hours=1), TooManyRequests)
"""Of one phone: a queue of a long flight comes at once, and then a message each six seconds, as a tracker that moves
sends them. What is more is passed over: a refusal would make the app keep it, or throw it away and complain."""


def answer_phone(*, authorization: str, body: bytes, now: datetime) -> list[dict[str, Any]]:
    """Take what a phone says, and answer with commands, or with nothing; sealed if it was.

    Raises `OwntracksNotAccepted` for credentials that are none; for nothing else.
    """
    access = credentials.admit_phone(authorization, now=now)
    if not _has_room(access, now=now):
        return []
    key, heard = credentials.key_of(access), messages.parse_body(body)
    is_sealed = any(secretbox.is_sealed(one) for one in heard)
    plain = [part for one in heard for part in _opened(one, key)]
    command = _answer(access, plain, now=now)
    if command is None:
        return []
    return [secretbox.seal_message(command, key) if is_sealed and key is not None else command]


def _opened(message: Mapping[str, Any], key: str | None) -> Sequence[Mapping[str, Any]]:
    return secretbox.open_message(message, key) if secretbox.is_sealed(message) else [message]


def _has_room(access: OwntracksAccess, *, now: datetime) -> bool:
    try:
        quotas.spend_quotas([Spending(MESSAGES, access.id.hex)], now=now)
    except TooManyRequests:
        return False
    return True


def _answer(access: OwntracksAccess, plain: Sequence[Mapping[str, Any]], *, now: datetime) -> dict[str, Any] | None:
    """The command for this phone, if it has to be told anything."""
    said = messages.read_messages(plain)
    asking = Asking(access.member_id, None, access.installation_id, background=True)
    given = [Given.read(one) for one in access.given]
    phone = db.get(Installation, (access.member_id, access.installation_id))
    permits = choosers.read_permits(asking, phone, now=now)
    crossed = _of_ours(said, given)
    report = Report(
        fixes=[FixSaid(one.key, one.at, one.lon, one.lat, one.accuracy_m) for one in said.locations],
        beacons=[BeaconHeard(one.key, one.at, "ibeacon", one.frame) for one in said.beacons],
        crossings=[CrossingSaid(one.key, one.at, one.is_enter, fence_id=fence_id) for one, fence_id in crossed],
    )
    if said.status is not None or (any(report) and permits.any_stands(now=now)):
        events = [one.at for one, _ in crossed if one.by_region]
        phone = vectors.note_vector(access, phone, status=said.status, events=events, now=now)
        _take(asking, report, now=now)
        permits = choosers.read_permits(asking, phone, now=now)  # a visit that is over ends what was for that visit
    wished = choosers.choose_watches(asking, permits, platform=access.platform, now=now)
    sign = keyed_hash(repr(plain))[:16]
    again = bool(plain) and access.answered_hash == sign
    told, after = waypoints.compare_watches(given, wished, again=again, held=said.waypoints)
    if not told:
        _settle(access, after)
        return None
    access.given, access.answered_hash = [one.write() for one in after], sign
    db.session().flush()
    return waypoints.say_waypoints(told)


def _settle(access: OwntracksAccess, after: Sequence[Given]) -> None:
    """The phone goes on with another message, so it has heard the answer before: what is off it is forgotten."""
    kept = [one.write() for one in after if one.digest is not None]
    if access.answered_hash is not None or kept != access.given:
        access.given, access.answered_hash = kept, None
        db.session().flush()


def _take(asking: Asking, report: Report, *, now: datetime) -> None:
    if any(report):
        reports.take_report(
            member_id=asking.member_id,
            session_id=asking.session_id,
            installation_id=asking.installation_id,
            report=report,
            now=now,
            background=asking.background,
        )


def _of_ours(said: SaidByPhone, given: Sequence[Given]) -> list[tuple[SaidCrossing, uuid.UUID]]:
    """The crossings of fences that we gave to this phone; its owner's own waypoints are nobody's business."""
    by_name: dict[object, Given] = {name: one for one in given for name in (one.fence_id, one.number)}
    named = [(one, by_name.get(waypoints.fence_named(one.rid, one.wtst))) for one in said.crossings]
    return [(one, known.fence_id) for one, known in named if known is not None]
