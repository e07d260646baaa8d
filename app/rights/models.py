"""Requests about one's rights, with their legal clock; who is erased, and how; how long wallets are asleep, and what
the retention jobs did."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Brand
from app.data_map import HANDLED, DataClass, Erase, Export
from app.languages import Text
from app.lifetimes import WITH_THE_WALLET, By, Since
from app.sql import db

FILE = db.datum(
    DataClass.RIGHTS_REQUEST, purposes=("rights",), export=Export.OBSERVED, erase=Erase.KEEP, reason=HANDLED
)
WORDS = db.datum(DataClass.RIGHTS_REQUEST, purposes=("rights",), export=Export.PROVIDED, erase=Erase.ANONYMISE)
FORGOTTEN = db.datum(
    DataClass.ERASURE,
    purposes=("rights",),
    export=Export.WITHHELD,
    erase=Erase.KEEP,
    reason=Text(
        fr="Que quelqu'un a été effacé, sous un numéro seulement, pour qu'une sauvegarde restaurée l'oublie aussi.",
        en="That somebody was erased, under a number only, so that a restored backup forgets them too.",
    ),
)
ASLEEP = db.datum(DataClass.ACCOUNT, purposes=("loyalty_account",), export=Export.DERIVED)
LEFT_OVER = db.datum(DataClass.PERMISSION, purposes=("rights",), export=Export.DERIVED)


class RequestKind(StrEnum):
    """What a person may ask (GDPR articles 15 to 18 and 20 to 22)."""

    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ERASURE = "erasure"
    REVIEW = "review"
    """That a person, and not a programme, looks at a decision (article 22(3))."""


class RequestState(StrEnum):
    """Where a request stands. `extended` is `in_progress` with a later end; `answered` and `refused` are final."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    EXTENDED = "extended"
    ANSWERED = "answered"
    REFUSED = "refused"


OPEN = (RequestState.RECEIVED, RequestState.IN_PROGRESS, RequestState.EXTENDED)


class RightsRequest(db.Base):
    """One request and its clock (GDPR article 12(3)): due in one month, in three after a notice with its reason.

    No foreign key to the member: the file outlives an erasure, without the words in it.
    """

    __tablename__ = "rights_request"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('access', 'portability', 'rectification', 'restriction', 'objection', 'erasure', 'review')",
            name="kind",
        ),
        CheckConstraint("state IN ('received', 'in_progress', 'extended', 'answered', 'refused')", name="state"),
        CheckConstraint("(closed_at IS NOT NULL) = (state IN ('answered', 'refused'))", name="closed"),
        CheckConstraint("(extended_at IS NULL) = (extension_reason IS NULL)", name="extension"),
        CheckConstraint("state <> 'refused' OR refusal_reason IS NOT NULL", name="refusal"),
        Index("ix_rights_request_mine", "member_id", "received_at", "id"),
        Index("ix_rights_request_brand", "brand_id", "received_at", "id"),
        Index("ix_rights_request_open", "due_at", postgresql_where=text("closed_at IS NULL")),
        db.personal(
            db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.RIGHTS_REQUEST, "closed_at"), act="received_at"
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=FILE)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=FILE)
    brand_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("brand.id"), info=FILE)
    """The brand it is addressed to; null for the wallet as a whole."""
    kind: Mapped[str] = mapped_column(info=FILE)
    state: Mapped[str] = mapped_column(info=FILE)
    statement: Mapped[str | None] = mapped_column(info=WORDS)
    """What the member wants done, in their words."""
    answer: Mapped[str | None] = mapped_column(info=WORDS)
    received_at: Mapped[datetime] = mapped_column(info=FILE)
    due_at: Mapped[datetime] = mapped_column(info=FILE)
    taken_at: Mapped[datetime | None] = mapped_column(info=FILE)
    extended_at: Mapped[datetime | None] = mapped_column(info=FILE)
    extension_reason: Mapped[str | None] = mapped_column(info=WORDS)
    refusal_reason: Mapped[str | None] = mapped_column(info=WORDS)
    warned_at: Mapped[datetime | None] = mapped_column(info=FILE)
    """When the alarm rang: twenty days without an answer."""
    breached_at: Mapped[datetime | None] = mapped_column(info=FILE)
    """When it was found late."""
    closed_at: Mapped[datetime | None] = mapped_column(info=FILE)

    brand: Mapped[Brand | None] = relationship(viewonly=True, lazy="raise")


class Cause(StrEnum):
    """Why somebody is erased."""

    MEMBER = "member"  # they asked
    INACTIVITY = "inactivity"  # no act of theirs for 36 months
    RESTORED = "restored"  # erased before; a restored backup brought them back


class Erasure(db.Base):
    """One member's erasure, committed before the first delete; it ends as the proof that they were forgotten.

    `handles` is what finishing needs when the rows that told it are gone: keyed hashes of the addresses, ids and codes
    of passes. It becomes null on completion. `residues` counts what is kept, by table.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("cause IN ('member', 'inactivity', 'restored')", name="cause"),
        Index("ix_erasure_open", "requested_at", postgresql_where=text("completed_at IS NULL")),
        db.personal(db.Reader.MEMBER, kept=By("app.rights.forget_erasures", DataClass.ERASURE), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=FORGOTTEN)
    cause: Mapped[str] = mapped_column(info=FORGOTTEN)
    requested_at: Mapped[datetime] = mapped_column(info=FORGOTTEN)
    handles: Mapped[dict[str, Any] | None] = mapped_column(info=FORGOTTEN)
    residues: Mapped[dict[str, Any] | None] = mapped_column(info=FORGOTTEN)
    completed_at: Mapped[datetime | None] = mapped_column(info=FORGOTTEN)


class ErasureStep(db.Base):
    """A step that is done, in the transaction that did it; `touched` counts the rows."""

    __tablename__ = "erasure_step"
    __table_args__ = (
        db.personal(db.Reader.MEMBER, kept=By("app.rights.forget_erasures", DataClass.ERASURE), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=FORGOTTEN)
    step: Mapped[str] = mapped_column(primary_key=True, info=FORGOTTEN)
    done_at: Mapped[datetime] = mapped_column(info=FORGOTTEN)
    touched: Mapped[int] = mapped_column(info=FORGOTTEN)


class MemberActivity(db.Base):
    """When a member last did something themselves, and when they were told that their wallet will end."""

    __tablename__ = "member_activity"
    __table_args__ = (
        Index("ix_member_activity_last_act_at", "last_act_at"),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ASLEEP)
    last_act_at: Mapped[datetime] = mapped_column(info=ASLEEP)
    warned_at: Mapped[datetime | None] = mapped_column(info=ASLEEP)


class Remnant(db.Base):
    """A purpose that a member ended with a brand: what was collected only for it is to be erased (GDPR 17(1)(b))."""

    __tablename__ = "remnant"
    __table_args__ = (
        Index("ix_remnant_since", "since"),
        db.personal(db.Reader.MEMBER, kept=By("app.rights.shed_remnants"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEFT_OVER)
    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEFT_OVER)
    purpose: Mapped[str] = mapped_column(primary_key=True, info=LEFT_OVER)
    since: Mapped[datetime] = mapped_column(info=LEFT_OVER)


class RetentionRun(db.Base):
    """One run of a retention job: how many rows went, and whether its batch reached the end. Names nobody."""

    __tablename__ = "retention_run"

    job: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(primary_key=True)
    touched: Mapped[int]
    complete: Mapped[bool]
