"""What is kept so that codes can be told from copies: a salt for each code, what was shown, what a brand lets spend."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import ACCOUNT, STAFF
from app.data_map import SECRET, DataClass, Export
from app.lifetimes import Since, With
from app.sql import db

SEEN = db.datum(DataClass.SCAN, purposes=("loyalty_account",), export=Export.OBSERVED)
JUDGED = db.datum(DataClass.SCAN, purposes=("loyalty_account",), export=Export.DERIVED)
SALT = db.datum(DataClass.ACCOUNT, purposes=("security",), export=Export.WITHHELD, reason=SECRET)


class ShownForm(StrEnum):
    """How a code was shown."""

    PLAIN = "plain"  # the code itself: printed, typed, or on a pass that does not change
    VOUCHER = "voucher"  # signed by us: a till without a network knows it for ours
    WINDOW = "window"  # by the member's app, another one every 30 seconds
    REVISION = "revision"  # by an Apple pass, another one with each revision
    TOTP = "totp"  # by a Google pass, another one every 30 seconds


class ProofStanding(StrEnum):
    """What is to be thought of what was shown."""

    PLAIN = "plain"
    FRESH = "fresh"
    OLD_COPY = "old_copy"  # from before a later copy of the pass was used
    REUSED = "reused"  # it was used already
    STALE = "stale"  # genuine, but of another minute, or past its end
    FORGED = "forged"  # we did not make it


class CodeSecret(db.Base):
    """What keys a code's changing forms: a salt, from which with a secret of ours its keys are derived; none is kept.

    Each `…_since` says since when that form has been given out; null if never. `used_revision` is the last revision of
    an Apple pass whose nonce was used: what is older was copied before.
    """

    __tablename__ = "code_secret"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "code"], ["pass_code.member_id", "pass_code.code"], onupdate="CASCADE", ondelete="CASCADE"
        ),
        Index("ix_code_secret_code", "code", unique=True),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=With("pass_code"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ACCOUNT)
    code: Mapped[str] = mapped_column(primary_key=True, info=ACCOUNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=ACCOUNT)
    salt: Mapped[bytes] = mapped_column(LargeBinary, info=SALT)
    made_at: Mapped[datetime] = mapped_column(info=ACCOUNT)
    window_since: Mapped[datetime | None] = mapped_column(info=ACCOUNT)
    revision_since: Mapped[datetime | None] = mapped_column(info=ACCOUNT)
    totp_since: Mapped[datetime | None] = mapped_column(info=ACCOUNT)
    used_revision: Mapped[int | None] = mapped_column(BigInteger, info=ACCOUNT)


class CodeShowing(db.Base):
    """A code was shown at a till in a form that changes: looked up, used, or refused.

    Of one form with one counter, one row at most was used: the unique index is what refuses a copy. `used_for` names
    the sale that used it, which may show it again.
    """

    __tablename__ = "code_showing"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "code"], ["pass_code.member_id", "pass_code.code"], onupdate="CASCADE", ondelete="CASCADE"
        ),
        CheckConstraint("form IN ('voucher', 'window', 'revision', 'totp')", name="form"),
        CheckConstraint("standing IN ('fresh', 'old_copy', 'reused', 'stale', 'forged')", name="standing"),
        CheckConstraint("used_at IS NULL OR standing = 'fresh'", name="used"),
        Index(
            "uq_code_showing_used",
            "member_id",
            "code",
            "form",
            "counter",
            unique=True,
            postgresql_where=sql_text("used_at IS NOT NULL"),
        ),
        Index("ix_code_showing_code", "member_id", "code", "shown_at"),
        Index("ix_code_showing_alarm", "brand_id", "shown_at", "id", postgresql_where=sql_text("standing <> 'fresh'")),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.SCAN, "shown_at"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=SEEN)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=SEEN)
    code: Mapped[str] = mapped_column(info=SEEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=SEEN)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=SEEN)
    terminal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("terminal.id"), info=SEEN)
    form: Mapped[str] = mapped_column(info=SEEN)
    counter: Mapped[int] = mapped_column(BigInteger, info=SEEN)
    """Which of the changing codes: the window of time, the revision, the number of a voucher."""
    standing: Mapped[str] = mapped_column(info=JUDGED)
    shown_at: Mapped[datetime] = mapped_column(info=SEEN)
    used_at: Mapped[datetime | None] = mapped_column(info=SEEN)
    used_for: Mapped[str | None] = mapped_column(info=SEEN)


class CodePolicy(db.Base):
    """What a brand lets spend. Without a row a code that has a changing form only finds its card, by itself."""

    __tablename__ = "code_policy"

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    plain_codes_spend: Mapped[bool]
    version: Mapped[int]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    set_at: Mapped[datetime]
