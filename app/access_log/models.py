"""Who read a member's data."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Brand
from app.data_map import DataClass, Export
from app.lifetimes import Since
from app.sql import db

READ = db.datum(DataClass.READ_LOG, purposes=("security", "rights"), export=Export.OBSERVED)


class PersonalRead(db.Base):
    """Staff saw something of a member: who by role, which kind of data, when. Never what it said."""

    __tablename__ = "personal_read"
    __table_args__ = (
        Index("ix_personal_read_mine", "member_id", "read_at", "id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.READ_LOG, "read_at"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=READ
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=READ)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=READ)
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id"), info=READ)
    role: Mapped[str] = mapped_column(info=READ)
    data_classes: Mapped[list[str]] = mapped_column(ARRAY(TEXT), info=READ)
    read_at: Mapped[datetime] = mapped_column(info=READ)

    brand: Mapped[Brand] = relationship(viewonly=True, lazy="raise")
