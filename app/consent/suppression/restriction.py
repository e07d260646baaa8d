"""A member's data are kept and not used (GDPR 18): every permission rests, none is lost, and nothing is changed.

The sign-ins carry it too, so that "near me" knows without looking further.
"""

import uuid
from datetime import datetime

from sqlalchemy import update

from app.accounts.models import Member, MemberSession
from app.accounts.queries import member_locked
from app.consent.ledger.events import lock_permissions
from app.consent.noes import notes
from app.consent.standing import tell_standing
from app.errors import NotFound
from app.sql import db


def restrict_processing(*, member_id: uuid.UUID, now: datetime) -> Member:
    """From now on nothing is permitted, whatever was. Waits for what is being sent. Twice is once.

    Raises `NotFound`.
    """
    member = _mark(member_id, restricted_at=now, now=now)
    notes.note_restriction(member_id, at=now, stands=True)
    return member


def lift_restriction(*, member_id: uuid.UUID, now: datetime) -> Member:
    """What was permitted is permitted again. Raises `NotFound`."""
    member = _mark(member_id, restricted_at=None, now=now)
    notes.note_restriction(member_id, at=now, stands=False)
    return member


def _mark(member_id: uuid.UUID, *, restricted_at: datetime | None, now: datetime) -> Member:
    lock_permissions(member_id)
    member = db.first(member_locked(member_id))
    if member is None:
        raise NotFound
    member.restricted_at = restricted_at and (member.restricted_at or restricted_at)
    carry_restriction(member, now=now)
    return member


def carry_restriction(member: Member, *, now: datetime) -> None:
    """Tell the member's sign-ins what they carry of the member, and the rooms above that permissions stand otherwise.
    Whoever changes it calls this, with the row locked."""
    db.session().flush()
    db.execute(
        update(MemberSession)
        .where(MemberSession.member_id == member.id)
        .values(restricted_at=member.restricted_at, minor_until=member.minor_until)
    )
    tell_standing(now, member_id=member.id)
