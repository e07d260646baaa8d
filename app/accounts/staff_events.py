"""What opened or closed the console to somebody, for those who answer for the brand's security.

Written in the transaction of the act, so there is no act without it. No secret stands in it.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from app.accounts.models import ConsoleUser, StaffEvent
from app.sql import db


class StaffAct(StrEnum):
    """What was done to somebody's access, or to a rule of the brand."""

    INVITED = "invited"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105 (an act, not a password)
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    DISABLED = "disabled"
    ENABLED = "enabled"
    RESCUED = "rescued"
    RULE_CHANGED = "rule_changed"


def note_staff_event(act: StaffAct, *, user: ConsoleUser, by_id: uuid.UUID | None, now: datetime) -> None:
    """Write down what was done to a user's access; `by_id` is None for an operator at the command line."""
    db.add(StaffEvent(brand_id=user.brand_id, user_id=user.id, by_id=by_id, kind=act, happened_at=now))


def note_brand_event(act: StaffAct, *, brand_id: uuid.UUID, by_id: uuid.UUID | None, now: datetime) -> None:
    """Write down a change of what a whole brand asks of its staff."""
    db.add(StaffEvent(brand_id=brand_id, user_id=None, by_id=by_id, kind=act, happened_at=now))
