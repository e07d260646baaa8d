"""Questions about permissions."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.accounts.models import Member
from app.consent.models import (
    CELL_KEY,
    OWN,
    PERMITTING,
    SAID_NO,
    Level,
    Objection,
    PermissionEvent,
    PermissionState,
    PermissionUse,
    Purpose,
    PurposeText,
    Recipient,
    Scope,
    ScopeKind,
)
from app.sql.store_tables import AREA, AREA_STORE, STORE


def purposes() -> Select[Purpose]:
    """Every purpose."""
    return select(Purpose).order_by(Purpose.code)


def label_of(purpose: str) -> Select[Any]:
    """What a purpose is called, in French and English."""
    return select(func.json_build_array(Purpose.label_fr, Purpose.label_en)).where(Purpose.code == purpose)


def confirms(member_id: uuid.UUID, event_id: uuid.UUID) -> Select[str]:
    """The question that this event of a member confirmed, if it confirmed one."""
    return select(PermissionEvent.evidence["confirms"].astext).where(
        PermissionEvent.member_id == member_id, PermissionEvent.id == event_id
    )


def events_with(
    member_id: uuid.UUID, event_ids: Collection[uuid.UUID], *, parental_evidence_id: uuid.UUID
) -> Select[uuid.UUID]:
    """Those of these events of a member that a parent did, whom this link names."""
    return select(PermissionEvent.id).where(
        PermissionEvent.member_id == member_id,
        PermissionEvent.id.in_(event_ids),
        PermissionEvent.evidence["parental_evidence_id"].astext == str(parental_evidence_id),
    )


def recipients_of(brand_id: uuid.UUID, *, purpose: str | None = None) -> Select[Recipient]:
    """To whom a brand passes data on."""
    question = select(Recipient).where(Recipient.brand_id == brand_id).order_by(Recipient.purpose, Recipient.code)
    return question if purpose is None else question.where(Recipient.purpose == purpose)


def member_as_now(member_id: uuid.UUID) -> Select[Member]:
    """The member, as the database has them now."""
    return select(Member).where(Member.id == member_id).execution_options(populate_existing=True)


def place_of_brand(scope: Scope, *, brand_id: uuid.UUID) -> Select[uuid.UUID]:
    """The store or area of this scope, if it is the brand's."""
    places = STORE if scope.kind is ScopeKind.STORE else AREA
    return select(places.c.id).where(places.c.id == scope.id, places.c.brand_id == brand_id)


def texts(
    *, now: datetime, purpose: str | None = None, locale: str | None = None, version: int | None = None
) -> Select[PurposeText]:
    """The published texts: each purpose's newest in each language, or one version of them."""
    question = (
        select(PurposeText)
        .ext(distinct_on(PurposeText.purpose, PurposeText.locale))
        .where(PurposeText.published_at <= now)
        .order_by(PurposeText.purpose, PurposeText.locale, PurposeText.version.desc())
    )
    if purpose is not None:
        question = question.where(PurposeText.purpose == purpose)
    if locale is not None:
        question = question.where(PurposeText.locale == locale)
    if version is not None:
        question = question.where(PurposeText.version == version)
    return question


QUESTIONS = """
SELECT recipient.brand_id, purpose.code, label_fr, label_en, max_precision, double_opt_in, recipient_kind,
 COALESCE(recipient.code, ''), recipient.name
FROM purpose LEFT JOIN recipient ON recipient.purpose = purpose.code AND recipient.brand_id = %(brand)s
WHERE legal_basis = 'consent'
ORDER BY purpose.code, recipient.code
"""
"""Every purpose by consent, once for each recipient that a brand named for it, or once without any."""

