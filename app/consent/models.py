"""Touchpoints and purposes (data), the append-only ledger of permission events, and its projection.

Source of the model: GDPR articles 4(11), 6, 7 and 13; ISO/IEC TS 27560 for the shape of the evidence.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.personal import EVIDENCE, DataClass, Erase, Export


class Level(StrEnum):
    """How far a permission goes. Levels are compared by policy, never by number."""

    NONE = "none"
    ONE_SHOT = "one_shot"
    CONTACT_ONCE = "contact_once"
    THIS_VISIT = "this_visit"
    ALERT_ON_REQUEST = "alert_on_request"
    PROACTIVE = "proactive"


class State(StrEnum):
    """What the last event made of a cell. Only `given` and `renewed` ever permit."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    DEFERRED = "deferred"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    UNKNOWN = "unknown"


class ScopeKind(StrEnum):
    """From the widest to the narrowest."""

    BRAND = "brand"
    AREA = "area"
    STORE = "store"


class Actor(StrEnum):
    DATA_SUBJECT = "data_subject"
    DATA_SUBJECT_WITH_PARENT = "data_subject_with_parent"
    CONTROLLER = "controller"
    AUTHORITY = "authority"
    SYSTEM_CLOCK = "system_clock"


class Reason(StrEnum):
    """Why a permission holds or does not. Closed: apps and senders branch on it."""

    ALLOWED = "allowed"
    NOT_ASKED = "not_asked"
    REQUESTED = "requested"
    REFUSED = "refused"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    UNKNOWN = "unknown"
    OUT_OF_SCOPE = "out_of_scope"
    LEVEL_INSUFFICIENT = "level_insufficient"
    OS_INSUFFICIENT = "os_insufficient"


class Scope(NamedTuple):
    """Where a permission holds: the brand, an area of it, or one store."""

    kind: ScopeKind
    id: uuid.UUID


PERMITTING = (State.GIVEN, State.RENEWED)
"""A yes, as long as it is not expired or used up."""

NO = (State.REFUSED, State.WITHDRAWN, State.REVOKED, State.INVALIDATED)
"""A no. Every other state says neither: a question, a delay, a yes whose time or uses are over."""

SAID_NO = (State.REFUSED, State.WITHDRAWN)
"""A no of the member's own."""

CELL_KEY = ("member_id", "touchpoint", "purpose", "brand_id", "scope_kind", "scope_id")
"""What events and cells have in common: the cell that they are about."""

CONSENT = "consent"
"""The legal basis (GDPR article 6(1)(a)) of the purposes that a member grants and withdraws."""

POSITIONED = ("geofence", "beacon")
"""Touchpoints that read the phone, so that its own permission counts too."""

LEDGER = db.datum(DataClass.PERMISSION, purposes=("proof",), export=Export.PROVIDED, erase=Erase.KEEP, reason=EVIDENCE)
"""On the map of personal data: what a member allowed is their own word, and the proof of it outlives an erasure."""

STANDING = db.datum(DataClass.PERMISSION, purposes=("proof",), export=Export.DERIVED)


class Touchpoint(db.Base):
    """A way to reach or sense a member. A beacon in a shop is not an e-mail is not a push."""

    __tablename__ = "touchpoint"

    code: Mapped[str] = mapped_column(primary_key=True)
    label_fr: Mapped[str]
    label_en: Mapped[str]
    levels: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """The levels that this touchpoint can carry."""


class Purpose(db.Base):
    """What data is used for, and on which legal basis."""

    __tablename__ = "purpose"

    code: Mapped[str] = mapped_column(primary_key=True)
    label_fr: Mapped[str]
    label_en: Mapped[str]
    legal_basis: Mapped[str]
    validity_days: Mapped[int]
    """How long a permission lasts when nobody says otherwise."""


class PurposeText(db.Base):
    """The exact words a member saw. Insert-only; re-showable byte for byte."""

    __tablename__ = "purpose_text"

    purpose: Mapped[str] = mapped_column(ForeignKey("purpose.code"), primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    published_at: Mapped[datetime]


class PermissionEvent(db.Base):
    """One act on one cell: given, refused, withdrawn, expired… Never updated, never deleted by the application."""

    __tablename__ = "permission_event"
    __table_args__ = (
        CheckConstraint("scope_kind IN ('brand', 'area', 'store')", name="scope_kind"),
        Index("ix_permission_event_cell", "member_id", "brand_id", "touchpoint", "purpose", "recorded_at"),
        db.personal(db.Reader.MEMBER),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEDGER)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=LEDGER)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=LEDGER)
    touchpoint: Mapped[str] = mapped_column(ForeignKey("touchpoint.code"), info=LEDGER)
    purpose: Mapped[str] = mapped_column(ForeignKey("purpose.code"), info=LEDGER)
    scope_kind: Mapped[str] = mapped_column(info=LEDGER)
    scope_id: Mapped[uuid.UUID] = mapped_column(info=LEDGER)
    level: Mapped[str] = mapped_column(info=LEDGER)
    state: Mapped[str] = mapped_column(info=LEDGER)
    actor: Mapped[str] = mapped_column(info=LEDGER)
    expires_at: Mapped[datetime | None] = mapped_column(info=LEDGER)
    max_uses: Mapped[int | None] = mapped_column(info=LEDGER)
    evidence: Mapped[dict[str, Any]] = mapped_column(info=LEDGER)
    """Text hash, locale, channel, screen, app version, method: what proves the act (GDPR 7(1))."""
    previous_event_id: Mapped[uuid.UUID | None] = mapped_column(info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(info=LEDGER)
    claimed_at: Mapped[datetime | None] = mapped_column(info=LEDGER)
    """When the phone says it happened. Kept, never used for order."""


class PermissionState(db.Base):
    """Where each cell stands: the projection of the ledger, written in the same transaction."""

    __tablename__ = "permission_state"
    __table_args__ = (
        CheckConstraint("uses_left >= 0", name="uses_left"),
        db.personal(db.Reader.MEMBER),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    touchpoint: Mapped[str] = mapped_column(primary_key=True, info=STANDING)
    purpose: Mapped[str] = mapped_column(primary_key=True, info=STANDING)
    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    scope_kind: Mapped[str] = mapped_column(primary_key=True, info=STANDING)
    scope_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    event_id: Mapped[uuid.UUID] = mapped_column(info=STANDING)
    level: Mapped[str] = mapped_column(info=STANDING)
    state: Mapped[str] = mapped_column(info=STANDING)
    expires_at: Mapped[datetime | None] = mapped_column(info=STANDING)
    uses_left: Mapped[int | None] = mapped_column(Integer, info=STANDING)
    os_location: Mapped[str | None] = mapped_column(info=STANDING)
    """What the phone itself allowed when this was answered; from the event's evidence, here for "near me"."""
    version: Mapped[int] = mapped_column(info=STANDING)
    changed_at: Mapped[datetime] = mapped_column(info=STANDING)

    def permits(self, now: datetime) -> bool:
        """A standing yes: not expired, not used up. Scope, level and phone are for `deciding` to weigh."""
        return (
            self.state in PERMITTING
            and (self.expires_at is None or self.expires_at > now)
            and (self.uses_left is None or self.uses_left > 0)
        )
