"""A member asks for a right; the clock starts at once (GDPR article 12(3)).

What a programme can do it does in the same transaction, and the request is answered when it is made: the exports,
restriction, objection. The erasure of a wallet begins at once and closes its request when it is complete. What a person
must judge waits for one. A signed-in session is identity enough (article 12(6)): nothing else is asked for.
"""

import calendar
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from app.consent.suppression import objections, restriction
from app.messages import cancellation, notices
from app.messages.models import NoticeKind
from app.rights import queries
from app.rights.erasure import steps
from app.rights.errors import RightsRequestUnknown, StatementMissing
from app.rights.models import RequestKind, RequestState, RightsRequest
from app.sql import db

MONTHS, MONTHS_EXTENDED = 1, 3
LONGEST_MONTH = timedelta(days=30)

FOR_A_PERSON = (RequestKind.RECTIFICATION, RequestKind.REVIEW)
"""What no programme can answer: somebody reads the statement."""

Effect = Callable[[RightsRequest, datetime], RequestState]
"""Does what is asked, and says where the request then stands."""


def ask_for_right(
    *, member_id: uuid.UUID, kind: RequestKind, brand_id: uuid.UUID | None, statement: str | None, now: datetime
) -> RightsRequest:
    """Record a request, and do at once what can be done at once. Raises `StatementMissing`."""
    if kind in FOR_A_PERSON and not statement:
        raise StatementMissing
    request = RightsRequest(
        id=db.new_id(),
        member_id=member_id,
        kind=kind,
        state=RequestState.RECEIVED,
        brand_id=brand_id,
        statement=statement,
        received_at=now,
        due_at=due(now, months=MONTHS),
    )
    effect = AT_ONCE.get(kind)
    if effect is not None:
        state = effect(request, now)
        request.state, request.taken_at = state, None if state is RequestState.RECEIVED else now
        request.closed_at = now if state is RequestState.ANSWERED else None
    db.add(request)
    return my_request(member_id=member_id, request_id=request.id)


def my_request(*, member_id: uuid.UUID, request_id: uuid.UUID) -> RightsRequest:
    """A request of the member's own, with its brand. Raises `RightsRequestUnknown`."""
    found = db.first(queries.request_of(member_id, request_id).execution_options(populate_existing=True))
    if found is None:
        raise RightsRequestUnknown
    return found


def due(received_at: datetime, *, months: int) -> datetime:
    """So many months later, on the same day or the last of a shorter month; a month has 30 days at most here."""
    year, month = divmod(received_at.month - 1 + months, 12)
    year, month = received_at.year + year, month + 1
    day = min(received_at.day, calendar.monthrange(year, month)[1])
    return min(received_at.replace(year=year, month=month, day=day), received_at + months * LONGEST_MONTH)


def _export(request: RightsRequest, now: datetime) -> RequestState:
    """The export is made when it is fetched, so that it is never older than the person thinks."""
    return RequestState.ANSWERED


def _restrict(request: RightsRequest, now: datetime) -> RequestState:
    """Article 18: everything is kept, and nothing is used."""
    restriction.restrict_processing(member_id=request.member_id, now=now)
    cancellation.cancel_forbidden(member_id=request.member_id, now=now)
    notices.tell_sinks(member_id=request.member_id, kind=NoticeKind.RESTRICTION, about=request.id, now=now)
    return RequestState.ANSWERED


def _object(request: RightsRequest, now: datetime) -> RequestState:
    """Article 21(2): absolute for marketing, without a reason."""
    whose, brand_id = request.member_id, request.brand_id
    objections.object_to_marketing(member_id=whose, brand_id=brand_id, now=now)
    notices.tell_sinks(member_id=whose, kind=NoticeKind.OBJECTION, about=request.id, brand_id=brand_id, now=now)
    return RequestState.ANSWERED


def _erase(request: RightsRequest, now: datetime) -> RequestState:
    """Article 17: the whole wallet at once; what one brand alone should forget is judged by a person there."""
    if request.brand_id is not None:
        return RequestState.RECEIVED
    steps.request_erasure(member_id=request.member_id, now=now)
    return RequestState.IN_PROGRESS


AT_ONCE: dict[RequestKind, Effect] = {
    RequestKind.ACCESS: _export,
    RequestKind.PORTABILITY: _export,
    RequestKind.RESTRICTION: _restrict,
    RequestKind.OBJECTION: _object,
    RequestKind.ERASURE: _erase,
}
"""What a programme does itself, in the transaction of the request."""
