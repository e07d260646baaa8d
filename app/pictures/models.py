"""Pictures, by what they are, and which brand sent them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db


class KeptPicture(db.Base):
    """A picture as PNG, by the SHA-256 of its bytes: what stands at an address never changes, and one picture that is
    used twice is kept once."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("length(sha256) = 32", name="sha256"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
    )

    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    png: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BrandPicture(db.Base):
    """A picture that a brand sent, by the SHA-256 of the largest size that is kept of it. `outline` names every size,
    the largest first: `{"sizes": [[SHA-256 in hexadecimal, width, height], …]}`."""

    __tablename__ = "brand_picture"
    __table_args__ = (CheckConstraint("length(sha256) = 32", name="sha256"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    outline: Mapped[dict[str, Any]]
    sent_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    sent_at: Mapped[datetime]
