"""Designs of passes, version by version."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class PassDesign(db.Base):
    """What a brand's passes look like: a version never changes, the last one is in force.

    `content` has the shape of `schemas.PassDesignIn`. `uploaded` names the pictures as they were sent, `cut` what each
    wallet shows of them, both by name: SHA-256 in hexadecimal, width and height in pixels.
    """

    __tablename__ = "pass_design"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    uploaded: Mapped[dict[str, Any]]
    cut: Mapped[dict[str, Any]]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    set_at: Mapped[datetime]
