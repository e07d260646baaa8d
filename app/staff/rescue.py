"""An administrator who cannot come in any more, let in again by whoever runs the server."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.accounts import console_users
from app.accounts.console_users import StaffAct
from app.accounts.models import NO_PASSWORD, Brand, ConsoleUser
from app.http.access import Role
from app.languages import Language
from app.sql import db
from app.staff import factor_removal, queries, tickets
from app.staff.tickets import NewTicket, TicketKind

NAME = "Administrator"


class Rescued(NamedTuple):
    """Who is let in again, and the link by which they choose a new password."""

    user: ConsoleUser
    ticket: NewTicket


def find_administrators(*, brand: Brand) -> Sequence[ConsoleUser]:
    """Who administers this brand now, oldest first."""
    return db.all_of(queries.administrators_of(brand.id))


def rescue_administrator(*, brand: Brand, email: str, now: datetime) -> Rescued:
    """Make whoever has this address an administrator who can come in again: with a new password, without the second
    factors of before. Every session of theirs ends. An address that nobody has becomes a new administrator's.
    """
    user = db.first(db.locked(queries.user_with(brand.id, email)))
    if user is None:
        language: Language = "en" if brand.language == "en" else "fr"
        user = console_users.create_console_user(
            brand_id=brand.id, email=email, name=NAME, role=Role.ADMIN, language=language, now=now
        )
    user.role, user.disabled_at, user.password_hash = Role.ADMIN, None, NO_PASSWORD
    db.session().flush()
    factor_removal.clear_factors(user_id=user.id)
    console_users.end_console_sessions(user_id=user.id, now=now)
    console_users.note_staff_event(StaffAct.RESCUED, user=user, by_id=None, now=now)
    return Rescued(user, tickets.issue_ticket(user=user, kind=TicketKind.RESCUE, now=now))
