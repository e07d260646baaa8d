"""Questions about who may sign in and who is signed in."""

import uuid
from datetime import datetime

from sqlalchemy import Select, select

from app.accounts.models import Brand, ConsoleSession, ConsoleUser, MemberSession, Terminal


def brand_with_code(code: str) -> Select[tuple[Brand]]:
    """The brand that people call `code`."""
    return select(Brand).where(Brand.code == code)


def open_member_session(member_id: uuid.UUID, session_id: uuid.UUID, *, now: datetime) -> Select[tuple[MemberSession]]:
    """This sign-in of this member, unless it was revoked or is over."""
    return select(MemberSession).where(
        MemberSession.member_id == member_id,
        MemberSession.id == session_id,
        MemberSession.revoked_at.is_(None),
        MemberSession.expires_at > now,
    )


def console_session_with(token_hash: bytes, *, now: datetime) -> Select[tuple[ConsoleSession, ConsoleUser]]:
    """The open console session with this token, and its user if not disabled."""
    return (
        select(ConsoleSession, ConsoleUser)
        .join(ConsoleUser, ConsoleUser.id == ConsoleSession.user_id)
        .where(
            ConsoleSession.token_hash == token_hash,
            ConsoleSession.revoked_at.is_(None),
            ConsoleSession.expires_at > now,
            ConsoleUser.disabled_at.is_(None),
        )
    )


def terminal_with_key(key_hash: bytes) -> Select[tuple[Terminal]]:
    """The terminal that holds this key, unless it was revoked."""
    return select(Terminal).where(Terminal.key_hash == key_hash, Terminal.revoked_at.is_(None))
