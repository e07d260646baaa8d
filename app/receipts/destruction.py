"""The end of the evidence period: the salt is destroyed, the log stays as it is and says nothing any more.

The root does not change, so no other receipt is touched; nobody, we included, can tell whose leaf it was.
"""

import uuid
from collections.abc import Collection

from sqlalchemy import delete

from app.receipts.models import LeafSalt, Receipt
from app.sql import db


def destroy_salt(*, member_id: uuid.UUID, event_ids: Collection[uuid.UUID] | None = None) -> int:
    """Destroy the salts of these events of a member, of all when none are named; how many there were.

    A copy that a member holds still verifies with the public key: it is theirs, and holds its own salt.
    """
    gone = delete(LeafSalt).where(LeafSalt.member_id == member_id)
    if event_ids is not None:
        gone = gone.where(LeafSalt.event_id.in_(event_ids))
    return len(db.execute(gone.returning(LeafSalt.event_id)).all())


def forget_receipts_of_parents(*, event_ids: Collection[uuid.UUID]) -> int:
    """Destroy what parents hold of these events of their children, salts and records; how many."""
    gone = delete(Receipt).where(Receipt.event_id.in_(event_ids), Receipt.child_id.is_not(None))
    held = db.execute(gone.returning(Receipt.member_id, Receipt.event_id)).all()
    return sum(destroy_salt(member_id=one.member_id, event_ids=[one.event_id]) for one in held)


def forget_receipts(*, member_id: uuid.UUID, event_ids: Collection[uuid.UUID] | None = None) -> int:
    """Destroy the salts and the records themselves; how many. What has not been sealed never will be."""
    destroy_salt(member_id=member_id, event_ids=event_ids)
    gone = delete(Receipt).where(Receipt.member_id == member_id)
    if event_ids is not None:
        gone = gone.where(Receipt.event_id.in_(event_ids))
    return len(db.execute(gone.returning(Receipt.event_id)).all())
