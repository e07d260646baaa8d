"""How often offers were shown or not, counted from decisions. Nothing in it is about a person."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, PrimaryKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class OfferShowing(db.Base):
    """How many decisions of one day, on the brand's calendar, came to one outcome for an offer at a store.

    `members` is never more than the members behind the count: the most that were ever counted at once.
    """

    __tablename__ = "offer_showing"
    __table_args__ = (PrimaryKeyConstraint("offer_number", "day", "store_number", "outcome"),)

    offer_number: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    day: Mapped[date] = mapped_column(Date)
    store_number: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    outcome: Mapped[int] = mapped_column(SmallInteger, autoincrement=False)
    """`offers.deciding.ranking.Outcome`."""
    decisions: Mapped[int]
    members: Mapped[int]


class ShowingsCounted(db.Base):
    """Up to which decision they are counted: all whose id is less. One row, or none before the first."""

    __tablename__ = "showings_counted"
    __table_args__ = (CheckConstraint("id = 1", name="id"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    before: Mapped[uuid.UUID]
