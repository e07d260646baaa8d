"""A member says on which day of the year they were born, while they permit a treat for it."""

import uuid
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from app.consent.models import PermissionState
from app.sql import db, locks
from offers.planning.audiences import queries
from offers.planning.audiences.errors import BirthdayNotAsked, BirthdayUnsaid
from offers.planning.audiences.models import Birthday


def say_birthday(*, member_id: uuid.UUID, day: int, month: int, now: datetime) -> Birthday:
    """Keep a member's birthday, in place of what they said before.

    Their permissions stay as they are meanwhile, so that none ends unnoticed. Raises `BirthdayNotAsked`.
    """
    locks.share_permissions(member_id)
    if db.first(queries.treats_permitted(now=now).where(PermissionState.member_id == member_id)) is None:
        raise BirthdayNotAsked
    said = {"day": day, "month": month, "said_at": now}
    kept = insert(Birthday).values(member_id=member_id, **said)
    db.execute(kept.on_conflict_do_update(index_elements=[Birthday.member_id], set_=said))
    return own_birthday(member_id=member_id)


def own_birthday(*, member_id: uuid.UUID) -> Birthday:
    """What the member said. Raises `BirthdayUnsaid`."""
    known = db.first(queries.birthday_of(member_id))
    if known is None:
        raise BirthdayUnsaid
    return known


def forget_birthday(*, member_id: uuid.UUID) -> None:
    """Keep a member's birthday no longer. Twice is no error."""
    for known in db.all_of(db.locked(queries.birthday_of(member_id))):
        db.session().delete(known)
    db.session().flush()


def forget_birthday_without_ground(*, member_id: uuid.UUID, now: datetime) -> None:
    """Keep a member's birthday no longer, unless a brand may still use it."""
    if db.first(queries.birthday_of(member_id).where(queries.without_ground(now=now))) is not None:
        forget_birthday(member_id=member_id)