STANDING = """
SELECT member.minor_until, member.restricted_at,
 (SELECT installation_id FROM member_session WHERE member_id = %(member)s AND id = %(session)s),
 (SELECT json_agg(json_build_object('id', id, 'location', location, 'precision', precision, 'bluetooth', bluetooth,
   'notifications', notifications, 'reported_at', reported_at)) FROM installation WHERE member_id = %(member)s),
 cell.brand_id, touchpoint, purpose, scope_kind, scope_id, recipient, event_id, level, state, expires_at, uses_left,
 os_location, os_vector, pending, with_parent, notice_until, objected, changed_at
FROM member LEFT JOIN permission_state AS cell ON cell.member_id = member.member_id AND cell.brand_id = %(brand)s
WHERE member.member_id = %(member)s
ORDER BY touchpoint, purpose, scope_kind, scope_id, recipient
"""
"""What a decision must know of a member and their phones, beside each of their cells with a brand, or beside none."""


def text_with(sha256: str) -> Select[PurposeText]:
    """The text with this fingerprint."""
    return select(PurposeText).where(PurposeText.sha256 == sha256)


def replaced_at(purpose: str, *, version: int) -> Select[datetime]:
    """When a text that changes what is agreed to replaces this version, in any language: the first such instant."""
    return (
        select(PurposeText.published_at)
        .where(PurposeText.purpose == purpose, PurposeText.version > version, PurposeText.material)
        .order_by(PurposeText.published_at)
    )


def last_version(purpose: str) -> Select[int]:
    """The highest version of a purpose's texts."""
    return select(func.max(PurposeText.version)).where(PurposeText.purpose == purpose)


def objections_of(member_id: uuid.UUID) -> Select[Objection]:
    """The objections of a member that stand."""
    standing = select(Objection).where(Objection.member_id == member_id, Objection.lifted_at.is_(None))
    return standing.order_by(Objection.objected_at)


def objects(member_id: uuid.UUID, *, brand_id: uuid.UUID, purpose: str) -> Select[bool]:
    """Whether the member objects to the direct marketing that this purpose is, if it is any."""
    marketing = select(Purpose.code).where(Purpose.code == purpose, Purpose.marketing).exists()
    standing = objections_of(member_id).where(or_(Objection.brand_id.is_(None), Objection.brand_id == brand_id))
    return select(and_(marketing, exists(standing.order_by(None))))


def cells_of(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, touchpoint: str | None = None, purpose: str | None = None
) -> Select[PermissionState]:
    """A member's cells with a brand."""
    question = (
        select(PermissionState)
        .where(PermissionState.member_id == member_id, PermissionState.brand_id == brand_id)
        .order_by(*(getattr(PermissionState, name) for name in CELL_KEY))
        .execution_options(populate_existing=True)
    )
    if touchpoint is not None:
        question = question.where(PermissionState.touchpoint == touchpoint)
    if purpose is not None:
        question = question.where(PermissionState.purpose == purpose)
    return question


def asked_cells(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, touchpoint: str, purpose: str, recipient: str
) -> Select[Member, PermissionState | None]:
    """The member, beside each of their cells that a decision is about, or beside none: one question for both."""
    return (
        select(Member, PermissionState)
        .outerjoin(
            PermissionState,
            and_(
                PermissionState.member_id == Member.id,
                PermissionState.brand_id == brand_id,
                PermissionState.touchpoint == touchpoint,
                PermissionState.purpose == purpose,
                PermissionState.recipient == recipient,
            ),
        )
        .where(Member.id == member_id)
        .execution_options(populate_existing=True)
    )


def cells_for_visits(member_id: uuid.UUID, held: Collection[ColumnElement[bool]]) -> Select[PermissionState]:
    """The cells of a member that permit for one visit, and for any that is meant here."""
    return select(PermissionState).where(
        PermissionState.member_id == member_id,
        PermissionState.level == Level.THIS_VISIT,
        PermissionState.state.in_(PERMITTING),
        or_(*held),
    )


def held_for_visit(
    event_id: uuid.UUID,
    *,
    purpose: str,
    brand_id: uuid.UUID,
    scope_ids: Collection[uuid.UUID],
    until: datetime,
) -> ColumnElement[bool]:
    """Whether a cell held for a visit: made by this event, or for the same purpose and brand, for one of these scopes,
    and answered before its end."""
    about = and_(
        PermissionState.purpose == purpose,
        PermissionState.brand_id == brand_id,
        PermissionState.scope_id.in_(scope_ids),
        PermissionState.changed_at < until,
    )
    return or_(PermissionState.event_id == event_id, about)


