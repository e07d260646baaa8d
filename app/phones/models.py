"""Installations: one app on one phone, with what the phone's own settings allow it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.lifetimes import WITH_THE_WALLET
from app.sql import db

REPORTED = db.datum(DataClass.OS_PERMISSION, purposes=("loyalty_account",), export=Export.PROVIDED)


class Installation(db.Base):
    """One app on one phone, and the last vector that it reported: no permission, only a condition of one."""

    __tablename__ = "installation"
    __table_args__ = (
        CheckConstraint("platform IN ('ios', 'android')", name="platform"),
        CheckConstraint(
            "location IN ('denied', 'once', 'while_using', 'always', 'not_determined')",
            name="location",
        ),
        CheckConstraint("precision IN ('precise', 'approximate')", name="precision"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=REPORTED
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=REPORTED)
    """Made by the app when it is installed; another member's installation may have the same, and is another one."""
    platform: Mapped[str] = mapped_column(info=REPORTED)
    app_version: Mapped[str] = mapped_column(info=REPORTED)
    location: Mapped[str] = mapped_column(info=REPORTED)
    precision: Mapped[str | None] = mapped_column(info=REPORTED)
    bluetooth: Mapped[bool] = mapped_column(info=REPORTED)
    notifications: Mapped[bool] = mapped_column(info=REPORTED)
    reported_at: Mapped[datetime] = mapped_column(info=REPORTED)
    """When the phone said so, and never later than when we heard it."""
    created_at: Mapped[datetime] = mapped_column(info=REPORTED)
