"""Tell the sinks: each is told once about each fact, until it confirms. One that is later than its bound is an alarm.

A notice is a POST signed as Standard Webhooks are (`webhook-id`, `webhook-timestamp`, `webhook-signature`). 200, 201
and 204 confirm that it is done; 202 says only that it was heard, so it comes again. The sink is told its own name of
the member and what is over, nothing else.
"""

import base64
import hashlib
import hmac
import http.client
import ssl
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from app import clock
from app.consent.models import NO, PermissionEvent
from app.logs import log
from app.messages import queries
from app.messages.models import NoticeKind, Sink, SinkNotice
from app.messages.sinks import signing_keys, subject_of
from app.sql import db

ANSWER_S = 5
BATCH = 20
LEASE = timedelta(minutes=5)
CONFIRMS = (200, 201, 204)
BACK_OFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
"""Between the tries; the last one repeats until the sink confirms."""

CONFIRMED_KEPT = timedelta(days=90)


class Posted(NamedTuple):
    """One request to a sink."""

    url: str
    body: bytes
    headers: dict[str, str]


Post = Callable[[Posted], int | None]
"""Sends it; the HTTP status, or None when there was no answer."""


def tell_sinks(
    *,
    member_id: uuid.UUID,
    kind: NoticeKind,
    about: uuid.UUID,
    now: datetime,
    brand_id: uuid.UUID | None = None,
    touchpoint: str | None = None,
    purpose: str | None = None,
) -> int:
    """Write down what each sink concerned must be told; `about` is the event or request that it is about.

    Without a brand every brand's sinks are told, without a purpose those of every purpose. Returns how many are.
    Being asked twice about one fact is being asked once. Call it in the transaction of the fact.
    """
    return tell_sinks_of_brands(
        member_id=member_id,
        kind=kind,
        about=about,
        brand_ids=None if brand_id is None else (brand_id,),
        touchpoint=touchpoint,
        purpose=purpose,
        now=now,
    )


def tell_sinks_of_brands(
    *,
    member_id: uuid.UUID,
    kind: NoticeKind,
    about: uuid.UUID,
    now: datetime,
    brand_ids: Collection[uuid.UUID] | None,
    touchpoint: str | None = None,
    purpose: str | None = None,
) -> int:
    """Write down what each sink of several brands, of all when None, must be told; otherwise as `tell_sinks` does."""
    notices = [
        _notice(sink, member_id=member_id, kind=kind, about=about, touchpoint=touchpoint, purpose=purpose, now=now)
        for sink in db.all_of(queries.sinks_to_tell(brand_ids=brand_ids, purpose=purpose))
    ]
    return len(db.execute(queries.new_notices(notices)).all()) if notices else 0


def tell_sinks_of(event: PermissionEvent, *, now: datetime) -> int:
    """Tell the sinks that were given data for this purpose that the member, or somebody for them, has ended it."""
    if event.state not in NO:
        return 0
    return tell_sinks(
        member_id=event.member_id,
        kind=NoticeKind.WITHDRAWAL,
        about=event.id,
        brand_id=event.brand_id,
        touchpoint=event.touchpoint,
        purpose=event.purpose,
        now=now,
    )


def tell_sinks_of_all(events: Sequence[PermissionEvent]) -> int:
    """Tell the sinks that were given data for these purposes of one member that they are ended; as `tell_sinks_of`."""
    ended = [event for event in events if event.state in NO]
    sinks = db.all_of(queries.sinks_to_tell(brand_ids={event.brand_id for event in ended}, purpose=None))
    notices = [
        _notice(
            sink,
            member_id=event.member_id,
            kind=NoticeKind.WITHDRAWAL,
            about=event.id,
            touchpoint=event.touchpoint,
            purpose=event.purpose,
            now=event.recorded_at,
        )
        for event in ended
        for sink in sinks
        if sink.brand_id == event.brand_id and event.purpose in sink.purposes
    ]
    return len(db.execute(queries.new_notices(notices)).all()) if notices else 0


