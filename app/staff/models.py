"""What lets console users in beside their password, and the links by which they choose one. No secret is stored."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.data_map import DataClass
from app.lifetimes import By
from app.sql import db

AS_LONG_AS_STAFF = By("app.rights.forget_staff", DataClass.STAFF)


class PasswordTicket(db.Base):
    """A link by which somebody chooses their password, once. Its secret is kept as SHA-256 only."""

    __tablename__ = "password_ticket"
    __table_args__ = (db.about_people(kept=By("app.staff.forget_tickets")),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STAFF)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("console_user.id", ondelete="CASCADE"), index=True, info=STAFF
    )
    kind: Mapped[str] = mapped_column(info=STAFF)
    """`invitation`, `reset` or `rescue`."""
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=STAFF)
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=STAFF)
    used_at: Mapped[datetime | None] = mapped_column(info=STAFF)


class AuthenticatorApp(db.Base):
    """An app that shows codes of six digits (RFC 6238). Its key is made from `id` and a secret of ours, and not kept.

    One that is not confirmed opens nothing; there is one confirmed at most.
    """

    __tablename__ = "authenticator_app"
    __table_args__ = (
        Index(
            "uq_authenticator_app_confirmed", "user_id", unique=True, postgresql_where=text("confirmed_at IS NOT NULL")
        ),
        db.about_people(kept=AS_LONG_AS_STAFF),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("console_user.id", ondelete="CASCADE"), primary_key=True, info=STAFF
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STAFF)
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    confirmed_at: Mapped[datetime | None] = mapped_column(info=STAFF)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0, info=STAFF)
    """The thirty seconds of the newest code that was taken, counted from 1970: that one and older ones are over."""


class RecoveryCode(db.Base):
    """A code on paper for whoever has lost the rest; it works once. Kept as a keyed hash only."""

    __tablename__ = "recovery_code"
    __table_args__ = (db.about_people(kept=AS_LONG_AS_STAFF),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("console_user.id", ondelete="CASCADE"), primary_key=True, info=STAFF
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=STAFF)
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    used_at: Mapped[datetime | None] = mapped_column(info=STAFF)


class Passkey(db.Base):
    """A public key whose other half a phone, a computer or a security key keeps (WebAuthn)."""

    __tablename__ = "passkey"
    __table_args__ = (db.about_people(kept=AS_LONG_AS_STAFF),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STAFF)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("console_user.id", ondelete="CASCADE"), index=True, info=STAFF
    )
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=STAFF)
    public_key: Mapped[bytes] = mapped_column(LargeBinary, info=STAFF)
    sign_count: Mapped[int] = mapped_column(BigInteger, info=STAFF)
    name: Mapped[str] = mapped_column(info=STAFF)
    """What its owner calls it."""
    created_at: Mapped[datetime] = mapped_column(info=STAFF)
    last_used_at: Mapped[datetime | None] = mapped_column(info=STAFF)


class SpentChallenge(db.Base):
    """A question that a passkey has answered, until its time would have been over: no answer counts twice."""

    __tablename__ = "spent_challenge"
    __table_args__ = (db.about_people(kept=By("app.staff.forget_challenges")),)

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=STAFF)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=STAFF)
