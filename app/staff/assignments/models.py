"""Where somebody at the console plans."""

import uuid

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db
from app.staff.models import AS_LONG_AS_STAFF


class StaffPlaces(db.Base):
    """The areas and stores for which somebody plans at the console; without a row, the whole brand."""

    __tablename__ = "staff_places"
    __table_args__ = (db.about_people(kept=AS_LONG_AS_STAFF),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("console_user.id", ondelete="CASCADE"), primary_key=True, info=STAFF
    )
    areas: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), info=STAFF)
    stores: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), info=STAFF)
