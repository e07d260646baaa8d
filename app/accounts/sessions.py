"""A member signs in, stays signed in by a rotating refresh token, and signs out.

Rotation follows RFC 9700 section 4.14.2: a refresh token is used once; a second use means that it leaked, and ends
the sign-in. One exception, because a phone loses answers, and notices it late: the token just replaced may come again
until its successor was seen, for then its answer arrived. It gets the *same* successor, never another one, and never
reaches further back. Requests of one phone that refresh at the same moment are forgiven for a few seconds more.
"""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.accounts import one_time_codes, queries, tokens
from app.accounts.addresses import Address
from app.accounts.errors import RefreshNotAccepted, SignInStale
from app.accounts.models import Member, MemberIdentifier, MemberSession
from app.errors import NotFound, Unauthenticated
from app.languages import Language
from app.sql import db

REFRESH_TOKEN = timedelta(days=90)
REFRESH_GRACE = timedelta(seconds=10)
LONGEST = timedelta(days=365)
"""How long a sign-in lasts at most, however often it is refreshed: whoever has the phone by then proves an address."""
FRESH = timedelta(minutes=15)
"""For so long the code that opened a sign-in also stands for what changes who can open the wallet."""


class Ended(StrEnum):
    """Why a sign-in was revoked."""

    SIGNED_OUT = "signed_out"
    REFRESH_REUSE = "refresh_reuse"
    ERASED = "erased"
    MERGED = "merged"
    SPLIT = "split"
    OPERATOR = "operator"


class Tokens(NamedTuple):
    """What an app keeps of a sign-in. Durations in seconds."""

    member_id: uuid.UUID
    access_token: str
    expires_in_s: int
    refresh_token: str
    refresh_expires_in_s: int
    new_member: bool


def sign_in_member(
    *, address: Address, code: str, handle: str | None, client: str, language: Language, now: datetime
) -> Tokens:
    """Open the wallet of whoever owns this address; a first sign-in makes the wallet.

    `client` is the network that tries the code, `handle` that of the request for it. Raises `CodeNotAccepted`,
    `TooManyGuesses`.
    """
    one_time_codes.prove_address(address=address, code=code, handle=handle, client=client, now=now)
    # The code is the proof, and whose wallet it opens is what we are finding out: nobody's rows are visible yet.
    with db.system():
        known = db.first(queries.owner_of_address(address.kind, address.value))
        member_id = known.member_id if known else _make_member(address, language, now=now)
        if known and known.verified_at is None:
            known.verified_at = now
        # Shared, so that a restriction that comes at the same time finds this sign-in, or this sign-in finds it.
        member = db.all_of(queries.member_shared(member_id))[0]
        session = db.add(
            MemberSession(
                member_id=member_id,
                restricted_at=member.restricted_at,
                minor_until=member.minor_until,
                generation=0,
                rotated_at=now,
                created_at=now,
                expires_at=now + REFRESH_TOKEN,
            )
        )
    return _tokens(session, new_member=known is None, now=now)


def refresh_tokens(*, refresh_token: str, now: datetime) -> Tokens:
    """Exchange a refresh token for a new pair.

    Raises `RefreshNotAccepted`; if the token was used before, its sign-in is revoked.
    """
    try:
        presented = tokens.read_refresh_token(refresh_token)
    except Unauthenticated:
        raise RefreshNotAccepted from None
    db.become(member_id=presented.member_id)
    # Locked, so that twins see the generation that the first of them made.
    session = db.first(db.locked(queries.member_session(presented.member_id, presented.session_id)))
    if session is None or session.revoked_at is not None or min(session.expires_at, _last_day(session)) <= now:
        raise RefreshNotAccepted
    if presented.generation == session.generation:
        session.seen_generation = session.generation
        session.generation += 1
        session.rotated_at = now
        session.expires_at = min(now + REFRESH_TOKEN, _last_day(session))
    elif not _is_lost_answer(presented, session, now=now):
        _end(session, Ended.REFRESH_REUSE, now=now)
        raise RefreshNotAccepted
    return _tokens(session, new_member=False, now=now)


def require_fresh_sign_in(*, member_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> None:
    """Make sure that whoever holds this sign-in proved an address a moment ago. Raises `SignInStale`."""
    session = db.first(queries.member_session(member_id, session_id))
    if session is None or now - session.created_at > FRESH:
        raise SignInStale


def end_other_sign_in(*, member_id: uuid.UUID, session_id: uuid.UUID, by_session_id: uuid.UUID, now: datetime) -> None:
    """End a sign-in of this member from another one, which must be fresh; one's own needs no proof.

    Raises `SignInStale` and `NotFound`.
    """
    if session_id != by_session_id:
        require_fresh_sign_in(member_id=member_id, session_id=by_session_id, now=now)
    sign_out_member(member_id=member_id, session_id=session_id, now=now)


def sign_out_member(*, member_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> None:
    """End one sign-in of this member; its tokens stop at once. Ending it twice is no error. Raises `NotFound`."""
    session = db.first(db.locked(queries.member_session(member_id, session_id)))
    if session is None:
        raise NotFound
    if session.revoked_at is None:
        _end(session, Ended.SIGNED_OUT, now=now)


def end_every_sign_in(
    *, member_id: uuid.UUID, now: datetime, reason: Ended = Ended.ERASED, but: uuid.UUID | None = None
) -> int:
    """End every sign-in of a member who is leaving, or all `but` one; their tokens stop at once. How many were open."""
    ended = db.execute(queries.end_open_member_sessions(member_id, now=now, reason=reason, but=but))
    return len(ended.all())


def end_sign_ins_of_everybody(*, now: datetime) -> int:
    """End every sign-in of every member, by an operator who sees them all. How many were open."""
    return len(db.execute(queries.end_all_member_sessions(now=now, reason=Ended.OPERATOR)).all())


def _make_member(address: Address, language: Language, *, now: datetime) -> uuid.UUID:
    # Two first sign-ins cannot race here: `prove` took the address's turn, and the address is a primary key.
    member = db.add(Member(language=language, created_at=now))
    db.add(MemberIdentifier(kind=address.kind, value=address.value, member_id=member.id, verified_at=now))
    return member.id


def _is_lost_answer(presented: tokens.Refresh, session: MemberSession, *, now: datetime) -> bool:
    is_unseen = session.seen_generation < session.generation
    return presented.generation == session.generation - 1 and (is_unseen or now - session.rotated_at <= REFRESH_GRACE)


def _last_day(session: MemberSession) -> datetime:
    return session.created_at + LONGEST


def _end(session: MemberSession, reason: Ended, *, now: datetime) -> None:
    session.revoked_at = now
    session.revoked_reason = reason


def _tokens(session: MemberSession, *, new_member: bool, now: datetime) -> Tokens:
    refresh = tokens.Refresh(session.member_id, session.id, session.generation)
    return Tokens(
        member_id=session.member_id,
        access_token=tokens.issue_access_token(
            member_id=session.member_id, session_id=session.id, generation=session.generation, now=now
        ),
        expires_in_s=tokens.ACCESS_TOKEN_S,
        refresh_token=tokens.issue_refresh_token(refresh),
        refresh_expires_in_s=int((session.expires_at - now).total_seconds()),
        new_member=new_member,
    )
