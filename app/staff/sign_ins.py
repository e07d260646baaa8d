"""The door of the console: a password and what stands beside it, or a passkey; and where one is still signed in."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.accounts import console_users
from app.accounts import queries as accounts
from app.accounts.console_users import ConsoleSignIn, StaffAct
from app.accounts.models import ConsoleSession, ConsoleUser
from app.errors import NotFound
from app.sql import db
from app.staff import own_passwords, passkeys, second_factors
from app.staff.errors import SecondFactorNeeded


def sign_in_to_console(
    *,
    brand: str,
    email: str,
    password: str,
    code: str | None,
    device: str | None,
    client: str,
    now: datetime,
) -> ConsoleSignIn:
    """Open a console session; `brand` is the brand's code, `email` in its one spelling, `code` that of an app or a
    recovery code, for whoever has a second factor; `device` and `client` as `prove_console_password` has them.

    Raises `CredentialsNotAccepted`, the same whatever is wrong; `TooManyGuesses`, `TooManyPasswords`, `CostlyDoorBusy`.
    To whoever has the password: `SecondFactorNeeded`, `SecondFactorNotAccepted`, `TooManyFactorGuesses`.
    """
    known: dict[str, Any] = {"brand": brand, "email": email, "password": password, "device": device, "client": client}
    user = console_users.prove_console_password(**known, now=now)
    held = second_factors.find_factors(user.id).names()
    if not held:
        return console_users.open_console_session(user, second_factor=None, now=now)
    if code is None:
        raise SecondFactorNeeded(factors=held)
    shown = second_factors.prove_code(user=user, code=code, now=now)
    return console_users.open_console_session(user, second_factor=shown, now=now)


def sign_in_with_passkey(*, credential: Mapping[str, Any], now: datetime) -> ConsoleSignIn:
    """Open a console session for whoever's passkey answered. Raises `PasskeyNotAccepted`."""
    user = passkeys.prove_passkey(credential=credential, now=now)
    return console_users.open_console_session(user, second_factor=second_factors.PASSKEY, now=now)


def end_own_sessions(
    *, user_id: uuid.UUID, here: uuid.UUID, password: str, session_id: uuid.UUID | None, now: datetime
) -> None:
    """End one of one's own sessions, or where none is named all but this one, `here`. Twice is no error.

    Raises `CredentialsNotAccepted`, `TooManyGuesses`, `CostlyDoorBusy`; `NotFound` for a session that is not theirs.
    """
    user, _ = own_passwords.prove_own_password(user_id=user_id, password=password, now=now)
    if session_id is None:
        ended = console_users.end_console_sessions(user_id=user_id, now=now, but=here)
    else:
        session = db.get(ConsoleSession, session_id)
        if session is None or session.user_id != user_id:
            raise NotFound
        ended = session.revoked_at is None
        console_users.sign_out_of_console(session_id=session_id, now=now)
    if ended:
        console_users.note_staff_event(StaffAct.SIGNED_OUT, user=user, by_id=user_id, now=now)


def end_sessions_of_staff(*, brand_id: uuid.UUID | None, email: str | None, now: datetime) -> int:
    """End the console sessions of whoever has this address, or of everybody, at this brand or at all; by an operator.

    It is written down with the brand's staff events. How many sessions were open.
    """
    asked = accounts.console_users_signed_in(now=now)
    if brand_id is not None:
        asked = asked.where(ConsoleUser.brand_id == brand_id)
    if email is not None:
        asked = asked.where(ConsoleUser.email == email)
    users = db.all_of(asked)
    ended = sum(console_users.end_console_sessions(user_id=user.id, now=now) for user in users)
    for user in users:
        console_users.note_staff_event(StaffAct.SIGNED_OUT, user=user, by_id=None, now=now)
    return ended
