"""A member answers the question of one cell: yes at a level, or no."""

import uuid
from datetime import datetime

from app.consent.ledger.evidence import Evidence
from app.consent.ledger.grants import grant_permission
from app.consent.ledger.withdrawal import withdraw_permission
from app.consent.models import Level, PermissionState, Scope


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
) -> PermissionState:
    """Record the answer and return the cell. Level `none` is a no, and costs as little as a yes. Raises as they do."""
    if level is Level.NONE:
        return withdraw_permission(
            member_id=member_id,
            brand_id=brand_id,
            touchpoint=touchpoint,
            purpose=purpose,
            scope=scope,
            recipient=recipient,
            evidence=evidence,
            claimed_at=claimed_at,
            now=now,
        )
    return grant_permission(
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
        now=now,
    )
