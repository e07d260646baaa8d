"""Questions about terminals that report."""

from datetime import datetime

from sqlalchemy import Select, select

from app.accounts.models import Terminal


def reporting_terminals(*, since: datetime) -> Select[Terminal]:
    """Terminals that reported since an instant and were not revoked."""
    return select(Terminal).where(Terminal.reported_at >= since, Terminal.revoked_at.is_(None))
