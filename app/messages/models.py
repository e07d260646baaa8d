"""Messages that wait to leave or have left, the links that stop them, and the sinks that must hear of a no."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Erase, Export
from app.languages import Text
from app.lifetimes import WITH_THE_WALLET, By, Since
from app.sql import db

SENT = db.datum(DataClass.MESSAGE, purposes=("proof",), export=Export.OBSERVED)
STOP = db.datum(DataClass.MESSAGE, purposes=("rights",), export=Export.DERIVED)
TOLD = db.datum(
    DataClass.RIGHTS_REQUEST,
    purposes=("rights",),
    export=Export.DERIVED,
    erase=Erase.KEEP,
    reason=Text(
        fr="Gardé jusqu'à ce que chaque destinataire ait confirmé, puis supprimé.",
        en="Kept until every recipient has confirmed, then deleted.",
    ),
)
"""On the map of personal data: who was told what (GDPR article 19), which an erasure needs itself."""


class MessageStatus(StrEnum):
    """Where a message stands. `leaving` is the moment between "it may leave" and "it left"."""

    QUEUED = "queued"
    HELD = "held"
    LEAVING = "leaving"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


WAITING = (MessageStatus.QUEUED, MessageStatus.HELD)
"""What a no can still stop."""


class Stopped(StrEnum):
    """Why a message was not sent, beside the reasons of `consent.models.Reason`."""

    TOO_LATE = "too_late"
    NO_ADDRESS = "no_address"
    OPPOSED = "opposed"
    CHANNEL_UNAVAILABLE = "channel_unavailable"
    REFUSED_BY_CHANNEL = "refused_by_channel"
    OUTCOME_UNKNOWN = "outcome_unknown"


class Message(db.Base):
    """One message to one member at one touchpoint. Without the permission event that allows it there is no row."""

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "event_id"], ["permission_event.member_id", "permission_event.id"], name="fk_message_verdict"
        ),
        UniqueConstraint("member_id", "brand_id", "key"),
        CheckConstraint("status IN ('queued', 'held', 'leaving', 'sent', 'cancelled', 'failed')", name="status"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        CheckConstraint("status NOT IN ('cancelled', 'failed') OR reason IS NOT NULL", name="reason"),
        Index("ix_message_due", "due_at", postgresql_where=text("status IN ('queued', 'held', 'leaving')")),
        Index("ix_message_event", "member_id", "event_id"),
        db.personal(db.Reader.MEMBER, kept=Since(DataClass.MESSAGE, "created_at"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=SENT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=SENT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=SENT)
    touchpoint: Mapped[str] = mapped_column(ForeignKey("touchpoint.code"), info=SENT)
    purpose: Mapped[str] = mapped_column(ForeignKey("purpose.code"), info=SENT)
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id"), info=SENT)
    key: Mapped[str] = mapped_column(info=SENT)
    """Made by whoever asks for the message, so that asking twice sends once."""
    words: Mapped[dict[str, Any]] = mapped_column(info=SENT)
    """`subject` and `text`, each in `fr` and `en`; the text has its `{stop}` still open."""
    event_id: Mapped[uuid.UUID] = mapped_column(info=SENT)
    """The permission that allowed it when it was queued, and for what was sent: when it left."""
    used: Mapped[bool] = mapped_column(server_default=text("false"), info=SENT)
    """Whether it has taken a use of a counted permission, which it then keeps over its tries."""
    status: Mapped[str] = mapped_column(info=SENT)
    reason: Mapped[str | None] = mapped_column(info=SENT)
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=SENT)
    created_at: Mapped[datetime] = mapped_column(info=SENT)
    due_at: Mapped[datetime] = mapped_column(info=SENT)
    """When it may be tried (next)."""
    expires_at: Mapped[datetime] = mapped_column(info=SENT)
    settled_at: Mapped[datetime | None] = mapped_column(info=SENT)
    sent_at: Mapped[datetime | None] = mapped_column(info=SENT)


class StopLink(db.Base):
    """What the stop link of a message stops: one touchpoint and purpose of one brand. It outlives the messages."""

    __tablename__ = "stop_link"
    __table_args__ = (
        UniqueConstraint("member_id", "brand_id", "touchpoint", "purpose"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    # Not member_id first: this is the directory that finds the cell by what stands in the link.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STOP)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id", ondelete="CASCADE"), info=STOP)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=STOP)
    touchpoint: Mapped[str] = mapped_column(ForeignKey("touchpoint.code"), info=STOP)
    purpose: Mapped[str] = mapped_column(ForeignKey("purpose.code"), info=STOP)
    created_at: Mapped[datetime] = mapped_column(info=STOP)


class Sink(db.Base):
    """Another system that a brand gives members' data to, and that must hear when a member says no (GDPR 19, 28)."""

    __tablename__ = "sink"
    __table_args__ = (
        UniqueConstraint("brand_id", "code"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{1,39}$'", name="code_shape"),
        CheckConstraint("kind IN ('webhook')", name="kind"),
        CheckConstraint("enabled_at IS NULL OR contract_id IS NOT NULL", name="contract"),
        CheckConstraint("bound_s > 0", name="bound_s"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str]
    kind: Mapped[str]
    url: Mapped[str]
    contract_id: Mapped[str | None]
    country: Mapped[str]
    """ISO 3166-1 alpha-2: where it keeps the data."""
    purposes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    bound_s: Mapped[int]
    """How soon after a notice is made the sink must have confirmed it."""
    enabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class NoticeKind(StrEnum):
    WITHDRAWAL = "withdrawal"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"


class SinkNotice(db.Base):
    """One thing that one sink must be told about one member, and whether it has confirmed."""

    __tablename__ = "sink_notice"
    __table_args__ = (
        CheckConstraint("kind IN ('withdrawal', 'objection', 'restriction', 'rectification', 'erasure')", name="kind"),
        UniqueConstraint("member_id", "sink_id", "kind", "about"),
        Index("ix_sink_notice_due", "due_at", postgresql_where=text("acknowledged_at IS NULL")),
        Index("ix_sink_notice_sink_id", "sink_id", "created_at"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=By("app.messages.forget_notices"), act=None),
    )

    # No foreign key to the member: the notice of an erasure is delivered after the member is gone.
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=TOLD)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=TOLD)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=TOLD)
    sink_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sink.id"), info=TOLD)
    kind: Mapped[str] = mapped_column(info=TOLD)
    about: Mapped[uuid.UUID] = mapped_column(info=TOLD)
    """The permission event, or the request, that it tells of: one notice for one fact."""
    touchpoint: Mapped[str | None] = mapped_column(info=TOLD)
    purpose: Mapped[str | None] = mapped_column(info=TOLD)
    happened_at: Mapped[datetime] = mapped_column(info=TOLD)
    created_at: Mapped[datetime] = mapped_column(info=TOLD)
    bound_at: Mapped[datetime] = mapped_column(info=TOLD)
    """Unconfirmed after this, the sink is late."""
    due_at: Mapped[datetime] = mapped_column(info=TOLD)
    """When to try (next)."""
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=TOLD)
    acknowledged_at: Mapped[datetime | None] = mapped_column(info=TOLD)
