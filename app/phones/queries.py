"""Questions about the apps on members' phones."""

import uuid

from sqlalchemy import Select, select

from app.phones.models import Installation


def installations_of(member_id: uuid.UUID) -> Select[Installation]:
    """A member's installations, as the database has them now."""
    return select(Installation).where(Installation.member_id == member_id).execution_options(populate_existing=True)
