"""Somebody takes a request, extends its time with a reason, answers it, or refuses it with a reason."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.access_log.reads import note_read, note_reads
from app.data_map import DataClass
from app.messages import notices
from app.messages.models import NoticeKind
from app.rights import queries
from app.rights.errors import ExtensionTooLate, RightsRequestClosed, RightsRequestUnknown
from app.rights.models import OPEN, RequestKind, RequestState, RightsRequest
from app.rights.requests.intake import MONTHS_EXTENDED, due
from app.sql import db

SEEN = (DataClass.RIGHTS_REQUEST,)


def read_request(*, brand_id: uuid.UUID | None, request_id: uuid.UUID, now: datetime) -> RightsRequest:
    """A request to this brand (None: to the wallet as a whole). Raises `RightsRequestUnknown`."""
    found = db.first(queries.requests_to(brand_id).where(RightsRequest.id == request_id))
    if found is None:
        raise RightsRequestUnknown
    note_read(member_id=found.member_id, classes=SEEN, now=now)
    return found


def note_shown(requests: Sequence[RightsRequest], *, now: datetime) -> None:
    """Record that staff saw these in a list."""
    note_reads(member_ids=[request.member_id for request in requests], classes=SEEN, now=now)


def take_request(*, brand_id: uuid.UUID | None, request_id: uuid.UUID, now: datetime) -> RightsRequest:
    """Begin to work on it; twice changes nothing more. Raises `RightsRequestUnknown`, `RightsRequestClosed`."""
    request = _locked(brand_id, request_id)
    if request.state == RequestState.RECEIVED:
        request.state, request.taken_at = RequestState.IN_PROGRESS, now
    return _written(request, now=now)


def extend_request(*, brand_id: uuid.UUID | None, request_id: uuid.UUID, reason: str, now: datetime) -> RightsRequest:
    """Give it two more months; the member reads the reason with the new date (GDPR article 12(3)).

    Raises `RightsRequestUnknown`, `RightsRequestClosed`; `ExtensionTooLate` after the first month, or a second time.
    """
    request = _locked(brand_id, request_id)
    if request.extended_at is not None or request.due_at <= now:
        raise ExtensionTooLate
    request.state, request.extended_at, request.extension_reason = RequestState.EXTENDED, now, reason
    request.taken_at = request.taken_at or now
    request.due_at = due(request.received_at, months=MONTHS_EXTENDED)
    request.warned_at = None  # the alarm rings again before the new end
    return _written(request, now=now)


def answer_request(*, brand_id: uuid.UUID | None, request_id: uuid.UUID, text: str, now: datetime) -> RightsRequest:
    """Close it with an answer. Raises `RightsRequestUnknown`, `RightsRequestClosed`."""
    request = _locked(brand_id, request_id)
    request.state, request.answer, request.closed_at = RequestState.ANSWERED, text, now
    if request.kind == RequestKind.RECTIFICATION:  # GDPR article 19: recipients hear of it
        notices.tell_sinks(
            member_id=request.member_id,
            kind=NoticeKind.RECTIFICATION,
            about=request.id,
            brand_id=request.brand_id,
            now=now,
        )
    return _written(request, now=now)


def refuse_request(*, brand_id: uuid.UUID | None, request_id: uuid.UUID, reason: str, now: datetime) -> RightsRequest:
    """Close it with a refusal and its reason (GDPR articles 12(4) and 12(5)).

    Raises `RightsRequestUnknown`, `RightsRequestClosed`.
    """
    request = _locked(brand_id, request_id)
    request.state, request.refusal_reason, request.closed_at = RequestState.REFUSED, reason, now
    return _written(request, now=now)


def _locked(brand_id: uuid.UUID | None, request_id: uuid.UUID) -> RightsRequest:
    request = db.first(db.locked(queries.request_to(brand_id, request_id)))
    if request is None:
        raise RightsRequestUnknown
    if request.state not in OPEN:
        raise RightsRequestClosed
    return request


def _written(request: RightsRequest, *, now: datetime) -> RightsRequest:
    db.session().flush()
    return read_request(brand_id=request.brand_id, request_id=request.id, now=now)
