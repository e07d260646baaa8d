"""Touchpoints and purposes (data), the append-only ledger of permission events, and its projection (GDPR articles
4(11), 6, 7 and 13; ISO/IEC TS 27560 for the shape of the evidence).
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import EVIDENCE, DataClass, Erase, Export
from app.languages import Text
from app.lifetimes import WITH_THE_WALLET, By, Since
from app.sql import db

OPPOSED = db.datum(
    DataClass.OPPOSITION,
    purposes=("rights",),
    export=Export.WITHHELD,
    erase=Erase.KEEP,
    reason=Text(
        fr="Une empreinte de votre adresse, gardée pour ne plus vous écrire ; elle ne sert à rien d'autre.",
        en="A hash of your address, kept so that we do not write to you; it serves nothing else.",
    ),
)


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
    OS_STALE = "os_stale"
    NOTICE_SUPERSEDED = "notice_superseded"
    PENDING_CONFIRMATION = "pending_confirmation"
    PENDING_PARENT = "pending_parent"
    AGE_RULE = "age_rule"
    OBJECTED = "objected"
    RESTRICTED = "restricted"
    RESTING = "resting"


class Pending(StrEnum):
    """Whose word a yes still waits for. Until then it is a question: `requested`, which never permits."""

    CONFIRMATION = "confirmation"
    PARENT = "parent"


class MinorsRule(StrEnum):
    """Who says yes for a purpose while the member is below the age of consent (GDPR 8)."""

    PARENT = "parent"
    NEVER = "never"


class Precision(StrEnum):
    """How exactly a purpose may know where a member is, from least to most."""

    NONE = "none"
    STORE = "store"
    APPROXIMATE = "approximate"
    PRECISE = "precise"


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

CELL_KEY = ("member_id", "touchpoint", "purpose", "brand_id", "scope_kind", "scope_id", "recipient")
"""What events and cells have in common: the cell that they are about."""

OWN = ""
"""The recipient of a cell whose data nobody but the brand receives."""

CONSENT = "consent"
"""The legal basis (GDPR article 6(1)(a)) of the purposes that a member grants and withdraws."""

LEDGER = db.datum(DataClass.PERMISSION, purposes=("proof",), export=Export.PROVIDED, erase=Erase.KEEP, reason=EVIDENCE)
"""On the map of personal data: what a member allowed is their own word, and the proof of it outlives an erasure."""

STATED = db.datum(DataClass.PERMISSION, purposes=("proof",), export=Export.PROVIDED)
STANDING = db.datum(DataClass.PERMISSION, purposes=("proof",), export=Export.DERIVED)


class Touchpoint(db.Base):
    """A way to reach or sense a member, and the levels that it can carry. A beacon is not an e-mail is not a push."""

    __tablename__ = "touchpoint"

    code: Mapped[str] = mapped_column(primary_key=True)
    label_fr: Mapped[str]
    label_en: Mapped[str]
    levels: Mapped[list[str]] = mapped_column(ARRAY(TEXT))


class Purpose(db.Base):
    """What data is used for, by whom, on which legal basis, and within which bounds."""

    __tablename__ = "purpose"
    __table_args__ = (
        CheckConstraint("max_precision IN ('none', 'store', 'approximate', 'precise')", name="max_precision"),
        CheckConstraint("minors IN ('parent', 'never')", name="minors"),
        CheckConstraint("recipient_kind IN ('partner', 'social_network', 'sister_brand')", name="recipient_kind"),
        # GDPR 35(3): no systematic use of positions before its impact is assessed.
        CheckConstraint("NOT enabled OR max_precision = 'none' OR dpia_id IS NOT NULL", name="dpia"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    label_fr: Mapped[str]
    label_en: Mapped[str]
    legal_basis: Mapped[str]
    validity_days: Mapped[int]
    """How long a permission lasts when nobody says otherwise."""
    controller_fr: Mapped[str]
    controller_en: Mapped[str]
    """Who answers for it (GDPR 13(1)(a)), in words."""
    recipient_kind: Mapped[str | None]
    """What kind of somebody else receives data; each of them is named, and is permitted or not by itself."""
    max_precision: Mapped[str]
    dpia_id: Mapped[str | None]
    """The impact assessment (GDPR 35) that covers it. A purpose that knows places cannot be enabled without one."""
    double_opt_in: Mapped[bool]
    """Whether a yes counts only once it is confirmed by a link that reached the member's own address."""
    minors: Mapped[str]
    marketing: Mapped[bool]
    """Whether an objection to direct marketing (GDPR 21(2)) ends it."""
    enabled: Mapped[bool]


