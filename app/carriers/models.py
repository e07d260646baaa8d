"""The words in which brands write to people."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class BrandLetter(db.Base):
    """A brand's own words for one kind of letter in one language; what is null is said in our words."""

    __tablename__ = "brand_letter"
    __table_args__ = (
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        CheckConstraint("(subject IS NULL) = (text IS NULL)", name="subject"),
        CheckConstraint("html IS NULL OR text IS NOT NULL", name="plain"),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str | None]
    text: Mapped[str | None]
    html: Mapped[str | None]
    """Checked when it was published: few elements, nothing that is fetched or run."""
    sms: Mapped[str | None]
    published_at: Mapped[datetime]
