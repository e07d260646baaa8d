"""That members became one, and what came with whom."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.lifetimes import WITH_THE_WALLET
from app.sql import db

MERGED = db.datum(DataClass.ACCOUNT, purposes=("loyalty_account",), export=Export.OBSERVED)


class MemberMerge(db.Base):
    """That another member, `source_id`, became part of this one, on whose word; and that they were parted again.

    `moved` counts by kind what came; once they are parted, `stayed` counts what could not go back.
    """

    __tablename__ = "member_merge"
    __table_args__ = (
        CheckConstraint("cause IN ('member', 'card', 'brand')", name="cause"),
        CheckConstraint("(cause = 'brand') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("member_id <> source_id", name="two"),
        Index("ix_member_merge_mine", "member_id", "merged_at", "id"),
        Index("ix_member_merge_brand", "brand_id", "merged_at", "id"),
        Index("ix_member_merge_fresh", "merged_at", postgresql_where=text("gathered_at IS NULL")),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=MERGED
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=MERGED)
    source_id: Mapped[uuid.UUID] = mapped_column(info=MERGED)
    cause: Mapped[str] = mapped_column(info=MERGED)
    brand_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("brand.id"), info=MERGED)
    """The brand whose administrator, or whose card, it was."""
    by: Mapped[uuid.UUID] = mapped_column(info=MERGED)
    """The member themself, or the administrator."""
    reason: Mapped[str | None] = mapped_column(info=MERGED)
    moved: Mapped[dict[str, Any]] = mapped_column(server_default="{}", info=MERGED)
    stayed: Mapped[dict[str, Any] | None] = mapped_column(info=MERGED)
    merged_at: Mapped[datetime] = mapped_column(info=MERGED)
    final_at: Mapped[datetime] = mapped_column(info=MERGED)
    """Until then they can be parted; excluded."""
    gathered_at: Mapped[datetime | None] = mapped_column(info=MERGED)
    """When what requests that were under way had left behind was brought too."""
    split_at: Mapped[datetime | None] = mapped_column(info=MERGED)


class MergedMember(db.Base):
    """Who a member is now: the one they became part of. It is there as long as they are merged, and once."""

    __tablename__ = "merged_member"
    __table_args__ = (
        Index("ix_merged_member_principal_id", "principal_id"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=MERGED
    )
    principal_id: Mapped[uuid.UUID] = mapped_column(info=MERGED)
    """Who they are now."""
    merge_id: Mapped[uuid.UUID] = mapped_column(info=MERGED)
    merged_at: Mapped[datetime] = mapped_column(info=MERGED)


class MergeMove(db.Base):
    """One thing that came by a merge, and what about it was otherwise before. Never changed.

    The ledger of points keeps this itself: each entry there names the merge and the lot.
    """

    __tablename__ = "merge_move"
    __table_args__ = (
        Index("ix_merge_move_merge", "member_id", "merge_id", "kind"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=MERGED
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=MERGED)
    merge_id: Mapped[uuid.UUID] = mapped_column(info=MERGED)
    kind: Mapped[str] = mapped_column(info=MERGED)
    thing: Mapped[str] = mapped_column(info=MERGED)
    was: Mapped[dict[str, Any]] = mapped_column(info=MERGED)
    moved_at: Mapped[datetime] = mapped_column(info=MERGED)
