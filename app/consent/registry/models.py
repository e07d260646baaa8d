"""The words of a purpose as they were shown: filled in, and kept byte for byte."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.consent.models import OWN
from app.sql import db


class ShownText(db.Base):
    """What a brand's members read when it asks one question. About no member. Insert-only.

    A receipt names it by its fingerprint for years, in which the brand may move and the text be replaced.
    """

    __tablename__ = "shown_text"
    __table_args__ = (
        ForeignKeyConstraint(
            ["purpose", "locale", "version"],
            ["purpose_text.purpose", "purpose_text.locale", "purpose_text.version"],
            name="fk_shown_text_purpose_text",
        ),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    touchpoint: Mapped[str] = mapped_column(ForeignKey("touchpoint.code"), primary_key=True)
    recipient: Mapped[str] = mapped_column(primary_key=True, default=OWN)
    purpose: Mapped[str]
    locale: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    shown_at: Mapped[datetime]
    """When it was first shown."""
