"""Tokens: what proves who makes a request.

| who | token | proof | ends |
|---|---|---|---|
| member | `ici_a_…`, access token | keyed hash of (session, expiry), then the session in the database | 10 minutes |
| member | `ici_r_…`, refresh token, rotated at each use | keyed hash of (session, generation) | 90 days, 365 in all |
| console user | `ici_c_…`, random, with a keyed hash | SHA-256 in the database | 8 hours, or 1 without a request |
| terminal | `ici_t_…`, random | SHA-256 in the database | when revoked, or the next one was used |
| a cashier | `ici_s_…`, as `X-Staff` | keyed hash of (cashier, terminal, expiry), then the cashier | 12 hours |
| whoever sets up a terminal | `ici_p_…`, random, works once | SHA-256 in the database | 15 minutes |
| who chooses a console password | `ici_w_…`, random, works once | SHA-256 in the database | 1 hour; invited: 7 days |

Only we read these tokens, so they need no public-key signature: an Ed25519 JWT was tried, and checking one cost as much
as the rest of a hot request (docs/decisions/0012-tokens-of-our-own.md).

The keyed hash of a console token opens nothing: it only says, before the database is asked, that a file of this caller
is worth reading. A session that is revoked stops its tokens at once, everywhere: each request looks it up.
"""

import hashlib
import secrets
import struct
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.accounts import queries
from app.codes import sealed
from app.errors import Forbidden, SecondFactorAwaited, TerminalUnpaired, Unauthenticated
from app.http.access import Known, Principal, Role, Wish
from app.sql import db
from app.sql.trips import Call

ACCESS_PREFIX = "ici_a_"
CONSOLE_PREFIX = "ici_c_"
TERMINAL_PREFIX = "ici_t_"
PAIRING_PREFIX = "ici_p_"
REFRESH_PREFIX = "ici_r_"
TICKET_PREFIX = "ici_w_"

ACCESS_TOKEN_S = 600
CONSOLE_SESSION_S, CONSOLE_IDLE_S = 8 * 3600, 3600
"""How long a console session lasts at most, and without a request."""

ACCESS_SEAL = sealed.make_token_seal(ACCESS_PREFIX)
REFRESH_SEAL = sealed.make_token_seal(REFRESH_PREFIX)
CONSOLE_SEAL = sealed.make_token_seal(CONSOLE_PREFIX)


class Access(NamedTuple):
    """What a valid access token says: whose it is, which sign-in it comes from, its end in Unix seconds, and how often
    the refresh token had been rotated when it was made."""

    member_id: uuid.UUID
    session_id: uuid.UUID
    expires_at: int
    generation: int


class Refresh(NamedTuple):
    """What a genuine refresh token says: the sign-in and how often it was rotated when the token was made."""

    member_id: uuid.UUID
    session_id: uuid.UUID
    generation: int


def issue_access_token(*, member_id: uuid.UUID, session_id: uuid.UUID, generation: int, now: datetime) -> str:
    """A token for the member's app, good for `ACCESS_TOKEN_S` seconds."""
    expires_at = int(now.timestamp()) + ACCESS_TOKEN_S
    return _sealed(ACCESS_SEAL, Access(member_id, session_id, expires_at, generation))


def read_access_token(token: str, *, now: datetime) -> Access:
    """Check proof and expiry. The session behind it must still be looked up. Raises `Unauthenticated`."""
    access = Access._make(_opened(ACCESS_SEAL, token, numbers=2))
    if access.expires_at <= now.timestamp():
        raise Unauthenticated
    return access


def issue_refresh_token(refresh: Refresh) -> str:
    """The refresh token of one generation. It is derived, not stored, so a lost answer can be given again."""
    return _sealed(REFRESH_SEAL, refresh)


def read_refresh_token(token: str) -> Refresh:
    """Check that we made this refresh token, to the letter. Raises `Unauthenticated`."""
    return Refresh._make(_opened(REFRESH_SEAL, token, numbers=1))


def _sealed(seal: sealed.Seal, content: Access | Refresh) -> str:
    member_id, session_id, *numbers = content
    return sealed.seal_text(seal, struct.pack(f">16s16s{len(numbers)}I", member_id.bytes, session_id.bytes, *numbers))


def _opened(seal: sealed.Seal, token: str, *, numbers: int) -> tuple[Any, ...]:
    content = sealed.open_text(seal, token)
    if content is None or len(content) != 32 + 4 * numbers:
        raise Unauthenticated
    member_id, session_id, *found = struct.unpack(f">16s16s{numbers}I", content)
    return uuid.UUID(bytes=member_id), uuid.UUID(bytes=session_id), *found


def new_opaque_token(prefix: str) -> tuple[str, bytes]:
    """A random token of 256 bits, and the SHA-256 that the database keeps of it."""
    token = prefix + secrets.token_urlsafe(32)
    return token, hash_of(token)


