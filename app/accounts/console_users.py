"""Who works for a brand at the console: they are added, sign in with a password, sign out, and are disabled."""

import secrets
import struct
import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import update

from app import sealed
from app.accounts import guess_limits, queries, tokens
from app.accounts.addresses import keyed_hash
from app.accounts.errors import CredentialsNotAccepted, OwnAccessKept
from app.accounts.models import ConsoleSession, ConsoleUser
from app.accounts.passwords import hash_password, is_outdated, password_matches
from app.accounts.quotas import give_back, spend_quotas
from app.errors import CostlyDoorBusy, NotFound, Unauthenticated
from app.http.access import Role
from app.sql import db

CONSOLE_SESSION_S = 8 * 3600
DEVICE = sealed.Seal("console-device", "ici_d_")
DEVICE_FORM = struct.Struct(">16sI16s")
DEVICE_KNOWN = timedelta(days=90)


class ConsoleSignIn(NamedTuple):
    """An open console session. Its token is shown once; by `device` the device is known again. Durations in seconds."""

    token: str
    device: str
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


def sign_in_to_console(
    *, brand: str, email: str, password: str, device: str | None, client: str, now: datetime
) -> ConsoleSignIn:
    """Open a console session; `brand` is the brand's code, `email` in its one spelling, `client` the network that asks.

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
    user = db.first(queries.console_user_with(brand, email)) if is_right else None
    if user is None:
        raise CredentialsNotAccepted
    give_back(tried, now=now)
    user.password_hash = renewed or user.password_hash
    return _open_session(user, brand, now=now)


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


def _open_session(user: ConsoleUser, brand: str, *, now: datetime) -> ConsoleSignIn:
    token, token_hash = tokens.new_opaque_token(tokens.CONSOLE_PREFIX)
    expires_at = now + timedelta(seconds=CONSOLE_SESSION_S)
    db.add(ConsoleSession(user_id=user.id, token_hash=token_hash, created_at=now, expires_at=expires_at))
    device = _make_device(brand, user.email, now=now)
    return ConsoleSignIn(token, device, CONSOLE_SESSION_S, user.role, user.name)
