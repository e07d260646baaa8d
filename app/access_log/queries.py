"""Questions about who read what."""

import uuid
from collections.abc import Collection

from sqlalchemy import Select, Text, Uuid, column, select, table
from sqlalchemy.orm import joinedload

from app.access_log.models import PersonalRead

# The kernel does not import the room of places; to tell a member where something was read it needs only a name.
STORE = table("store", column("id", Uuid()), column("name", Text()))


def reads_of(member_id: uuid.UUID) -> Select[PersonalRead]:
    """Who of which brand read a member's data."""
    return select(PersonalRead).options(joinedload(PersonalRead.brand)).where(PersonalRead.member_id == member_id)


def names_of_stores(store_ids: Collection[uuid.UUID]) -> Select[uuid.UUID, str]:
    """The names of these stores."""
    return select(STORE.c.id, STORE.c.name).where(STORE.c.id.in_(store_ids))
