"""Messages of Google that were taken already."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class GoogleNonce(db.Base):
    """A message that was taken, as a hash of its nonce, for as long as it would be good: it counts once."""

    __tablename__ = "google_nonce"

    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    good_until: Mapped[datetime] = mapped_column(index=True)
