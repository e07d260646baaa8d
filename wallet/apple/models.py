"""Phones that hold a pass in Apple Wallet, who of them is to be woken, and what they complained of."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import SECRET, DataClass, Export
from app.languages import Text
from app.lifetimes import WITH_THE_WALLET, By
from app.sql import db

NUMBERS = Sequence("apple_registration_number", metadata=db.Base.metadata)
"""Numbers of registrations, taken under the lock of a phone."""

COPY = db.datum(DataClass.ACCOUNT, purposes=("loyalty_account",), export=Export.OBSERVED)
HIDDEN = db.datum(DataClass.PUSH_TOKEN, purposes=("loyalty_account",), export=Export.WITHHELD, reason=SECRET)
ADDRESS = db.datum(
    DataClass.PUSH_TOKEN,
    purposes=("loyalty_account",),
    export=Export.WITHHELD,
    reason=Text(
        fr="L'adresse à laquelle Apple réveille votre téléphone, chiffrée : elle ne servirait qu'à d'autres.",
        en="Where Apple wakes your phone, encrypted: it would be of use to others only.",
    ),
)


class AppleRegistration(db.Base):
    """A phone that holds a copy of a pass and asks to be told of changes. The push token stands here, and not with the
    phone: whoever holds another pass cannot change where this one's pushes go."""

    __tablename__ = "apple_registration"
    __table_args__ = (
        UniqueConstraint("member_id", "pass_id", "device_hash"),
        Index("ix_apple_registration_device", "device_hash", "pass_type"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act="created_at"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=COPY
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=COPY)
    pass_id: Mapped[uuid.UUID] = mapped_column(info=COPY)
    """The pass, of which a phone holds a copy; by its id alone, since rooms end theirs by themselves."""
    pass_type: Mapped[str] = mapped_column(info=COPY)
    """The type that the copy was made with, which it keeps."""
    device_hash: Mapped[bytes] = mapped_column(LargeBinary, info=HIDDEN)
    number: Mapped[int] = mapped_column(BigInteger, info=COPY)
    """Grows with each registration of this phone: with the revision of passes it makes the tag of lists."""
    push_token: Mapped[bytes] = mapped_column(LargeBinary, info=ADDRESS)
    """Sealed."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, info=HIDDEN)
    created_at: Mapped[datetime] = mapped_column(info=COPY)
    registered_at: Mapped[datetime] = mapped_column(info=COPY)
    """When the phone last said so: a push token that Apple gave up before is not this one."""


class ApplePush(db.Base):
    """That a phone is to be woken: once for a phone and a pass type, however many passes changed, and how often.

    `asked_at` is the last change; whoever wakes the phone for an earlier one leaves the row. `tries` and `refused` are
    of the push that is under way.
    """

    __tablename__ = "apple_push"
    __table_args__ = (
        Index("ix_apple_push_due", "pass_type", "due_at"),
        Index("ix_apple_push_refused", "pass_type", postgresql_where=text("refused IS NOT NULL")),
        db.about_people(kept=By("wallet.apple.send_pushes", DataClass.PUSH_TOKEN)),
    )

    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=HIDDEN)
    pass_type: Mapped[str] = mapped_column(primary_key=True, info=HIDDEN)
    first_asked_at: Mapped[datetime] = mapped_column(info=HIDDEN)
    """The first change that the phone was not yet woken for."""
    asked_at: Mapped[datetime] = mapped_column(info=HIDDEN)
    due_at: Mapped[datetime] = mapped_column(info=HIDDEN)
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0", info=HIDDEN)
    refused: Mapped[str | None] = mapped_column(info=HIDDEN)
    """What Apple says of us, where it does not take our pushes."""


class ApplePhoneLog(db.Base):
    """What phones say went wrong, once a day for each sentence, without ids and tokens: it names nobody."""

    __tablename__ = "apple_phone_log"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    words: Mapped[str]
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime]
