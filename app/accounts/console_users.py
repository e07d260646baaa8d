"""Who works for a brand at the console: they are added, sign in with a password, sign out, and are disabled."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import update

from app.accounts import guess_limits, queries, tokens
from app.accounts.addresses import keyed_hash
from app.accounts.errors import CredentialsNotAccepted, OwnAccessKept
from app.accounts.models import ConsoleSession, ConsoleUser
from app.accounts.passwords import hash_password, is_outdated, password_matches
from app.errors import NotFound, Unauthenticated
from app.http.access import Role
from app.sql import db

CONSOLE_SESSION_S = 8 * 3600


class ConsoleSignIn(NamedTuple):
    """An open console session: its token is shown once. Durations in seconds."""

    token: str
    expires_in_s: int
    role: str
    name: str


def create_console_user(
    *, brand_id: uuid.UUID, email: str, name: str, role: Role, password: str, now: datetime
) -> ConsoleUser:
    """Let a person work for a brand. `email` in its one spelling. Raises `ConsoleUserExists`."""
    return db.add(
        ConsoleUser(
            brand_id=brand_id,
            email=email,
            name=name,
            role=role,
            password_hash=hash_password(password),
            created_at=now,
        )
    )


def sign_in_to_console(*, brand: str, email: str, password: str, now: datetime) -> ConsoleSignIn:
    """Open a console session; `brand` is the brand's code, `email` in its one spelling.

    Raises `CredentialsNotAccepted`, the same whatever is wrong, and `TooManyGuesses`.
    """
    address_hash = keyed_hash(f"console:{brand}:{email}")
    guess_limits.lock_turn(address_hash)
    guess_limits.require_few_passwords(address_hash, now=now)
    user = db.first(queries.console_user_with(brand, email))
    if not password_matches(password, user.password_hash if user else None) or user is None:
        guess_limits.count_failure(address_hash, now=now)
        raise CredentialsNotAccepted
    if is_outdated(user.password_hash):
        user.password_hash = hash_password(password)
    return _open_session(user, now=now)


def sign_out_of_console(*, session_id: uuid.UUID, now: datetime) -> None:
    """End a console session; its token stops at once."""
    ended = update(ConsoleSession).where(ConsoleSession.id == session_id, ConsoleSession.revoked_at.is_(None))
    db.execute(ended.values(revoked_at=now))


def disable_console_user(*, brand_id: uuid.UUID, user_id: uuid.UUID, by_id: uuid.UUID, now: datetime) -> ConsoleUser:
    """Stop a user of this brand at once, for good. Twice is no error.

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
    user.disabled_at = user.disabled_at or now
    return user


def _open_session(user: ConsoleUser, *, now: datetime) -> ConsoleSignIn:
    token, token_hash = tokens.new_opaque_token(tokens.CONSOLE_PREFIX)
    expires_at = now + timedelta(seconds=CONSOLE_SESSION_S)
    db.add(ConsoleSession(user_id=user.id, token_hash=token_hash, created_at=now, expires_at=expires_at))
    return ConsoleSignIn(token, CONSOLE_SESSION_S, user.role, user.name)
