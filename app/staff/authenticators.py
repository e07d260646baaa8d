"""Authenticator apps: codes of six digits that change every thirty seconds (RFC 6238, with HMAC-SHA-1 as apps have it).

The key of an app is derived from a secret of ours that outlasts a rotation, and stored nowhere. A code is taken from
one step before to one step after now, for clocks that differ, and none is taken twice (RFC 6238 section 5.2).
"""

import base64
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from sqlalchemy import delete

from app import config
from app.accounts.models import Brand, ConsoleUser
from app.sql import db
from app.staff import queries
from app.staff.errors import SecondFactorMissing, SecondFactorNotAccepted
from app.staff.models import AuthenticatorApp

STEP_S = 30
DIGITS = 6
SLACK = 1
"""Steps before and after now."""
KEY_BYTES = 20  # RFC 4226 section 4 recommends 160 bits
CONFIRMED_WITHIN = timedelta(minutes=15)


class NewAuthenticator(NamedTuple):
    """What an app needs: the key in base32, to type, and the address that a QR code holds. Shown once."""

    secret: str
    uri: str


def prepare_authenticator(*, user: ConsoleUser, brand: Brand, now: datetime) -> NewAuthenticator:
    """A key for an app; it opens nothing until a code of it was confirmed, within a quarter of an hour. The app that
    the user has goes on until then."""
    waiting = delete(AuthenticatorApp).where(
        AuthenticatorApp.user_id == user.id, AuthenticatorApp.confirmed_at.is_(None)
    )
    db.execute(waiting)
    app = db.add(AuthenticatorApp(user_id=user.id, created_at=now))
    secret = base64.b32encode(key_of(app)).decode()
    label = quote(f"{brand.name}:{user.email}")
    uri = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': brand.name}, quote_via=quote)}"
    return NewAuthenticator(secret, uri)


def confirm_authenticator(*, user_id: uuid.UUID, code: str, now: datetime) -> None:
    """Let the app that was shown last in, in place of the one before, since it shows the right code.

    Raises `SecondFactorMissing` when none waits, `SecondFactorNotAccepted`.
    """
    app = db.first(db.locked(queries.waiting_app(user_id, since=now - CONFIRMED_WITHIN)))
    if app is None:
        raise SecondFactorMissing
    if not _takes(app, code, now=now):
        raise SecondFactorNotAccepted
    remove_authenticator(user_id=user_id)
    app.confirmed_at = now
    db.session().flush()


def use_authenticator_code(*, user_id: uuid.UUID, code: str, now: datetime) -> bool:
    """Whether the user's app shows this code now and it was not taken before; then it and older ones are over."""
    # Locked: of two who send one code at once, the second sees that its step was taken.
    app = db.first(db.locked(queries.confirmed_app(user_id)))
    return app is not None and _takes(app, code, now=now)


def remove_authenticator(*, user_id: uuid.UUID) -> None:
    """Take the app away that lets this user in; none is no error."""
    confirmed = delete(AuthenticatorApp).where(
        AuthenticatorApp.user_id == user_id, AuthenticatorApp.confirmed_at.is_not(None)
    )
    db.execute(confirmed)


def key_of(app: AuthenticatorApp) -> bytes:
    """The key that this app and we share."""
    return hmac.digest(config.current().lasting_key("authenticator-app"), app.id.bytes, hashlib.sha256)[:KEY_BYTES]


def code_of_step(key: bytes, step: int) -> str:
    """The code of one step of thirty seconds, counted from 1970 (RFC 4226 section 5.3)."""
    return HOTP(key, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 (HMAC, as RFC 6238 has it)


def _takes(app: AuthenticatorApp, code: str, *, now: datetime) -> bool:
    this, key = int(now.timestamp()) // STEP_S, key_of(app)
    steps = range(max(this - SLACK, app.last_step + 1), this + SLACK + 1)
    found = [step for step in steps if hmac.compare_digest(code_of_step(key, step), code)]
    if found:
        app.last_step = found[0]
    return bool(found)
