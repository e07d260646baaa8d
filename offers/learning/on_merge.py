"""What is learnt of two wallets that become one, or two again: what both do, by one who did it all.

Whether a profile stands is said by the permissions, which the merge narrows: a no of either is a no, and a yes of the
source alone stays with the source (`app.consent.on_merge`). What stands is learnt anew from all that is theirs then,
right before the transaction ends and everything has come: sums of whole numbers are the same in any order, so it is
exactly what one person who did both would have, or each of the two again.
"""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from offers.learning import lessons, profiles, queries


class _Changed(NamedTuple):
    """A member whose things come or go, and when."""

    member_id: uuid.UUID
    at: datetime


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Learn both anew once everything came; nothing is brought by itself."""
    for member_id in (source_id, target_id):
        db.before_commit(_learn_anew, _Changed(member_id, now))
    return {}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Learn both anew once everything went back; nothing is given back by itself."""
    return merge(source_id=source_id, target_id=target_id, merge_id=merge_id, now=now)


def _learn_anew(changed: list[Any]) -> None:
    with db.system():  # both are theirs, as they or their brand proved
        for member_id, at in sorted(set(changed)):
            profiles.settle_profiles(member_id, now=at)
            for owner_id, brand_id in db.rows(queries.every_profile(member_id)):
                lessons.relearn_profile(owner_id, brand_id, now=at)
