"""Second factors that go: one's own, those of a colleague who has lost them, all of somebody who is rescued."""

import uuid
from datetime import datetime

from sqlalchemy import delete

from app.accounts import console_users
from app.accounts.console_users import StaffAct
from app.accounts.models import ConsoleUser
from app.errors import NotFound
from app.sql import db
from app.staff import authenticators, own_passwords, passkeys, queries, recovery_codes, second_factors, staff_mail
from app.staff.errors import OwnFactorsKept, SecondFactorKept
from app.staff.models import Passkey
from app.staff.staff_mail import Notice

REMOVED = StaffAct.SECOND_FACTOR_REMOVED


def remove_own_factor(*, user_id: uuid.UUID, password: str, passkey_id: uuid.UUID | None, now: datetime) -> None:
    """Take one's passkey away, or one's app where none is named.

    Raises `CredentialsNotAccepted`, `TooManyGuesses`, `NotFound`, and `SecondFactorKept` for the last one of a role
    that needs one.
    """
    user, brand = own_passwords.prove_own_password(user_id=user_id, password=password, now=now)
    held = second_factors.find_factors(user_id)
    is_last = held.totp + len(held.passkeys) == 1
    if passkey_id is None and not held.totp:
        raise NotFound
    if is_last and user.role in brand.second_factor_roles:
        raise SecondFactorKept
    if passkey_id is None:
        authenticators.remove_authenticator(user_id=user_id)
    else:
        passkeys.remove_passkey(user_id=user_id, passkey_id=passkey_id)
    if is_last:
        recovery_codes.forget_recovery_codes(user_id=user_id)
    staff_mail.tell_user(REMOVED, Notice.SECOND_FACTOR_REMOVED, user=user, by_id=user_id, now=now)


def remove_factors_of(*, brand_id: uuid.UUID, user_id: uuid.UUID, by_id: uuid.UUID, now: datetime) -> ConsoleUser:
    """Take every second factor from a colleague who has lost theirs; their sessions end. Twice is no error.

    They still need their password, which nobody else knows. Raises `NotFound`, `OwnFactorsKept`.
    """
    if user_id == by_id:
        raise OwnFactorsKept
    user = db.first(db.locked(queries.user_of_brand(brand_id, user_id)))
    if user is None:
        raise NotFound
    if second_factors.find_factors(user_id).names():
        clear_factors(user_id=user_id)
        console_users.end_console_sessions(user_id=user_id, now=now)
        staff_mail.tell_user(REMOVED, Notice.SECOND_FACTOR_REMOVED, user=user, by_id=by_id, now=now)
    return user


def clear_factors(*, user_id: uuid.UUID) -> None:
    """Take the app, the passkeys and the recovery codes of this user away."""
    authenticators.remove_authenticator(user_id=user_id)
    db.execute(delete(Passkey).where(Passkey.user_id == user_id))
    recovery_codes.forget_recovery_codes(user_id=user_id)
