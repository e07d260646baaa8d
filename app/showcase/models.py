"""Profiles of brands, version by version."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class BrandProfile(db.Base):
    """What a brand says of itself: a version never changes, the last one is in force.

    Its name, colour, legal name and contacts are columns of `brand`, and nowhere else. `content` has the shape of
    `schemas.BrandProfileIn`.
    """

    __tablename__ = "brand_profile"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    listed: Mapped[bool]
    """Whether the directory names the brand. Whoever knows its code finds it in any case."""
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    set_at: Mapped[datetime]
