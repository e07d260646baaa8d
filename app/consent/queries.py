"""Questions about permissions. Stores and areas are asked by table name: the kernel knows no domain."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Uuid, and_, column, or_, select, table
from sqlalchemy.dialects.postgresql import distinct_on

from app.consent.models import (
    CELL_KEY,
    SAID_NO,
    PermissionEvent,
    PermissionState,
    Purpose,
    PurposeText,
    Scope,
    ScopeKind,
    Touchpoint,
)

STORE = table("store", column("id", Uuid()), column("brand_id", Uuid()))
AREA = table("area", column("id", Uuid()), column("brand_id", Uuid()))
AREA_STORE = table("area_store", column("area_id", Uuid()), column("store_id", Uuid()))


def touchpoints() -> Select[Touchpoint]:
    """Every touchpoint."""
    return select(Touchpoint).order_by(Touchpoint.code)


def purposes_by(legal_basis: str) -> Select[Purpose]:
    """The purposes on one legal basis."""
    return select(Purpose).where(Purpose.legal_basis == legal_basis).order_by(Purpose.code)


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


def text_with(sha256: str) -> Select[PurposeText]:
    """The text with this fingerprint."""
    return select(PurposeText).where(PurposeText.sha256 == sha256)


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


def cell_of_event(member_id: uuid.UUID, event_id: uuid.UUID) -> Select[PermissionState]:
    """The cell that this event was about, as it stands now."""
    same = [getattr(PermissionState, name) == getattr(PermissionEvent, name) for name in CELL_KEY]
    return (
        select(PermissionState)
        .join(PermissionEvent, and_(*same))
        .where(PermissionEvent.member_id == member_id, PermissionEvent.id == event_id)
        .execution_options(populate_existing=True)
    )


def cell_at(event: PermissionEvent) -> Select[PermissionState]:
    """The cell that an event is about."""
    same = [getattr(PermissionState, name) == getattr(event, name) for name in CELL_KEY]
    return select(PermissionState).where(*same).execution_options(populate_existing=True)


def cells_inside(
    scope: Scope, *, member_id: uuid.UUID, brand_id: uuid.UUID, touchpoint: str, purpose: str
) -> Select[PermissionState]:
    """The cells of one touchpoint and purpose that lie in a scope: itself, and the stores and areas inside it."""
    itself = and_(PermissionState.scope_kind == scope.kind, PermissionState.scope_id == scope.id)
    stores = select(AREA_STORE.c.store_id).where(AREA_STORE.c.area_id == scope.id)
    inside: dict[ScopeKind, Any] = {
        ScopeKind.BRAND: PermissionState.brand_id == brand_id,
        ScopeKind.AREA: or_(
            itself, and_(PermissionState.scope_kind == ScopeKind.STORE, PermissionState.scope_id.in_(stores))
        ),
        ScopeKind.STORE: itself,
    }
    return (
        select(PermissionState)
        .where(
            PermissionState.member_id == member_id,
            PermissionState.brand_id == brand_id,
            PermissionState.touchpoint == touchpoint,
            PermissionState.purpose == purpose,
            inside[scope.kind],
        )
        .order_by(PermissionState.scope_kind, PermissionState.scope_id)
        .execution_options(populate_existing=True)
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


def ledger_of(member_id: uuid.UUID, *, brand_id: uuid.UUID | None = None) -> Select[PermissionEvent]:
    """A member's ledger, in no order."""
    question = select(PermissionEvent).where(PermissionEvent.member_id == member_id)
    return question if brand_id is None else question.where(PermissionEvent.brand_id == brand_id)


def projection_of(member_id: uuid.UUID) -> Select[PermissionState]:
    """Every cell of a member."""
    return (
        select(PermissionState).where(PermissionState.member_id == member_id).execution_options(populate_existing=True)
    )
