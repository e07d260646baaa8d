"""That the holder of a card works for the brand: what the brand said of them, and until when."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import STAFF
from app.data_map import DataClass, Export
from app.lifetimes import By
from app.sql import db
from wallet.cards.models import Card

SAID = db.datum(DataClass.EMPLOYMENT, purposes=("staff_benefits",), export=Export.DERIVED)


class Employment(db.Base):
    """A member is one of a brand's employees, from an instant until a day of the brand's calendar, or without end.

    The brand says it of the holder of a card; the member did not give it, so their portability file has none of it.
    """

    __tablename__ = "employment"
    __table_args__ = (
        Index("ix_employment_brand_id", "brand_id"),
        Index("ix_employment_last_day", "last_day"),
        db.personal(
            db.Reader.MEMBER,
            db.Reader.BRAND,
            kept=By("wallet.employment.forget_employments", DataClass.EMPLOYMENT),
            act=None,
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=SAID
    )
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=SAID)
    id: Mapped[uuid.UUID] = mapped_column(default=db.new_id, info=SAID)
    since: Mapped[datetime] = mapped_column(info=SAID)
    last_day: Mapped[date | None] = mapped_column(info=SAID)
    """Included; null without end."""
    marked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    marked_at: Mapped[datetime] = mapped_column(info=SAID)

    card: Mapped[Card] = relationship(
        primaryjoin="and_(foreign(Employment.member_id) == Card.member_id, Employment.brand_id == Card.brand_id)",
        viewonly=True,
        lazy="raise",
    )
