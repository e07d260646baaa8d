"""One's own password: changed with the one before, or by a link that is mailed when it is forgotten."""

import uuid
from datetime import datetime

from app.accounts import console_users, guess_limits
from app.accounts import queries as accounts
from app.accounts.console_users import StaffAct
from app.accounts.errors import CredentialsNotAccepted
from app.accounts.models import Brand, ConsoleUser
from app.accounts.passwords import hash_password, password_matches
from app.accounts.quotas import Quota, Spending, give_back, spend_quotas
from app.carriers import channels
from app.sql import db
from app.staff import staff_mail, strength, tickets
from app.staff.errors import TooManyResets
from app.staff.staff_mail import Notice
from app.staff.tickets import TicketKind

RESETS = Quota("password-resets", 5, guess_limits.HOUR, TooManyResets)
"""For one address, known or not: whoever uses it up leaves the person links that work."""


def ask_reset(*, brand: str, email: str, now: datetime) -> None:
    """Mail a link to whoever has this address at this brand, if anybody; `brand` is its code.

    Raises `ChannelUnavailable`, `TooManyResets`: neither depends on whether we know the address.
    """
    channels.require_mail()
    spend_quotas([Spending(RESETS, f"{brand}:{email}")], now=now)
    user = db.first(accounts.console_user_with(brand, email))
    if user is not None:
        ticket = tickets.issue_ticket(user=user, kind=TicketKind.RESET, now=now)
        its_brand = db.session().get_one(Brand, user.brand_id)
        staff_mail.post_reset(user=user, brand=its_brand, link=ticket.link, now=now)


def change_password(*, user_id: uuid.UUID, session_id: uuid.UUID, old: str, new: str, now: datetime) -> None:
    """Replace one's password by another. Every other session of theirs ends, and every link that was open.

    Raises `CredentialsNotAccepted` for a wrong old password, `TooManyGuesses`, and `Malformed` for one that is too easy
    to guess.
    """
    user, brand = prove_own_password(user_id=user_id, password=old, now=now)
    strength.require_strong_password(new, user=user, brand=brand, pointer="/new_password")
    user.password_hash = hash_password(new)
    tickets.void_tickets(user_id=user.id, now=now)
    console_users.end_console_sessions(user_id=user.id, now=now, but=session_id)
    staff_mail.tell_user(StaffAct.PASSWORD_CHANGED, Notice.PASSWORD_CHANGED, user=user, by_id=user.id, now=now)


def prove_own_password(*, user_id: uuid.UUID, password: str, now: datetime) -> tuple[ConsoleUser, Brand]:
    """Make sure that whoever is signed in is still the one who signed in, before their access changes. Locks the user.

    Wrong ones are counted by themselves: nobody at the door is held up by them, nor they by the door.
    Raises `CredentialsNotAccepted`, `TooManyGuesses`, `CostlyDoorBusy`.
    """
    [user] = db.all_of(accounts.console_user_locked(user_id))
    brand = db.session().get_one(Brand, user.brand_id)
    tried = [Spending(guess_limits.PASSWORDS_OF_ASKER, f"own:{user_id}")]
    spend_quotas(tried, now=now)
    if not password_matches(password, user.password_hash, asker=str(user_id), is_known=True):
        raise CredentialsNotAccepted
    give_back(tried, now=now)
    return user, brand