class Recipient(db.Base):
    """Somebody else to whom a brand passes data on, for one purpose, by name (GDPR 13(1)(e)). Insert-only."""

    __tablename__ = "recipient"

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(ForeignKey("purpose.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]
    added_at: Mapped[datetime]


class PurposeText(db.Base):
    """The exact words a member saw. Insert-only; re-showable byte for byte."""

    __tablename__ = "purpose_text"

    purpose: Mapped[str] = mapped_column(ForeignKey("purpose.code"), primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    published_at: Mapped[datetime]
    addressed: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it has places that are filled in with who asks; one that names nobody proves no new yes."""
    material: Mapped[bool]
    """Whether it changes what is agreed to: a yes to an earlier version then rests until it is given again."""


class PermissionEvent(db.Base):
    """One act on one cell: given, refused, withdrawn, expired… Never updated, never deleted by the application."""

    __tablename__ = "permission_event"
    __table_args__ = (
        CheckConstraint("scope_kind IN ('brand', 'area', 'store')", name="scope_kind"),
        Index("ix_permission_event_cell", "member_id", "brand_id", "touchpoint", "purpose", "recorded_at"),
        db.personal(
            db.Reader.MEMBER,
            kept=By("app.rights.forget_permissions", DataClass.PERMISSION),
            act="CASE WHEN actor LIKE 'data_subject%' THEN recorded_at END",
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEDGER)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=LEDGER)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=LEDGER)
    touchpoint: Mapped[str] = mapped_column(ForeignKey("touchpoint.code"), info=LEDGER)
    purpose: Mapped[str] = mapped_column(ForeignKey("purpose.code"), info=LEDGER)
    scope_kind: Mapped[str] = mapped_column(info=LEDGER)
    scope_id: Mapped[uuid.UUID] = mapped_column(info=LEDGER)
    recipient: Mapped[str] = mapped_column(default=OWN, server_default=OWN, info=LEDGER)
    """Code of the named recipient, for the purposes that pass data on."""
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
        Index("ix_permission_state_end", "expires_at", postgresql_where=text("state IN ('given', 'renewed')")),
        db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    touchpoint: Mapped[str] = mapped_column(primary_key=True, info=STANDING)
    purpose: Mapped[str] = mapped_column(primary_key=True, info=STANDING)
    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    scope_kind: Mapped[str] = mapped_column(primary_key=True, info=STANDING)
    scope_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    recipient: Mapped[str] = mapped_column(primary_key=True, default=OWN, server_default=OWN, info=STANDING)
    event_id: Mapped[uuid.UUID] = mapped_column(info=STANDING)
    level: Mapped[str] = mapped_column(info=STANDING)
    state: Mapped[str] = mapped_column(info=STANDING)
    expires_at: Mapped[datetime | None] = mapped_column(info=STANDING)
    uses_left: Mapped[int | None] = mapped_column(Integer, info=STANDING)
    os_location: Mapped[str | None] = mapped_column(info=STANDING)
    """What the phone itself allowed when this was answered; from the event's evidence, here for "near me"."""
    os_vector: Mapped[dict[str, Any] | None] = mapped_column(info=STANDING)
    """All that the phone said then, for a member whose phones have not reported since."""
    pending: Mapped[str | None] = mapped_column(info=STANDING)
    with_parent: Mapped[bool] = mapped_column(default=False, server_default="false", info=STANDING)
    """Whether a parent said yes too: needed below the age of consent, and void from then on."""
    text_version: Mapped[int | None] = mapped_column(info=STANDING)
    notice_until: Mapped[datetime | None] = mapped_column(info=STANDING)
    """When a text that changes what is agreed to replaced, or will replace, the one that was seen."""
    objected: Mapped[bool] = mapped_column(default=False, server_default="false", info=STANDING)
    """Whether the member's objection to direct marketing stands against it."""
    version: Mapped[int] = mapped_column(info=STANDING)
    changed_at: Mapped[datetime] = mapped_column(info=STANDING)

    def permits(self, now: datetime) -> bool:
        """A standing yes: not expired, not used up. Scope, level and phone are for `verdicts` to weigh."""
        return (
            self.state in PERMITTING
            and (self.expires_at is None or self.expires_at > now)
            and (self.uses_left is None or self.uses_left > 0)
        )


class PermissionUse(db.Base):
    """One use of a counted permission. Its key is the second guard: no use can be taken twice."""

    __tablename__ = "permission_use"
    __table_args__ = (db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),)

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STANDING)
    number: Mapped[int] = mapped_column(primary_key=True, info=STANDING)
    used_at: Mapped[datetime] = mapped_column(info=STANDING)


class Objection(db.Base):
    """A member's no to all direct marketing (GDPR 21(2)), of one brand or, without `brand_id`, of every brand."""

    __tablename__ = "objection"
    __table_args__ = (db.personal(db.Reader.MEMBER, kept=WITH_THE_WALLET, act=None),)

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=STATED)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=STATED)
    brand_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("brand.id"), info=STATED)
    objected_at: Mapped[datetime] = mapped_column(info=STATED)
    lifted_at: Mapped[datetime | None] = mapped_column(info=STATED)


class Suppression(db.Base):
    """An address that must not be written to: a keyed hash, and nothing about whose it is or was.

    It outlives the wallet. No row-level security: it names nobody, and every sender asks it.
    """

    __tablename__ = "suppression"
    __table_args__ = (db.about_people(kept=Since(DataClass.OPPOSITION, "renewed_at")),)

    channel: Mapped[str] = mapped_column(primary_key=True, info=OPPOSED)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=OPPOSED)
    since: Mapped[datetime] = mapped_column(info=OPPOSED)
    renewed_at: Mapped[datetime] = mapped_column(index=True, info=OPPOSED)
