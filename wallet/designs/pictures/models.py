"""Pictures, by what they are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

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
