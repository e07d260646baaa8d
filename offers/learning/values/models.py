"""How the members of a brand buy, as a few numbers: nothing about anybody."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class ValueModel(db.Base):
    """How members of a brand come and spend (`lifetime_value`): times in days, amounts in the brand's minor units.

    Fitted to those who permit it, and whose first purchase is known; not kept where they are few, or determine nothing.
    """

    __tablename__ = "value_model"

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    r: Mapped[float]
    alpha: Mapped[float]
    a: Mapped[float]
    b: Mapped[float]
    p: Mapped[float]
    q: Mapped[float]
    v: Mapped[float]
    members: Mapped[int]
    """To how many it was fitted."""
    made_at: Mapped[datetime]
