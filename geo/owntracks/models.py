"""Phones that report by OwnTracks, each with credentials of its own and with what it was told to watch."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import HASHED, SIGN_IN
from app.data_map import DataClass, Export
from app.lifetimes import With
from app.sql import db

TOLD = db.datum(DataClass.OS_PERMISSION, purposes=("loyalty_account",), export=Export.DERIVED)


class OwntracksAccess(db.Base):
    """What lets one installation of OwnTracks speak for a member, as long as the sign-in lasts from which it was given.

    The password is kept as a hash of the secret in it. The key of sealed payloads is made from `id` and a secret of
    ours, and not kept.
    """

    __tablename__ = "owntracks_access"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "session_id"], ["member_session.member_id", "member_session.id"], ondelete="CASCADE"
        ),
        CheckConstraint("platform IN ('ios', 'android')", name="platform"),
        db.personal(db.Reader.MEMBER, kept=With("member_session"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=SIGN_IN
    )
    installation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=SIGN_IN)
    id: Mapped[uuid.UUID] = mapped_column(default=db.new_id, info=SIGN_IN)
    """Another one each time that credentials are given: those before it open nothing."""
    session_id: Mapped[uuid.UUID] = mapped_column(info=SIGN_IN)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, info=HASHED)
    platform: Mapped[str] = mapped_column(info=SIGN_IN)
    sealed: Mapped[bool] = mapped_column(info=SIGN_IN)
    """Whether a key was given with it, by which payloads are sealed."""
    given: Mapped[list[Any]] = mapped_column(JSONB(none_as_null=True), default=list, server_default="[]", info=TOLD)
    """The fences that the phone was told to watch, or to watch no longer, as `waypoints.Given`."""
    answered_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=HASHED)
    """A keyed hash of the message that the last command answered: if it comes again, the answer was lost."""
    created_at: Mapped[datetime] = mapped_column(info=SIGN_IN)

    @property
    def watched(self) -> int:
        """How many fences the phone was told to watch."""
        return sum(digest is not None for _, _, digest in self.given)
