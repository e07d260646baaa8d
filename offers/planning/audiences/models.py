"""The day and the month on which a member was born: asked for a treat, and for nothing else."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.lifetimes import By
from app.sql import db

SAID = db.datum(DataClass.BIRTHDAY, purposes=("birthday_treat",), export=Export.PROVIDED)


class Birthday(db.Base):
    """Said by the member, while they permit a treat to some brand; the year is never asked. It goes with the last such
    permission. No brand reads it: an offer only asks whether it is near."""

    __tablename__ = "birthday"
    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name="day_of_a_month"),
        db.personal(
            db.Reader.MEMBER,
            kept=By("offers.planning.audiences.forget_birthdays", DataClass.BIRTHDAY),
            act=None,
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=SAID
    )
    day: Mapped[int] = mapped_column(SmallInteger, info=SAID)
    month: Mapped[int] = mapped_column(SmallInteger, info=SAID)
    said_at: Mapped[datetime] = mapped_column(info=SAID)
