"""What somebody shows beside their password: which they have, how one is added, who must have one."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update

from app.accounts import console_users, guess_limits
from app.accounts import queries as accounts
from app.accounts.console_users import StaffAct
from app.accounts.models import Brand, ConsoleSession, ConsoleUser
from app.accounts.quotas import Quota, Spending, give_back, spend_quotas
from app.http.access import CONSOLE_ROLES
from app.sql import db
from app.staff import authenticators, own_passwords, passkeys, queries, recovery_codes, staff_mail
from app.staff.assignments.assigned_places import find_places
from app.staff.assignments.models import StaffPlaces
from app.staff.authenticators import NewAuthenticator
from app.staff.errors import (
    OwnSecondFactorMissing,
    SecondFactorMissing,
    SecondFactorNotAccepted,
    TooManyFactorGuesses,
)
from app.staff.models import Passkey
from app.staff.staff_mail import Notice

TOTP, RECOVERY_CODE, PASSKEY = "totp", "recovery_code", "passkey"
WRONG_CODES = Quota("wrong-factor-codes", 20, guess_limits.DAY, TooManyFactorGuesses)
"""With three codes good at a time, whoever has the password already guesses one in sixteen thousand days."""
SIX_DIGITS = re.compile(r"[0-9]{6}")


class HeldFactors(NamedTuple):
    """What somebody can show beside their password."""

    totp: bool
    passkeys: Sequence[Passkey]
    recovery_codes_left: int

    def names(self) -> list[str]:
        """The kinds, by name."""
        held = {TOTP: self.totp, PASSKEY: bool(self.passkeys), RECOVERY_CODE: bool(self.recovery_codes_left)}
        return [name for name, is_held in held.items() if is_held]


class OwnAccess(NamedTuple):
    """How somebody comes in, as they see it themselves."""

    id: uuid.UUID
    brand: str
    email: str
    name: str
    role: str
    language: str
    totp: bool
    passkeys: Sequence[Passkey]
    recovery_codes_left: int
    second_factor_needed: bool
    places: StaffPlaces | None
    """Where they plan; None for the whole brand."""


class AddedFactor(NamedTuple):
    """A factor that counts from now on. With the first one come recovery codes, shown once; else they are None."""

    recovery_codes: Sequence[str] | None
    passkey: Passkey | None = None


def find_factors(user_id: uuid.UUID) -> HeldFactors:
    """What this user has."""
    return HeldFactors(
        db.first(queries.confirmed_app(user_id)) is not None,
        db.all_of(queries.passkeys_of(user_id)),
        len(db.all_of(queries.codes_left(user_id))),
    )


def find_own_access(*, user_id: uuid.UUID) -> OwnAccess:
    """How this user comes in, and what their role needs."""
    user, brand = _user_and_brand(user_id)
    needed = user.role in brand.second_factor_roles
    known = (user.id, brand.code, user.email, user.name, user.role, user.language)
    places = find_places(user_id=user_id)
    return OwnAccess(*known, *find_factors(user_id), second_factor_needed=needed, places=places)


def prove_code(*, user: ConsoleUser, code: str, now: datetime) -> str:
    """Use up a code of this user's app, or a recovery code; which of them it was. The user is locked.

    Raises `SecondFactorNotAccepted`, and `TooManyFactorGuesses` after 20 wrong codes of an app within a day.
    """
    bare = re.sub(r"[\s-]", "", code)
    if SIX_DIGITS.fullmatch(bare):
        spend_quotas(_wrong_code_of(user.id), now=now)
        if authenticators.use_authenticator_code(user_id=user.id, code=bare, now=now):
            give_back(_wrong_code_of(user.id), now=now)
            return TOTP
    elif recovery_codes.use_recovery_code(user_id=user.id, code=bare, now=now):
        staff_mail.tell_user(StaffAct.RECOVERY_CODE_USED, Notice.RECOVERY_CODE_USED, user=user, by_id=user.id, now=now)
        return RECOVERY_CODE
    raise SecondFactorNotAccepted


def begin_authenticator(*, user_id: uuid.UUID, password: str, now: datetime) -> NewAuthenticator:
    """The key for an app of whoever this is. Raises `CredentialsNotAccepted`, `TooManyGuesses`."""
    user, brand = own_passwords.prove_own_password(user_id=user_id, password=password, now=now)
    return authenticators.prepare_authenticator(user=user, brand=brand, now=now)


def finish_authenticator(*, user_id: uuid.UUID, session_id: uuid.UUID, code: str, now: datetime) -> AddedFactor:
    """Let the app in that shows this code. Raises `SecondFactorMissing`, `SecondFactorNotAccepted`,
    `TooManyFactorGuesses`."""
    user = _locked(user_id)
    held = find_factors(user_id)
    spend_quotas(_wrong_code_of(user_id), now=now)
    authenticators.confirm_authenticator(user_id=user_id, code=code, now=now)
    give_back(_wrong_code_of(user_id), now=now)
    return AddedFactor(_welcome(user, session_id, held, factor=TOTP, now=now))


def begin_passkey(*, user_id: uuid.UUID, password: str, now: datetime) -> dict[str, Any]:
    """What a browser asks a new passkey of whoever this is. Raises `CredentialsNotAccepted`, `TooManyGuesses`."""
    user, brand = own_passwords.prove_own_password(user_id=user_id, password=password, now=now)
    return passkeys.ask_for_registration(user=user, brand=brand, now=now)


def finish_passkey(
    *, user_id: uuid.UUID, session_id: uuid.UUID, name: str, credential: Mapping[str, Any], now: datetime
) -> AddedFactor:
    """Let the passkey in that gave this answer. Raises `PasskeyNotAccepted`, `PasskeyKnown`, `PasskeysFull`."""
    user = _locked(user_id)
    held = find_factors(user_id)
    made = passkeys.register_passkey(user_id=user_id, name=name, credential=credential, now=now)
    return AddedFactor(_welcome(user, session_id, held, factor=PASSKEY, now=now), made)


def renew_recovery_codes(*, user_id: uuid.UUID, password: str, now: datetime) -> Sequence[str]:
    """Ten new recovery codes; those of before are void.

    Raises `CredentialsNotAccepted`, `TooManyGuesses`, `SecondFactorMissing`.
    """
    user, _ = own_passwords.prove_own_password(user_id=user_id, password=password, now=now)
    held = find_factors(user_id)
    if not held.totp and not held.passkeys:
        raise SecondFactorMissing
    console_users.note_staff_event(StaffAct.RECOVERY_CODES_MADE, user=user, by_id=user_id, now=now)
    return recovery_codes.make_recovery_codes(user_id=user_id, now=now)


def demand_second_factor(
    *, brand_id: uuid.UUID, roles: Collection[str], by_id: uuid.UUID, now: datetime
) -> Sequence[str]:
    """Say which roles of a brand need a second factor, in the order of the roles. It holds at once: whoever has none
    may add one, and no more.

    Raises `OwnSecondFactorMissing` when whoever asks would be one of them.
    """
    by = _locked(by_id)
    if by.role in roles and not find_factors(by_id).names():
        raise OwnSecondFactorMissing
    [brand] = db.all_of(accounts.brand_locked(brand_id))
    wanted = [str(role) for role in CONSOLE_ROLES if role in roles]
    if wanted != brand.second_factor_roles:
        brand.second_factor_roles = wanted
        console_users.note_brand_event(StaffAct.RULE_CHANGED, brand_id=brand_id, by_id=by_id, now=now)
    return wanted


def _welcome(
    user: ConsoleUser, session_id: uuid.UUID, held: HeldFactors, *, factor: str, now: datetime
) -> Sequence[str] | None:
    """A factor was added: this session has shown it, the others have not and end. With the first come the codes."""
    mine = update(ConsoleSession).where(ConsoleSession.id == session_id)
    db.execute(mine.values(second_factor=factor))
    console_users.end_console_sessions(user_id=user.id, now=now, but=session_id)
    staff_mail.tell_user(StaffAct.SECOND_FACTOR_ADDED, Notice.SECOND_FACTOR_ADDED, user=user, by_id=user.id, now=now)
    if held.totp or held.passkeys:
        return None
    return recovery_codes.make_recovery_codes(user_id=user.id, now=now)


def _wrong_code_of(user_id: uuid.UUID) -> list[Spending]:
    return [Spending(WRONG_CODES, str(user_id))]


def _locked(user_id: uuid.UUID) -> ConsoleUser:
    return db.all_of(accounts.console_user_locked(user_id))[0]


def _user_and_brand(user_id: uuid.UUID) -> tuple[ConsoleUser, Brand]:
    user = db.session().get_one(ConsoleUser, user_id)
    return user, db.session().get_one(Brand, user.brand_id)
