"""Passes that were issued, and notes of what changed since."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, Sequence, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import ACCOUNT
from app.data_map import DataClass
from app.lifetimes import By, Since
from app.sql import db

REVISIONS = Sequence("pass_revision", metadata=db.Base.metadata)
"""Numbers of revisions. Those of passes that changed are taken under one lock, so that they commit in their order."""


class PassKind(StrEnum):
    """What a pass stands for."""

    CARD = "card"
    COUPON = "coupon"


class IssuedPass(db.Base):
    """A card or coupon as the wallets of a member's phones hold it: one row for all of them.

    `revision` grows with whatever the pass says, in the order of commits. `changed_at` is the instant for
    `Last-Modified`: whole seconds, at least one after that before. `digest` is of all that it says. At `due_at` it
    changes by time alone. `settling` is null once whatever was under way when it was issued or moved has been looked
    for: until then 0, or the number that the oldest running transaction must have reached.
    """

    __tablename__ = "issued_pass"
    __table_args__ = (
        UniqueConstraint("serial"),
        CheckConstraint("kind IN ('card', 'coupon')", name="kind"),
        CheckConstraint("serial ~ '^[A-Za-z0-9_-]{22}$'", name="serial"),
        Index(
            "uq_issued_pass_standing",
            "member_id",
            "kind",
            "target_id",
            unique=True,
            postgresql_where=sql_text("ended_at IS NULL"),
        ),
        Index("ix_issued_pass_noted", "member_id", "brand_id", postgresql_where=sql_text("ended_at IS NULL")),
        Index("ix_issued_pass_brand", "brand_id", "id"),
        Index("ix_issued_pass_id", "id"),
        Index("ix_issued_pass_due", "due_at", postgresql_where=sql_text("due_at IS NOT NULL")),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.COUPON, "ended_at"), act="made_at"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACCOUNT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=ACCOUNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=ACCOUNT)
    kind: Mapped[str] = mapped_column(info=ACCOUNT)
    target_id: Mapped[uuid.UUID] = mapped_column(info=ACCOUNT)
    """The card or the coupon."""
    serial: Mapped[str] = mapped_column(info=ACCOUNT)
    """What wallets call it, for ever."""
    revision: Mapped[int] = mapped_column(BigInteger, info=ACCOUNT)
    changed_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    digest: Mapped[bytes] = mapped_column(LargeBinary, info=ACCOUNT)
    made_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    ended_at: Mapped[datetime | None] = mapped_column(info=ACCOUNT)
    due_at: Mapped[datetime | None] = mapped_column(info=ACCOUNT)
    settling: Mapped[int | None] = mapped_column(BigInteger, info=ACCOUNT)


class PassChange(db.Base):
    """That something changed of what a member's passes of a brand say, written by triggers in the same transaction.

    One row for each transaction that changed something: nobody who writes waits for another, or for the job.
    """

    __tablename__ = "pass_change"
    __table_args__ = (
        Index("ix_pass_change_changed_by", "changed_by"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=By("wallet.issued.refresh_passes"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACCOUNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACCOUNT)
    changed_by: Mapped[int] = mapped_column(
        BigInteger,
        primary_key=True,
        autoincrement=False,
        server_default=sql_text("(pg_current_xact_id()::text)::bigint"),
        info=ACCOUNT,
    )
    """The transaction."""


class BrandPassChange(db.Base):
    """That something changed of what every pass of a brand says, or shows. The job works through the passes in the
    order of their ids; `after_id` is the last one that it looked at."""

    __tablename__ = "brand_pass_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    anew: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    """Whether each is to be fetched again whatever it says: its look is new."""
    after_id: Mapped[uuid.UUID | None]
