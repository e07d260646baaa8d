"""Questions about how console users come in."""

import uuid
from datetime import datetime

from sqlalchemy import Select, select

from app.accounts.models import ConsoleUser
from app.http.access import Role
from app.staff.models import AuthenticatorApp, Passkey, PasswordTicket, RecoveryCode


def open_ticket(secret_hash: bytes, *, now: datetime) -> Select[PasswordTicket]:
    """The link with this secret, if it may still be used."""
    found = select(PasswordTicket).where(PasswordTicket.secret_hash == secret_hash, PasswordTicket.expires_at > now)
    return found.where(PasswordTicket.used_at.is_(None))


def user_with(brand_id: uuid.UUID, email: str) -> Select[ConsoleUser]:
    """Who has this address at this brand, disabled or not."""
    return select(ConsoleUser).where(ConsoleUser.brand_id == brand_id, ConsoleUser.email == email)


def user_of_brand(brand_id: uuid.UUID, user_id: uuid.UUID) -> Select[ConsoleUser]:
    """This user, if they work or worked for this brand."""
    return select(ConsoleUser).where(ConsoleUser.brand_id == brand_id, ConsoleUser.id == user_id)


def administrators_of(brand_id: uuid.UUID) -> Select[ConsoleUser]:
    """The administrators of this brand who are not disabled, oldest first."""
    working = select(ConsoleUser).where(ConsoleUser.brand_id == brand_id, ConsoleUser.disabled_at.is_(None))
    return working.where(ConsoleUser.role == Role.ADMIN).order_by(ConsoleUser.created_at, ConsoleUser.id)


def confirmed_app(user_id: uuid.UUID) -> Select[AuthenticatorApp]:
    """The authenticator app that lets this user in."""
    mine = select(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id)
    return mine.where(AuthenticatorApp.confirmed_at.is_not(None))


def waiting_app(user_id: uuid.UUID, *, since: datetime) -> Select[AuthenticatorApp]:
    """The authenticator app that this user was shown after `since` and has not confirmed."""
    mine = select(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id, AuthenticatorApp.created_at > since)
    return mine.where(AuthenticatorApp.confirmed_at.is_(None))


def passkeys_of(user_id: uuid.UUID) -> Select[Passkey]:
    """The passkeys of this user, oldest first."""
    return select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at, Passkey.id)


def passkey_with(credential_id: bytes) -> Select[Passkey]:
    """The passkey that calls itself so."""
    return select(Passkey).where(Passkey.credential_id == credential_id)


def codes_left(user_id: uuid.UUID) -> Select[bytes]:
    """The recovery codes of this user that nobody has used."""
    mine = select(RecoveryCode.code_hash).where(RecoveryCode.user_id == user_id)
    return mine.where(RecoveryCode.used_at.is_(None))
