"""What a member does not want to see."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.lifetimes import WITH_THE_WALLET
from app.sql import db

HIDDEN = db.datum(DataClass.ACCOUNT, purposes=("personalised_offers",), export=Export.PROVIDED)


class OfferDismissal(db.Base):
    """A member said "not this": the offer is not shown to them, until they take it back."""

    __tablename__ = "offer_dismissal"
    __table_args__ = (db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act="dismissed_at"),)

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=HIDDEN
    )
    offer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True, info=HIDDEN
    )
    dismissed_at: Mapped[datetime] = mapped_column(info=HIDDEN)
