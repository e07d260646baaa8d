"""Questions about the apps on members' phones."""

import uuid

from sqlalchemy import Select, select

from app.phones.models import Installation


def installations_of(member_id: uuid.UUID) -> Select[Installation]:
    """A member's installations, as the database has them now."""
    return select(Installation).where(Installation.member_id == member_id).execution_options(populate_existing=True)


def installation_locked(member_id: uuid.UUID, installation_id: uuid.UUID) -> Select[Installation]:
    """One installation of a member, for whoever changes it."""
    mine = select(Installation).where(Installation.member_id == member_id, Installation.id == installation_id)
    return mine.with_for_update().execution_options(populate_existing=True)
