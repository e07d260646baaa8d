"""Who lives together, and which cards they show each other.

A household has no row of its own: it is who sees whom. Each of two people in it has a row that the other may read, so
row-level security keeps everybody else out, and whoever leaves takes all theirs along.
"""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import ACCOUNT, PREFERENCE
from app.data_map import SECRET, DataClass, Export
from app.lifetimes import WITH_THE_WALLET, By, With
from app.sql import db

READERS = (db.Reader.MEMBER, db.Reader.PRINCIPAL)
HASHED = db.datum(DataClass.ACCOUNT, purposes=("security",), export=Export.WITHHELD, reason=SECRET)


class HouseholdTie(db.Base):
    """`principal_id` sees that `member_id` is in their household, under the name that the member chose for it.

    Everybody has one with themselves: so a member is in one household at most. `membership_id` is the same on all the
    rows of one member; `joined_at` too. The household is whoever's who has been in it longest.
    """

    __tablename__ = "household_tie"
    __table_args__ = (
        Index("ix_household_tie_principal_id", "principal_id"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACCOUNT
    )
    principal_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACCOUNT
    )
    household_id: Mapped[uuid.UUID] = mapped_column(info=ACCOUNT)
    membership_id: Mapped[uuid.UUID] = mapped_column(info=ACCOUNT)
    display_name: Mapped[str] = mapped_column(info=PREFERENCE)
    joined_at: Mapped[datetime] = mapped_column(info=ACCOUNT)


class HouseholdInvitation(db.Base):
    """A member lets one more person in; `principal_id` is who accepted."""

    __tablename__ = "household_invitation"
    __table_args__ = (
        Index("ix_household_invitation_principal_id", "principal_id"),
        Index("ix_household_invitation_expires_at", "expires_at"),
        db.personal(*READERS, kept=By("wallet.households.forget_invitations"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=ACCOUNT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=ACCOUNT)
    principal_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), info=ACCOUNT
    )
    household_id: Mapped[uuid.UUID] = mapped_column(info=ACCOUNT)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, info=HASHED)
    invited_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    expires_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    accepted_at: Mapped[datetime | None] = mapped_column(info=ACCOUNT)


class HouseholdShare(db.Base):
    """`member_id` shows one of their external cards to `principal_id`. It ends with the tie, and with the card."""

    __tablename__ = "household_share"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "card_id"],
            ["external_card.member_id", "external_card.id"],
            name="fk_household_share_card",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["member_id", "principal_id"],
            ["household_tie.member_id", "household_tie.principal_id"],
            name="fk_household_share_tie",
            ondelete="CASCADE",
        ),
        Index("ix_household_share_principal_id", "principal_id"),
        db.personal(*READERS, kept=With("household_tie"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACCOUNT)
    card_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACCOUNT)
    principal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACCOUNT)
    shared_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
