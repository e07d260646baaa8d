"""What stamp cards look like. Which stamps a member has is in the ledger, and what full cards gave in their orders."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db

FEWEST_CELLS, MOST_CELLS = 2, 100


class StampCard(db.Base):
    """A card of `size` cells, for each stamp of a currency one. A full one gives the reward, which costs that many;
    without one, its member orders what they like of the catalogue."""

    __tablename__ = "stamp_card"
    __table_args__ = (CheckConstraint(f"size BETWEEN {FEWEST_CELLS} AND {MOST_CELLS}", name="size"),)

    currency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_currency.id"), primary_key=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), index=True)
    size: Mapped[int] = mapped_column(SmallInteger)
    reward_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reward.id"))
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    changed_at: Mapped[datetime]
