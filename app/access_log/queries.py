"""Questions about who read what."""

import uuid
from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.access_log.models import PersonalRead
from app.sql.store_tables import STORE


def reads_of(member_id: uuid.UUID) -> Select[PersonalRead]:
    """Who of which brand read a member's data."""
    return select(PersonalRead).options(joinedload(PersonalRead.brand)).where(PersonalRead.member_id == member_id)


def names_of_stores(store_ids: Collection[uuid.UUID]) -> Select[uuid.UUID, str]:
    """The names of these stores."""
    return select(STORE.c.id, STORE.c.name).where(STORE.c.id.in_(store_ids))
