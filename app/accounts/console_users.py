"""Who works for a brand at the console: they are added, prove their password, sign out, are disabled and come back.

How somebody comes to a password, and what they show beside it, is the room `staff`'s.
"""

import secrets
import struct
import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import update

from app.accounts import guess_limits, queries, tokens
from app.accounts.addresses import keyed_hash
from app.accounts.errors import CredentialsNotAccepted, OwnAccessKept
from app.accounts.models import NO_PASSWORD, Brand, ConsoleSession, ConsoleUser, StaffEvent
from app.accounts.passwords import hash_password, is_outdated, password_matches
from app.accounts.quotas import give_back, spend_quotas
from app.codes import sealed
from app.errors import CostlyDoorBusy, NotFound, Unauthenticated
from app.http.access import Role
from app.languages import Language
from app.sql import db

DEVICE = sealed.Seal("console-device", "ici_d_")
DEVICE_FORM = struct.Struct(">16sI16s")
DEVICE_KNOWN = timedelta(days=90)


class StaffAct(StrEnum):
    """What was done to somebody's access, or to a rule of the brand."""

    INVITED = "invited"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105 (an act, not a password)
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    DISABLED = "disabled"
    ENABLED = "enabled"
    RESCUED = "rescued"
    RULE_CHANGED = "rule_changed"
    PLACES_ASSIGNED = "places_assigned"
    SIGNED_OUT = "signed_out"


class ConsoleSignIn(NamedTuple):
    """An open console session. Its token is shown once; by `device` the device is known again. Durations in seconds:
    it lasts so long at most, and an hour without a request."""

    token: str
    device: str
    expires_in_s: int
    role: str
    name: str
    must_add_second_factor: bool
    """Whether the brand asks one of this role: until there is one, the token opens nothing but one's own access."""


def create_console_user(
    *,
    brand_id: uuid.UUID,
    email: str,
    name: str,
    role: Role,
    now: datetime,
    language: Language = "fr",
    password: str | None = None,
) -> ConsoleUser:
    """Let a person work for a brand. `email` in its one spelling. Without a password they have to choose one first.

    Raises `ConsoleUserExists`.
    """
    return db.add(
        ConsoleUser(
            brand_id=brand_id,
            email=email,
            name=name,
            role=role,
            language=language,
            password_hash=NO_PASSWORD if password is None else hash_password(password),
            created_at=now,
        )
    )


def prove_console_password(
    *, brand: str, email: str, password: str, device: str | None, client: str, now: datetime
) -> ConsoleUser:
    """Whose password this is; `brand` is the brand's code, `email` in its one spelling, `client` the network that asks.
    The user stays locked.

    `device` is what an earlier sign-in gave; one that is not this user's is none. Raises `CredentialsNotAccepted`, the
    same whatever is wrong; `TooManyGuesses`, `TooManyPasswords`; `CostlyDoorBusy` when others are being signed in.
    """
    known = _read_device(device, brand, email, now=now)
    tried = guess_limits.password_spendings(brand=brand, email=email, client=client, device=known)
    # Counted beforehand, in a transaction of its own: no connection is kept while others are being signed in.
    with db.apart(), db.transaction():
        spend_quotas(tried, now=now)
        found = db.first(queries.console_user_with(brand, email))
    try:
        known_hash = found.password_hash if found else None
        is_right = password_matches(password, known_hash, asker=known or client, is_known=known is not None)
        renewed = hash_password(password) if is_right and found and is_outdated(found.password_hash) else None
    except CostlyDoorBusy:
        with db.apart(), db.transaction():
            give_back(tried, now=now)
        raise
    user = db.first(queries.console_user_locked(found.id)) if is_right and found else None
    if user is None or user.password_hash != known_hash or user.disabled_at is not None:  # or changed meanwhile
        raise CredentialsNotAccepted
    give_back(tried, now=now)
    user.password_hash = renewed or user.password_hash
    return user


def open_console_session(user: ConsoleUser, *, second_factor: str | None, now: datetime) -> ConsoleSignIn:
    """Open a session for somebody who has shown who they are; `second_factor` is what they showed beside a password."""
    token, token_hash = tokens.new_console_token()
    expires_at = now + timedelta(seconds=tokens.CONSOLE_IDLE_S)  # each use moves it on
    db.add(
        ConsoleSession(
            user_id=user.id, token_hash=token_hash, created_at=now, expires_at=expires_at, second_factor=second_factor
        )
    )
    brand = db.session().get_one(Brand, user.brand_id)
    must_add = second_factor is None and user.role in brand.second_factor_roles
    device = _make_device(brand.code, user.email, now=now)
    return ConsoleSignIn(token, device, tokens.CONSOLE_SESSION_S, user.role, user.name, must_add)


