"""Links by which somebody chooses their own password: an invitation, a reset, a rescue. Each works once.

The secret has 256 bits, so nobody guesses one; what a stranger sends is looked up by its hash and costs nothing more.
"""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import update

from app import config
from app.accounts import console_users, tokens
from app.accounts import queries as accounts
from app.accounts.console_users import StaffAct
from app.accounts.models import Brand, ConsoleUser
from app.accounts.passwords import hash_password
from app.sql import db
from app.staff import queries, staff_mail, strength
from app.staff.errors import TicketNotAccepted
from app.staff.models import PasswordTicket
from app.staff.staff_mail import Notice

PAGE = "/console/password"


class TicketKind(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    RESET = "reset"
    RESCUE = "rescue"


LASTING = {
    TicketKind.INVITATION: timedelta(days=7),
    TicketKind.RESET: timedelta(hours=1),
    TicketKind.RESCUE: timedelta(hours=1),
}


class NewTicket(NamedTuple):
    """A secret that is shown or sent once, and the address of the page that takes it."""

    secret: str
    link: str


class ChosenPassword(NamedTuple):
    """Whose password was chosen: what they sign in with. `brand` is the brand's code."""

    brand: str
    email: str
    name: str


def issue_ticket(*, user: ConsoleUser, kind: TicketKind, now: datetime) -> NewTicket:
    """A link for this user. Older ones stay as they are for a reset, which strangers may ask for, and else are void."""
    if kind is not TicketKind.RESET:
        void_tickets(user_id=user.id, now=now)
    secret, secret_hash = tokens.new_opaque_token(tokens.TICKET_PREFIX)
    db.add(
        PasswordTicket(
            user_id=user.id, kind=kind, secret_hash=secret_hash, created_at=now, expires_at=now + LASTING[kind]
        )
    )
    # Behind the `#`, where no server logs it.
    return NewTicket(secret, f"{config.current().public_url.rstrip('/')}{PAGE}#{secret}")


def choose_password(*, secret: str, password: str, now: datetime) -> ChosenPassword:
    """Use up a link: its user has this password from now on, and every session and other link of theirs ends.

    Raises `TicketNotAccepted`, the same whatever is wrong, and `Malformed` for a password that is too easy to guess,
    which leaves the link as it was.
    """
    this_one = queries.open_ticket(tokens.hash_of(secret), now=now)
    ticket = db.first(this_one)
    user = None if ticket is None else db.first(accounts.console_user_locked(ticket.user_id))
    # Looked at again under the lock: whoever came second has waited, and finds that it was used.
    if user is None or user.disabled_at is not None or (ticket := db.first(db.locked(this_one))) is None:
        raise TicketNotAccepted
    brand = db.session().get_one(Brand, user.brand_id)
    strength.require_strong_password(password, user=user, brand=brand)
    user.password_hash = hash_password(password)
    void_tickets(user_id=user.id, now=now)
    console_users.end_console_sessions(user_id=user.id, now=now)
    console_users.note_staff_event(StaffAct.PASSWORD_CHOSEN, user=user, by_id=user.id, now=now)
    if ticket.kind != TicketKind.INVITATION:
        staff_mail.post_notice(Notice.PASSWORD_CHANGED, user=user, brand=brand, now=now)
    return ChosenPassword(brand.code, user.email, user.name)


def void_tickets(*, user_id: uuid.UUID, now: datetime) -> None:
    """Make every link of this user useless that was not used yet."""
    mine = update(PasswordTicket).where(PasswordTicket.user_id == user_id, PasswordTicket.used_at.is_(None))
    db.execute(mine.values(used_at=now).execution_options(synchronize_session=False))
