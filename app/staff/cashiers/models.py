"""Cashiers: people of a store with a number and a PIN, who are no users of the console."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.lifetimes import By
from app.sql import db


class Cashier(db.Base):
    """A person at the tills of one store. `pin_hash` is argon2id. A year after they left, their name is forgotten; the
    number stays, since sales carry it."""

    __tablename__ = "cashier"
    __table_args__ = (
        CheckConstraint("number ~ '^[0-9]{1,8}$'", name="number"),
        Index("uq_cashier_number", "store_id", "number", unique=True, postgresql_where=text("dismissed_at IS NULL")),
        Index("ix_cashier_brand_id", "brand_id", "created_at", "id"),
        db.about_people(kept=By("app.staff.cashiers.forget_cashiers")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STAFF)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=STAFF)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=STAFF)
    number: Mapped[str] = mapped_column(info=STAFF)
    name: Mapped[str] = mapped_column(info=STAFF)
    pin_hash: Mapped[str] = mapped_column(info=STAFF)
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    dismissed_at: Mapped[datetime | None] = mapped_column(info=STAFF)
