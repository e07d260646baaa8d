"""The age of consent by country, and the parents of members who are below it."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import SECRET, DataClass, Export
from app.lifetimes import By
from app.sql import db

PARENTAL = db.datum(DataClass.PARENTAL, purposes=("proof",), export=Export.PROVIDED)
INVITED = db.datum(DataClass.PARENTAL, purposes=("security",), export=Export.WITHHELD, reason=SECRET)


class AgeOfConsent(db.Base):
    """From which age a person consents alone to services of the information society (GDPR 8(1) and national law)."""

    __tablename__ = "age_of_consent"

    country: Mapped[str] = mapped_column(primary_key=True)
    """ISO 3166-1 alpha-2."""
    years: Mapped[int]


class ParentalLink(db.Base):
    """An invitation by a child, and once it is accepted the parent who answers for them. It ends with childhood."""

    __tablename__ = "parental_link"
    __table_args__ = (
        Index("ix_parental_link_principal_id", "principal_id"),
        db.personal(db.Reader.MEMBER, db.Reader.PRINCIPAL, kept=By("app.family.let_come_of_age"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=PARENTAL
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=PARENTAL)
    principal_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), info=PARENTAL
    )
    """The parent, who is a member too and sees this row as the principal of their own requests."""
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, info=INVITED)
    invited_at: Mapped[datetime] = mapped_column(info=PARENTAL)
    expires_at: Mapped[datetime] = mapped_column(info=PARENTAL)
    """Until when the invitation can be accepted."""
    accepted_at: Mapped[datetime | None] = mapped_column(info=PARENTAL)
    """When the parent declared that they hold parental authority (French act, article 45)."""
    ended_at: Mapped[datetime | None] = mapped_column(info=PARENTAL)
