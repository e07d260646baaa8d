"""Rights requests for tests."""

import uuid
from datetime import datetime

from app.access_log import queries as access_log
from app.accounts.models import Brand, Member
from app.rights import queries
from app.rights.models import RequestKind, RightsRequest
from app.rights.requests import intake
from app.sql import db
from tests.factories import NOON


def ask(
    member: Member, kind: RequestKind = RequestKind.REVIEW, *, brand: Brand | None = None, now: datetime = NOON
) -> RightsRequest:
    """What this member asks, of a brand or of the wallet."""
    with db.system_transaction():
        return intake.ask_for_right(
            member_id=member.id, kind=kind, brand_id=brand and brand.id, statement="Regardez encore.", now=now
        )


def as_it_is(request: RightsRequest) -> RightsRequest:
    """The same request, read again."""
    with db.system_transaction():
        found = db.first(queries.request_of(request.member_id, request.id))
    assert found is not None
    return found


def reads_of(member_id: uuid.UUID) -> list[tuple[str, tuple[str, ...]]]:
    """Who saw what of this member, oldest first: role and classes."""
    with db.system_transaction():
        found = sorted(db.all_of(access_log.reads_of(member_id)), key=lambda read: read.id)
    return [(read.role, tuple(read.data_classes)) for read in found]