def cell_of_event(member_id: uuid.UUID, event_id: uuid.UUID) -> Select[PermissionState]:
    """The cell that this event was about, as it stands now."""
    same = [getattr(PermissionState, name) == getattr(PermissionEvent, name) for name in CELL_KEY]
    return (
        select(PermissionState)
        .join(PermissionEvent, and_(*same))
        .where(PermissionEvent.member_id == member_id, PermissionEvent.id == event_id)
        .execution_options(populate_existing=True)
    )


def cell_at(event: PermissionEvent | PermissionState) -> Select[PermissionState]:
    """The cell that an event is about, or that has the same key."""
    same = [getattr(PermissionState, name) == getattr(event, name) for name in CELL_KEY]
    return select(PermissionState).where(*same).execution_options(populate_existing=True)


def cells_around(scope: Scope, *, like: PermissionState) -> Select[PermissionState]:
    """The cells like this one whose scope holds this scope: itself, the areas that hold a store, the brand; of its
    recipient, or of all of them."""
    areas = select(AREA_STORE.c.area_id).where(AREA_STORE.c.store_id == scope.id)
    names = ("member_id", "touchpoint", "purpose", "brand_id")
    same = [getattr(PermissionState, name) == getattr(like, name) for name in names]
    return (
        select(PermissionState)
        .where(
            *same,
            PermissionState.recipient.in_((like.recipient, OWN)),
            or_(
                PermissionState.scope_kind == ScopeKind.BRAND,
                and_(PermissionState.scope_kind == scope.kind, PermissionState.scope_id == scope.id),
                and_(PermissionState.scope_kind == ScopeKind.AREA, PermissionState.scope_id.in_(areas)),
            ),
        )
        .execution_options(populate_existing=True)
    )


def marketing_cells(member_id: uuid.UUID, *, brand_id: uuid.UUID | None) -> Select[PermissionState]:
    """A member's cells of the purposes that are direct marketing, with one brand or with all."""
    marketing = select(Purpose.code).where(Purpose.marketing)
    question = projection_of(member_id).where(PermissionState.purpose.in_(marketing))
    return question if brand_id is None else question.where(PermissionState.brand_id == brand_id)


def ended_cells(*, now: datetime, limit: int) -> Select[PermissionState]:
    """Yeses whose time is over and that no event says so of yet, the oldest first."""
    return (
        select(PermissionState)
        .where(PermissionState.state.in_(PERMITTING), PermissionState.expires_at <= now)
        .order_by(PermissionState.expires_at)
        .limit(limit)
    )


def cells_without_answer_no(*, member_id: uuid.UUID, brand_id: uuid.UUID | None) -> Select[PermissionState]:
    """The cells that a withdrawal of everything has something to say about."""
    question = (
        select(PermissionState)
        .where(PermissionState.member_id == member_id, PermissionState.state.not_in(SAID_NO))
        .order_by(*(getattr(PermissionState, name) for name in CELL_KEY))
        .execution_options(populate_existing=True)
    )
    return question if brand_id is None else question.where(PermissionState.brand_id == brand_id)


def uses_of(member_id: uuid.UUID) -> Select[PermissionUse]:
    """The uses that were taken of a member's counted permissions."""
    return select(PermissionUse).where(PermissionUse.member_id == member_id)


def ledger_of(member_id: uuid.UUID, *, brand_id: uuid.UUID | None = None) -> Select[PermissionEvent]:
    """A member's ledger, in no order."""
    question = select(PermissionEvent).where(PermissionEvent.member_id == member_id)
    return question if brand_id is None else question.where(PermissionEvent.brand_id == brand_id)


def projection_of(member_id: uuid.UUID) -> Select[PermissionState]:
    """Every cell of a member."""
    return (
        select(PermissionState).where(PermissionState.member_id == member_id).execution_options(populate_existing=True)
    )
