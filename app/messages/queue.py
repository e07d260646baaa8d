"""Ask for a message. It is queued only with a permission, and leaves only if that still stands: see `delivery`."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from app.consent.decision import verdicts
from app.consent.errors import refusal_for
from app.consent.ledger.events import share_permissions
from app.consent.models import Level
from app.messages import queries
from app.messages.models import Message, MessageStatus
from app.messages.wording import MessageWords
from app.sql import db

USEFUL = timedelta(days=3)
"""A message that could not leave by then would come too late."""

ON_REQUEST = "alert_on_request"


def queue_message(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    words: MessageWords,
    key: str,
    now: datetime,
    store_id: uuid.UUID | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Queue a message and return it; asking again with the same `key` returns the first.

    `store_id` is the store that it speaks of, for a permission that holds only there. Raises one of the
    `PermissionMissing` family; then nothing is queued.
    """
    share_permissions(member_id)  # a withdrawal sees this message, or this message sees the withdrawal
    known = db.first(queries.message_by_key(member_id=member_id, brand_id=brand_id, key=key))
    if known is not None:
        return known
    verdict = decide_message(
        member_id=member_id, brand_id=brand_id, touchpoint=touchpoint, purpose=purpose, store_id=store_id, now=now
    )
    if not verdict.allowed or verdict.event_id is None:
        raise refusal_for(verdict.reason, purpose=purpose, touchpoint=touchpoint)
    due_at = due_at or now
    return db.add(
        Message(
            member_id=member_id,
            brand_id=brand_id,
            touchpoint=touchpoint,
            purpose=purpose,
            store_id=store_id,
            key=key,
            words=words.kept(),
            event_id=verdict.event_id,
            status=MessageStatus.QUEUED,
            created_at=now,
            due_at=due_at,
            expires_at=expires_at or due_at + USEFUL,
        )
    )


def decide_message(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    store_id: uuid.UUID | None,
    now: datetime,
) -> verdicts.Verdict:
    """Whether a message may leave now."""
    return verdicts.decide_permission(
        member_id=member_id,
        brand_id=brand_id,
        touchpoint=touchpoint,
        purpose=purpose,
        store_id=store_id,
        area_ids=() if store_id is None else db.all_of(queries.areas_of(store_id)),
        levels=sufficing(purpose),
        now=now,
    )


def sufficing(purpose: str) -> Collection[Level]:
    """The levels that let us write first. An alert on request is one that the member asked for, and no other."""
    spontaneous = {Level.CONTACT_ONCE, Level.PROACTIVE}
    return spontaneous | {Level.ALERT_ON_REQUEST} if purpose == ON_REQUEST else spontaneous
