"""A member answers the question of one cell: yes at a level, or no."""

import uuid
from datetime import datetime

from app.consent.ledger.evidence import Evidence
from app.consent.ledger.grants import Answered, record_yes
from app.consent.ledger.withdrawal import record_no
from app.consent.models import Level, Scope
from app.phones.installations import AHEAD


def answer_question(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    level: Level,
    now: datetime,
    evidence: Evidence | None = None,
    scope: Scope | None = None,
    recipient: str | None = None,
    expires_at: datetime | None = None,
    claimed_at: datetime | None = None,
    session_id: uuid.UUID | None = None,
) -> Answered:
    """Record the answer and return its cell with what it was judged by; `session_id` is the sign-in that answers.

    Level `none` is a no, and costs as little as a yes. `claimed_at` is when the phone says it happened; a time that has
    not come yet is no claim, and hinders no answer. Raises what `record_yes` and `record_no` raise.
    """
    claimed_at = None if claimed_at is None or claimed_at - now > AHEAD else min(claimed_at, now)
    if level is Level.NONE:
        return record_no(
            member_id=member_id,
            brand_id=brand_id,
            touchpoint=touchpoint,
            purpose=purpose,
            scope=scope,
            recipient=recipient,
            evidence=evidence,
            claimed_at=claimed_at,
            session_id=session_id,
            now=now,
        )
    return record_yes(
        member_id=member_id,
        brand_id=brand_id,
        touchpoint=touchpoint,
        purpose=purpose,
        level=level,
        scope=scope,
        recipient=recipient,
        evidence=evidence,
        expires_at=expires_at,
        claimed_at=claimed_at,
        session_id=session_id,
        now=now,
    )
