"""A terminal says how it is: its clock, its queue, its battery, its last scans. We say what is wrong with it."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.accounts import queries
from app.accounts.black_box.queries import reporting_terminals
from app.accounts.models import Terminal
from app.errors import NotFound
from app.ops.signs import OK, Sign
from app.sql import db

SILENT_AFTER = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=7)
"""A terminal that says nothing for so long is out of use, and no alarm."""
DRIFTS_FROM_S = 120
QUEUE_IS_OLD_AFTER = timedelta(hours=4)
LOW_BATTERY_PERCENT = 15
MOST_DRIFT_S = 2**31 - 1


class TerminalSign(StrEnum):
    """What is wrong with a terminal, as it reports itself."""

    SILENT = "silent"
    DRIFTING = "drifting"
    OLD_QUEUE = "old_queue"
    LOW_BATTERY = "low_battery"


def note_report(
    *,
    terminal_id: uuid.UUID,
    clock_at: datetime,
    queue_length: int,
    oldest_queued_at: datetime | None,
    battery_percent: int | None,
    hardware: str | None,
    software: str | None,
    last_scans: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Terminal:
    """Keep the last report of a terminal. `clock_at` is what its clock said when it sent; how far that is ahead we
    work out, so it holds the way here as well."""
    terminal = db.first(db.locked(queries.terminal(terminal_id)))
    if terminal is None:
        raise NotFound
    drift_s = round((clock_at - now).total_seconds())
    terminal.reported_at, terminal.clock_drift_s = now, max(-MOST_DRIFT_S, min(drift_s, MOST_DRIFT_S))
    # By its own clock, and so put right by what that is ahead.
    terminal.oldest_queued_at = oldest_queued_at and oldest_queued_at - (clock_at - now)
    terminal.queue_length, terminal.battery_percent = queue_length, battery_percent
    terminal.hardware, terminal.software = hardware or terminal.hardware, software or terminal.software
    terminal.last_scans = {"scans": [dict(one) for one in last_scans]}
    return terminal


def signs_of(terminal: Terminal, *, now: datetime) -> list[TerminalSign]:
    """What is wrong with a terminal; nothing is known of one that never reported, or was revoked."""
    if terminal.reported_at is None or terminal.revoked_at is not None:
        return []
    oldest, battery = terminal.oldest_queued_at, terminal.battery_percent
    seen = {
        TerminalSign.SILENT: terminal.reported_at + SILENT_AFTER <= now,
        TerminalSign.DRIFTING: abs(terminal.clock_drift_s or 0) > DRIFTS_FROM_S,
        TerminalSign.OLD_QUEUE: oldest is not None and oldest + QUEUE_IS_OLD_AFTER <= now,
        TerminalSign.LOW_BATTERY: battery is not None and battery < LOW_BATTERY_PERCENT,
    }
    return [sign for sign, is_there in seen.items() if is_there]


def tell_terminal(terminal: Terminal, *, now: datetime) -> dict[str, Any]:
    """A terminal with what is wrong with it."""
    return {"terminal": terminal, "signs": signs_of(terminal, now=now)}


def watch_terminals(now: datetime) -> Sign:
    """How many terminals, of those in use, are silent, drift or have an old queue: an alarm that keeps nobody away."""
    counted: Counter[str] = Counter()
    troubled = 0
    for terminal in db.all_of(reporting_terminals(since=now - FORGOTTEN_AFTER)):
        signs = signs_of(terminal, now=now)
        counted.update(str(sign) for sign in signs)
        troubled += bool(signs)
    parts = {str(sign): float(counted[str(sign)]) for sign in TerminalSign}
    return Sign(OK if not troubled else f"{troubled} to look at", float(troubled), parts=parts)
