"""Forgetting what sign-ins leave behind. Each job returns how many rows it deleted."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, delete, or_

from app.accounts.guess_limits import DAY, HOUR
from app.accounts.models import ConsoleSession, MemberSession, OneTimeCode, QuotaUse, SignInFailure, Terminal
from app.sql import db

ENDED_SESSIONS_KEPT = timedelta(days=30)  # long enough to ask "when was I signed out, and why"


def forget_codes(*, now: datetime) -> int:
    """Codes, an hour after they expired."""
    return _count(delete(OneTimeCode).where(OneTimeCode.expires_at <= now - HOUR))


def forget_failures(*, now: datetime) -> int:
    """Failures that no limit counts any more."""
    return _count(delete(SignInFailure).where(SignInFailure.failed_at <= now - DAY))


def forget_quota_uses(*, now: datetime) -> int:
    """Quotas of which nothing is used up any more."""
    return _count(delete(QuotaUse).where(QuotaUse.whole_at <= now - HOUR))


def forget_member_sessions(*, now: datetime) -> int:
    """Sign-ins of members, 30 days after their end."""
    before = now - ENDED_SESSIONS_KEPT
    return _count(
        delete(MemberSession).where(or_(MemberSession.expires_at <= before, MemberSession.revoked_at <= before))
    )


def forget_console_sessions(*, now: datetime) -> int:
    """Console sessions, 30 days after their end."""
    before = now - ENDED_SESSIONS_KEPT
    return _count(
        delete(ConsoleSession).where(or_(ConsoleSession.expires_at <= before, ConsoleSession.revoked_at <= before))
    )


def forget_unpaired_terminals(*, now: datetime) -> int:
    """Terminals that nobody paired in time, a day later: they never worked, so nothing refers to them."""
    return _count(delete(Terminal).where(Terminal.paired_at.is_(None), Terminal.pairing_expires_at <= now - DAY))


def _count(statement: Delete) -> int:
    result: Any = db.execute(statement)
    return int(result.rowcount)


JOBS = (
    forget_codes,
    forget_failures,
    forget_quota_uses,
    forget_member_sessions,
    forget_console_sessions,
    forget_unpaired_terminals,
)
