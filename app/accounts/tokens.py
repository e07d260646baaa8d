"""Tokens: what proves who makes a request.

| who | token | proof | ends |
|---|---|---|---|
| member | `ici_a_…`, access token | keyed hash of (session, expiry), then the session in the database | 10 minutes |
| member | `ici_r_…`, refresh token, rotated at each use | keyed hash of (session, generation) | 90 days |
| console user | `ici_c_…`, random | SHA-256 in the database | 8 hours |
| terminal | `ici_t_…`, random | SHA-256 in the database | when revoked |
| whoever sets up a terminal | `ici_p_…`, random, works once | SHA-256 in the database | 15 minutes |

Only we read these tokens, so they need no public-key signature: an Ed25519 JWT was tried, and checking one cost as much
as the rest of a hot request (docs/decisions/0012-tokens-of-our-own.md).

A session that is revoked stops its tokens at once, everywhere: each request looks it up.
"""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import NamedTuple

from app import config, sealed
from app.accounts import queries
from app.errors import Unauthenticated
from app.http.access import Principal, Role
from app.sql import db

ACCESS_PREFIX = "ici_a_"
CONSOLE_PREFIX = "ici_c_"
TERMINAL_PREFIX = "ici_t_"
PAIRING_PREFIX = "ici_p_"
REFRESH_PREFIX = "ici_r_"

ACCESS_SEAL = sealed.make_token_seal(ACCESS_PREFIX)
REFRESH_SEAL = sealed.make_token_seal(REFRESH_PREFIX)


class Access(NamedTuple):
    """What a valid access token says: whose it is, which sign-in it comes from, and its end in Unix seconds."""

    member_id: uuid.UUID
    session_id: uuid.UUID
    expires_at: int


class Refresh(NamedTuple):
    """What a genuine refresh token says: the sign-in and how often it was rotated when the token was made."""

    member_id: uuid.UUID
    session_id: uuid.UUID
    generation: int


def issue_access_token(*, member_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> str:
    """A token for the member's app, good for `access_token_s` seconds."""
    expires_at = int(now.timestamp()) + config.current().access_token_s
    return _sealed(ACCESS_SEAL, Access(member_id, session_id, expires_at))


def read_access_token(token: str, *, now: datetime) -> Access:
    """Check proof and expiry. The session behind it must still be looked up. Raises `Unauthenticated`."""
    access = Access._make(_opened(ACCESS_SEAL, token))
    if access.expires_at <= now.timestamp():
        raise Unauthenticated
    return access


def issue_refresh_token(refresh: Refresh) -> str:
    """The refresh token of one generation. It is derived, not stored, so a lost answer can be given again."""
    return _sealed(REFRESH_SEAL, refresh)


def read_refresh_token(token: str) -> Refresh:
    """Check that we made this refresh token, to the letter. Raises `Unauthenticated`."""
    return Refresh._make(_opened(REFRESH_SEAL, token))


def _sealed(seal: sealed.Seal, content: tuple[uuid.UUID, uuid.UUID, int]) -> str:
    member_id, session_id, number = content
    return sealed.seal_text(seal, member_id.bytes + session_id.bytes + number.to_bytes(4, "big"))


def _opened(seal: sealed.Seal, token: str) -> tuple[uuid.UUID, uuid.UUID, int]:
    content = sealed.open_text(seal, token)
    if content is None:
        raise Unauthenticated
    return uuid.UUID(bytes=content[:16]), uuid.UUID(bytes=content[16:32]), int.from_bytes(content[32:], "big")


def new_opaque_token(prefix: str) -> tuple[str, bytes]:
    """A random token of 256 bits, and the SHA-256 that the database keeps of it."""
    token = prefix + secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> bytes:
    """The SHA-256 of an opaque token. It is random, so it needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).digest()


def authenticate(*, authorization: str, now: datetime) -> Principal:
    """Who sends this `Authorization` header. Raises `Unauthenticated`, always the same, whatever is wrong."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    if token.startswith(CONSOLE_PREFIX):
        return _console_user(token, now=now)
    if token.startswith(TERMINAL_PREFIX):
        return _terminal(token)
    return _member(token, now=now)


def _member(token: str, *, now: datetime) -> Principal:
    access = read_access_token(token, now=now)
    db.become(member_id=access.member_id, principal_id=access.member_id)  # before: nobody sees a session otherwise
    if db.first(queries.open_member_session(access.member_id, access.session_id, now=now)) is None:
        raise Unauthenticated
    return Principal(id=access.member_id, role=Role.MEMBER, session_id=access.session_id)


def _console_user(token: str, *, now: datetime) -> Principal:
    found = db.rows(queries.console_session_with(hash_of(token), now=now))
    if not found:
        raise Unauthenticated
    session, user = found[0]
    return Principal(id=user.id, role=Role(user.role), session_id=session.id, brand_id=user.brand_id)


def _terminal(token: str) -> Principal:
    terminal = db.first(queries.terminal_with_key(hash_of(token)))
    if terminal is None:
        raise Unauthenticated
    return Principal(
        id=terminal.id,
        role=Role.TERMINAL,
        session_id=terminal.id,
        brand_id=terminal.brand_id,
        store_id=terminal.store_id,
    )
