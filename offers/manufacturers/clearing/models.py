"""Clearing files: what an issuer owes for a month."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class ClearingFile(db.Base):
    """All that an issuer owed at the end of a month and that no earlier file had: uses, and corrections by returns.
    Never changed. Its lines are the entries that name it (`IssuerEntry.clearing_id`), its number is the next of the
    brand's."""

    __tablename__ = "clearing_file"
    __table_args__ = (
        UniqueConstraint("brand_id", "number"),
        UniqueConstraint("issuer_id", "month"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("uses_minor >= 0 AND corrections_minor <= 0", name="amounts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coupon_issuer.id"))
    number: Mapped[int]
    month: Mapped[date]
    """Its first day."""
    currency: Mapped[str]
    uses: Mapped[int]
    uses_minor: Mapped[int] = mapped_column(BigInteger)
    corrections: Mapped[int]
    corrections_minor: Mapped[int] = mapped_column(BigInteger)
    parties: Mapped[dict[str, Any]]
    """Who bills whom, as they were called when it was made."""
    sha256: Mapped[str]
    """Of its lines as CSV: whoever has them can show that nothing changed."""
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    """Null for the command line."""
    made_at: Mapped[datetime]

    @property
    def total_minor(self) -> int:
        """What the issuer owes by this file; below zero, what it is owed."""
        return self.uses_minor + self.corrections_minor
