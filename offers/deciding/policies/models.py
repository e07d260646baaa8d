"""How much each factor counts for a brand, version by version."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class DecisionPolicy(db.Base):
    """How much each factor counts for a brand, version by version: a version never changes, the last one is in force.

    `weights` holds those that differ from the house's, in hundredths. `plain` is the brand's switch back to the plain
    order, for everybody.
    """

    __tablename__ = "decision_policy"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    weights: Mapped[dict[str, Any]]
    plain: Mapped[bool]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    set_at: Mapped[datetime]
