"""Scans: which pass was shown where and when, and what the till was told."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.lifetimes import Since
from app.sql import db

SEEN = db.datum(DataClass.SCAN, purposes=("loyalty_account",), export=Export.OBSERVED)


class Scan(db.Base):
    """A terminal read a code that its brand knows."""

    __tablename__ = "scan"
    __table_args__ = (
        Index("ix_scan_brand_id", "brand_id", "id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.SCAN, "scanned_at"), act="scanned_at"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=SEEN
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=SEEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=SEEN)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=SEEN)
    terminal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("terminal.id"), info=SEEN)
    kind: Mapped[str] = mapped_column(info=SEEN)
    target_id: Mapped[uuid.UUID] = mapped_column(info=SEEN)
    """The card or the coupon whose code was read."""
    scanned_at: Mapped[datetime] = mapped_column(info=SEEN)
    standing: Mapped[str] = mapped_column(server_default="plain", info=SEEN)
    """What is to be thought of the code that was shown: `wallet.authenticity.models.ProofStanding`."""