def post_notice(posted: Posted) -> int | None:
    """Send it over TLS, following no redirect."""
    parts = urlsplit(posted.url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection(host, port, timeout=ANSWER_S, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=ANSWER_S)
    )
    try:
        connection.request("POST", parts.path or "/", body=posted.body, headers=posted.headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        log.warning("sink_unreachable", error=type(error).__name__)
        return None
    finally:
        connection.close()


def deliver_due(*, clock: Callable[[], datetime] = clock.now, post: Post = post_notice) -> int:
    """Tell the sinks what is due; return how many notices were confirmed.

    A sink that does not answer is asked once: the others do not wait for it again and again.
    """
    confirmed, silent = 0, set[uuid.UUID]()
    while due := _lease(now=clock()):
        for member_id, id in due:
            confirmed += _deliver_alone(member_id, id, clock=clock, post=post, silent=silent)
    return confirmed


def forget_confirmed(*, now: datetime) -> int:
    """Delete notices that were confirmed long enough ago."""
    return len(db.execute(queries.confirmed_before(now - CONFIRMED_KEPT)).all())


def posted_of(notice: SinkNotice, sink: Sink, *, now: datetime) -> Posted:
    """The request of a notice, signed with each key that the sink may know us by (Standard Webhooks 1.0)."""
    fact = {"brand_id": notice.brand_id, "touchpoint": notice.touchpoint, "purpose": notice.purpose}
    body = orjson.dumps(
        {
            "type": f"member.{notice.kind}",
            "timestamp": notice.happened_at,
            "data": {"subject": subject_of(sink, notice.member_id), **fact},
        }
    )
    sent_at = str(int(now.timestamp()))
    signed = f"{notice.id}.{sent_at}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in signing_keys(sink)]
    headers = {
        "content-type": "application/json",
        "webhook-id": str(notice.id),
        "webhook-timestamp": sent_at,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
    return Posted(url=sink.url, body=body, headers=headers)


def _notice(sink: Sink, *, now: datetime, **said: Any) -> dict[str, Any]:
    return {
        **said,
        "id": db.new_id(),
        "brand_id": sink.brand_id,
        "sink_id": sink.id,
        "happened_at": now,
        "created_at": now,
        "bound_at": now + timedelta(seconds=sink.bound_s),
        "due_at": now,
    }


def _lease(*, now: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    with db.system_transaction():
        found = db.execute(queries.notices_due(now=now, until=now + LEASE, limit=BATCH))
        return [(row.member_id, row.id) for row in found]


def _deliver_alone(
    member_id: uuid.UUID, id: uuid.UUID, *, clock: Callable[[], datetime], post: Post, silent: set[uuid.UUID]
) -> bool:
    """Deliver one notice; one that cannot be written comes again after its lease, and keeps none waiting beside it."""
    try:
        return _deliver(member_id, id, clock=clock, post=post, silent=silent)
    except Exception as error:
        log.error("notice_not_delivered", error=type(error).__name__)
        return False


def _deliver(
    member_id: uuid.UUID, id: uuid.UUID, *, clock: Callable[[], datetime], post: Post, silent: set[uuid.UUID]
) -> bool:
    with db.system_transaction():
        notice = db.first(queries.notice_with(member_id, id))
        sink = None if notice is None else db.get(Sink, notice.sink_id)
        if notice is None or sink is None:
            return False  # forgotten meanwhile
        request = posted_of(notice, sink, now=clock())
    # No transaction is open while we wait for somebody else's system.
    status = None if sink.id in silent else post(request)
    if status is None:
        silent.add(sink.id)
    with db.system_transaction():
        notice = db.first(db.locked(queries.notice_with(member_id, id)))
        if notice is None or notice.acknowledged_at is not None:
            return False
        if status in CONFIRMS:
            notice.acknowledged_at = clock()
            return True
        notice.due_at = clock() + BACK_OFF[min(notice.tries, len(BACK_OFF)) - 1]
        return False
