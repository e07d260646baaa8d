"""Somebody new at the console: an administrator names them, and they choose a password that nobody else knows."""

import uuid
from datetime import datetime

from app.accounts import console_users
from app.accounts.console_users import StaffAct, create_console_user
from app.accounts.models import Brand, ConsoleUser
from app.carriers import channels
from app.errors import NotFound
from app.http.access import Role
from app.languages import Language
from app.sql import db
from app.staff import queries, staff_mail, tickets
from app.staff.errors import UserNotWaiting
from app.staff.tickets import NewTicket, TicketKind


def invite_user(
    *,
    brand_id: uuid.UUID,
    email: str,
    name: str,
    role: Role,
    language: Language | None,
    by_id: uuid.UUID,
    now: datetime,
) -> ConsoleUser:
    """Let a person work for a brand, and write to them. `email` in its one spelling; `language` is the brand's unless
    it is given. Raises `ConsoleUserExists`, and `ChannelUnavailable` when there is no mail at all.
    """
    channels.require_mail()
    brand = db.session().get_one(Brand, brand_id)
    user = create_console_user(
        brand_id=brand_id, email=email, name=name, role=role, language=language or _language_of(brand), now=now
    )
    _post_invitation(user, brand, by_id=by_id, now=now)
    return user


def invite_user_again(*, brand_id: uuid.UUID, user_id: uuid.UUID, by_id: uuid.UUID, now: datetime) -> ConsoleUser:
    """Send a new link to somebody who has not chosen a password yet; the one before is void.

    Raises `NotFound`, `UserNotWaiting`, and `ChannelUnavailable` when there is no mail at all.
    """
    channels.require_mail()
    user = db.first(db.locked(queries.user_of_brand(brand_id, user_id)))
    if user is None:
        raise NotFound
    if user.state != "invited":
        raise UserNotWaiting
    _post_invitation(user, db.session().get_one(Brand, brand_id), by_id=by_id, now=now)
    return user


def open_brand(*, brand: Brand, email: str, name: str, now: datetime) -> NewTicket:
    """Make the first administrator of a brand. The operator passes the link on: no mail need leave yet."""
    user = create_console_user(
        brand_id=brand.id, email=email, name=name, role=Role.ADMIN, language=_language_of(brand), now=now
    )
    console_users.note_staff_event(StaffAct.INVITED, user=user, by_id=None, now=now)
    return tickets.issue_ticket(user=user, kind=TicketKind.INVITATION, now=now)


def _post_invitation(user: ConsoleUser, brand: Brand, *, by_id: uuid.UUID, now: datetime) -> None:
    ticket = tickets.issue_ticket(user=user, kind=TicketKind.INVITATION, now=now)
    console_users.note_staff_event(StaffAct.INVITED, user=user, by_id=by_id, now=now)
    lasting = tickets.LASTING[TicketKind.INVITATION]
    staff_mail.post_invitation(user=user, brand=brand, link=ticket.link, lasting=lasting, now=now)


def _language_of(brand: Brand) -> Language:
    return "en" if brand.language == "en" else "fr"
