"""An app says what its phone allows it, whenever it starts and whenever a setting changes."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.accounts.models import MemberSession
from app.phones.errors import ReportFromTheFuture, ReportTooOld
from app.phones.models import Installation
from app.phones.queries import installation_locked
from app.sql import db

AHEAD = timedelta(seconds=300)
"""How far a phone's clock may be ahead of ours."""


def report_installation(
    *, member_id: uuid.UUID, session_id: uuid.UUID | None, installation_id: uuid.UUID, now: datetime, **vector: Any
) -> Installation:
    """Keep what an installation says, and tell the sign-in that it uses; return the installation. An app that signs in
    otherwise than members do has no `session_id`.

    A report that is older than the last one changes nothing: phones send late. `vector` is the columns of
    `Installation`. Raises `ReportFromTheFuture`, and `ReportTooOld` for a first report that nobody can rely on.
    """
    said = vector | {"reported_at": time_claimed(vector["reported_at"], now=now)}
    known = db.first(installation_locked(member_id, installation_id))
    if known is None:
        if (now - said["reported_at"]).days >= 1:
            raise ReportTooOld
        known = db.add(Installation(member_id=member_id, id=installation_id, created_at=now, **said))
    elif said["reported_at"] >= known.reported_at:
        for name, value in said.items():
            setattr(known, name, value)
    _tell(known, session_id=session_id)
    return known


def time_claimed(at: datetime, *, now: datetime) -> datetime:
    """When a phone says that it read its settings, and never later than now. Raises `ReportFromTheFuture`."""
    if at - now > AHEAD:
        raise ReportFromTheFuture
    return min(at, now)


def _tell(installation: Installation, *, session_id: uuid.UUID | None) -> None:
    """The sign-ins of this installation carry whether it shares its position; the one that reports becomes one."""
    db.session().flush()
    mine = MemberSession.member_id == installation.member_id
    uses_it = (MemberSession.id == session_id) | (MemberSession.installation_id == installation.id)
    db.execute(
        update(MemberSession)
        .where(mine, uses_it)
        .values(installation_id=installation.id, os_location=installation.location)
    )