def sign_out_of_console(*, session_id: uuid.UUID, now: datetime) -> None:
    """End a console session; its token stops at once."""
    ended = update(ConsoleSession).where(ConsoleSession.id == session_id, ConsoleSession.revoked_at.is_(None))
    db.execute(ended.values(revoked_at=now))


def end_console_sessions(*, user_id: uuid.UUID, now: datetime, but: uuid.UUID | None = None) -> int:
    """End every open session of a console user, or all `but` one; their tokens stop at once. How many were open."""
    others = () if but is None else (ConsoleSession.id != but,)
    mine = update(ConsoleSession).where(ConsoleSession.user_id == user_id, ConsoleSession.revoked_at.is_(None), *others)
    ended = mine.where(ConsoleSession.expires_at > now).values(revoked_at=now).returning(ConsoleSession.id)
    return len(db.execute(ended).all())


def disable_console_user(*, brand_id: uuid.UUID, user_id: uuid.UUID, by_id: uuid.UUID, now: datetime) -> ConsoleUser:
    """Stop a user of this brand at once; every session of theirs ends. Twice is no error.

    Raises `NotFound`, `OwnAccessKept`, and `Unauthenticated` when whoever asks was disabled meanwhile.
    """
    if user_id == by_id:
        raise OwnAccessKept
    # Both are locked, always in the same order: two administrators who disable each other cannot both succeed.
    both = queries.console_users_of(brand_id).where(ConsoleUser.id.in_((user_id, by_id)))
    found = {user.id: user for user in db.all_of(db.locked(both.order_by(ConsoleUser.id)))}
    if by_id not in found or found[by_id].disabled_at is not None:
        raise Unauthenticated
    if user_id not in found:
        raise NotFound
    user = found[user_id]
    if user.disabled_at is None:
        user.disabled_at = now
        end_console_sessions(user_id=user_id, now=now)
        note_staff_event(StaffAct.DISABLED, user=user, by_id=by_id, now=now)
    return user


def enable_console_user(*, brand_id: uuid.UUID, user_id: uuid.UUID, by_id: uuid.UUID, now: datetime) -> ConsoleUser:
    """Let somebody who was disabled work again, with the password and the second factor that they had.

    What was open before stays ended. Twice is no error. Raises `NotFound`, also for somebody whose name and address
    are forgotten by now: whoever comes back after a year is invited anew.
    """
    user = db.first(db.locked(queries.console_users_of(brand_id).where(ConsoleUser.id == user_id)))
    if user is None or not user.name:
        raise NotFound
    if user.disabled_at is not None:
        user.disabled_at = None
        end_console_sessions(user_id=user_id, now=now)  # one that was being opened when they were disabled
        note_staff_event(StaffAct.ENABLED, user=user, by_id=by_id, now=now)
    return user


def note_staff_event(act: StaffAct, *, user: ConsoleUser, by_id: uuid.UUID | None, now: datetime) -> None:
    """Write down what was done to a user's access, in the transaction of the act, and with no secret in it.

    `by_id` is None for an operator at the command line.
    """
    db.add(StaffEvent(brand_id=user.brand_id, user_id=user.id, by_id=by_id, kind=act, happened_at=now))


def note_brand_event(act: StaffAct, *, brand_id: uuid.UUID, by_id: uuid.UUID | None, now: datetime) -> None:
    """Write down a change of what a whole brand asks of its staff."""
    db.add(StaffEvent(brand_id=brand_id, user_id=None, by_id=by_id, kind=act, happened_at=now))


def _read_device(device: str | None, brand: str, email: str, *, now: datetime) -> str | None:
    """What tells this device from others, if this user signed in with it lately (what OWASP calls a device cookie).

    It says whose it is by a keyed hash, so that nobody need be looked up before a try is counted.
    """
    content = sealed.open_text(DEVICE, device or "")
    if content is None or len(content) != DEVICE_FORM.size:
        return None
    whose, until_s, nonce = DEVICE_FORM.unpack(content)
    return nonce.hex() if whose == _whose(brand, email) and until_s > now.timestamp() else None


def _make_device(brand: str, email: str, *, now: datetime) -> str:
    until_s = int((now + DEVICE_KNOWN).timestamp())
    return sealed.seal_text(DEVICE, DEVICE_FORM.pack(_whose(brand, email), until_s, secrets.token_bytes(16)))


def _whose(brand: str, email: str) -> bytes:
    return keyed_hash(f"console:{brand}:{email}")[:16]
