"""Tokens: what proves who makes a request.

| who | token | proof | ends |
|---|---|---|---|
| member | access token, JWT (RFC 7519) signed Ed25519 | signature, then its session in the database | 10 minutes |
| member | refresh token, rotated at each use | keyed hash of (session, generation) | 90 days |
| console user | `ici_c_…`, random | SHA-256 in the database | 8 hours |
| terminal | `ici_t_…`, random | SHA-256 in the database | when revoked |
| whoever sets up a terminal | `ici_p_…`, random, works once | SHA-256 in the database | 15 minutes |

A session that is revoked stops its tokens at once, everywhere: each request looks it up.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app import config, db
from app.accounts import queries
from app.accounts.access import Principal, Role
from app.errors import Unauthenticated

ALGORITHM = "EdDSA"
ISSUER = "ici"
CONSOLE_PREFIX = "ici_c_"
TERMINAL_PREFIX = "ici_t_"
PAIRING_PREFIX = "ici_p_"
REFRESH_PREFIX = "ici_r_"


class Access(NamedTuple):
    """What a valid access token says: whose it is and which sign-in it comes from."""

    member_id: uuid.UUID
    session_id: uuid.UUID
    expires_at: float


class Refresh(NamedTuple):
    """What a genuine refresh token says: the sign-in and how often it was rotated when the token was made."""

    member_id: uuid.UUID
    session_id: uuid.UUID
    generation: int


@lru_cache(maxsize=1)
def _keys(secret: bytes) -> tuple[Ed25519PrivateKey, Ed25519PublicKey]:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    return private, private.public_key()


def issue_access_token(*, member_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> str:
    """A JWT for the member's app, good for `access_token_s` seconds."""
    settings = config.current()
    claims = {
        "iss": ISSUER,
        "sub": str(member_id),
        "sid": str(session_id),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(seconds=settings.access_token_s)).timestamp()),
    }
    return jwt.encode(claims, _keys(settings.key("access-token"))[0], algorithm=ALGORITHM)


def read_access_token(token: str, *, now: datetime) -> Access:
    """Check signature and expiry. The session behind it must still be looked up. Raises `Unauthenticated`."""
    access = _verified(token, config.current().key("access-token"))
    if access.expires_at <= now.timestamp():
        raise Unauthenticated
    return access


@lru_cache(maxsize=20_000)
def _verified(token: str, key: bytes) -> Access:
    # Checking an Ed25519 signature costs as much as the rest of a hot request, so a token is checked once per process;
    # expiry and revocation are looked at on every use, outside this cache.
    try:
        claims = jwt.decode(
            token,
            _keys(key)[1],
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["sub", "sid", "exp"], "verify_exp": False, "verify_iat": False},
        )
        return Access(uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"]), float(claims["exp"]))
    except (jwt.InvalidTokenError, ValueError):
        raise Unauthenticated from None


def issue_refresh_token(refresh: Refresh) -> str:
    """The refresh token of one generation. It is derived, not stored, so a lost answer can be given again."""
    payload = refresh.member_id.bytes + refresh.session_id.bytes + refresh.generation.to_bytes(4, "big")
    return REFRESH_PREFIX + base64.urlsafe_b64encode(payload + _refresh_proof(payload)).decode().rstrip("=")


def read_refresh_token(token: str) -> Refresh:
    """Check that we made this refresh token, to the letter. Raises `Unauthenticated`."""
    try:
        text = token.removeprefix(REFRESH_PREFIX)
        payload = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[:36]
    except ValueError:
        raise Unauthenticated from None
    if len(payload) != 36:
        raise Unauthenticated
    member, session, generation = payload[:16], payload[16:32], payload[32:]
    refresh = Refresh(uuid.UUID(bytes=member), uuid.UUID(bytes=session), int.from_bytes(generation, "big"))
    if not hmac.compare_digest(issue_refresh_token(refresh).encode(), token.encode()):
        raise Unauthenticated
    return refresh


def _refresh_proof(payload: bytes) -> bytes:
    return hmac.new(config.current().key("refresh-token"), payload, hashlib.sha256).digest()


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
    db.become(member_id=access.member_id)
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