def new_console_token() -> tuple[str, bytes]:
    """The token of a console session, random and sealed, and the SHA-256 that the database keeps of it."""
    token = sealed.seal_text(CONSOLE_SEAL, secrets.token_bytes(32))
    return token, hash_of(token)


def hash_of(token: str) -> bytes:
    """The SHA-256 of an opaque token. It is random, so it needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).digest()


class Proof(NamedTuple):
    """What a token proves before the database is asked: of whom it is, or the hash that must be known there."""

    kind: str
    hash: bytes | None = None
    member_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    generation: int | None = None


def read_proof(authorization: str, *, now: datetime) -> Proof:
    """What this `Authorization` header proves. Raises `Unauthenticated`, always the same, whatever is wrong."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    if token.startswith(CONSOLE_PREFIX):
        return Proof("console", hash_of(token))
    if token.startswith(TERMINAL_PREFIX):
        return Proof("terminal", hash_of(token))
    return _proof_of(read_access_token(token, now=now))


def _proof_of(access: Access) -> Proof:
    return Proof("member", None, access.member_id, access.session_id, access.generation)


def proves_itself(authorization: str, *, now: datetime) -> bool:
    """Whether we made the token of this header, as far as it says by itself: a member's that is not over, or one of the
    console, whose session may be. Raises `Unauthenticated` for what cannot be a token."""
    proof = read_proof(authorization, now=now)
    if proof.kind == "console":
        return sealed.open_text(CONSOLE_SEAL, authorization.partition(" ")[2]) is not None
    return proof.member_id is not None


def admit_bearer(
    authorization: str, *, roles: Sequence[Role], wish: Callable[[], Wish | None] | None, now: datetime
) -> tuple[Principal, Known | None]:
    """Who sends this header; the running transaction then acts for them, and their wish for a key is settled: one trip.

    Raises `Unauthenticated` for what proves nothing and for a sign-in that is not open (`TerminalUnpaired` for a
    terminal's), `Forbidden` for a role that is not among these (`SecondFactorAwaited` for who still needs one). Only
    who may knock claims a key.
    """
    proof = read_proof(authorization, now=now)
    return _admit(proof, roles=roles, wish=wish() if wish else None, now=now)


def admit_access(access: Access, *, now: datetime) -> Callable[[], Principal]:
    """Let the first trip of the running transaction, whatever it asks, admit the member whose access token was read
    already. What is returned says who that is; it makes the trip if nobody has.

    Whoever makes it raises `Unauthenticated` for a sign-in that is not open, and sees nothing of what was asked: until
    then, row-level security shows what is this member's.
    """
    proof, admitted = _proof_of(access), list[Principal]()

    def judge(rows: list[Any]) -> None:
        principal, _ = _admitted(proof, rows, roles=MEMBERS, is_keyed=False, now=now)
        admitted.append(principal)

    def who() -> Principal:
        if not admitted:
            db.driver_connection()
        return admitted[0]

    db.begin_with(*_asked(proof, roles=MEMBERS, wish=None, now=now), judge=judge)
    return who


MEMBERS = (Role.MEMBER,)


def _admit(proof: Proof, *, roles: Sequence[Role], wish: Wish | None, now: datetime) -> tuple[Principal, Known | None]:
    rows = db.fetch(*_asked(proof, roles=roles, wish=wish, now=now))
    return _admitted(proof, rows, roles=roles, is_keyed=wish is not None, now=now)


def _asked(proof: Proof, *, roles: Sequence[Role], wish: Wish | None, now: datetime) -> Call:
    asked: list[Any] = [proof.kind, proof.hash, proof.member_id, proof.session_id, now, roles]
    if wish is None:
        asked += [None, None, None, None]
    else:
        kept = wish.kept_for_terminals if proof.kind == "terminal" else wish.kept
        asked += [wish.route, wish.key, wish.fingerprint, now + kept]
    return Call(queries.ADMIT_TERMINAL if proof.kind == "terminal" else queries.ADMIT, asked)


def _admitted(
    proof: Proof, rows: list[Any], *, roles: Sequence[Role], is_keyed: bool, now: datetime
) -> tuple[Principal, Known | None]:
    """Who that is, as the row of the question says."""
    is_terminal = proof.kind == "terminal"
    [(who, role, session_id, brand_id, store_id, unseen, language, *known)] = rows
    profile = known.pop() if is_terminal else None
    if who is None:
        raise TerminalUnpaired if is_terminal else Unauthenticated
    if role not in roles:
        raise SecondFactorAwaited if role == Role.NEWCOMER else Forbidden(role=role)
    if unseen is not None and unseen == proof.generation:
        db.send_with_commit(queries.SEE_SIGN_IN, [who, session_id, unseen])
    if proof.kind == "console":
        db.send_with_commit(queries.KEEP_CONSOLE_OPEN, [session_id, now, CONSOLE_SESSION_S, CONSOLE_IDLE_S])
    principal = Principal(who, Role(role), session_id, brand_id, store_id, language, profile)
    db.act_as(principal.as_staff())
    return principal, Known._make(known) if is_keyed else None
