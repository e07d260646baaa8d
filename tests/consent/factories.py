"""Permissions for tests: evidence that proves a yes, and cells that stand as a test needs them."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import db
from app.accounts.models import Brand, Member
from app.consent import granting, queries, withdrawing
from app.consent.models import Level, PermissionEvent, PermissionState, Scope, ScopeKind
from geo.places.models import Area, Store
from tests.factories import NOON

CELL = {"touchpoint": "geofence", "purpose": "personalised_offers"}


def evidence(**given: Any) -> dict[str, Any]:
    """What proves a yes to version 1 of the French text, on a phone that shares its position."""
    return {
        "version": 1,
        "locale": "fr",
        "channel": "app",
        "screen_id": "permissions/1",
        "app_version": "1.0.0",
        "method": "toggle_off_to_on",
        "os_permission": {"location": "while_using", "precision": "precise", "reported_at": "2026-05-18T09:59:00Z"},
    } | given


def body(level: str = "proactive", **given: Any) -> dict[str, Any]:
    """The JSON of a yes."""
    return {"level": level, "evidence": evidence()} | given


def give(
    member: Member, brand: Brand, *, level: Level = Level.PROACTIVE, now: datetime = NOON, **given: Any
) -> PermissionState:
    """A yes of the member to the brand."""
    with db.system_transaction():
        return granting.grant(
            **{
                **CELL,
                "member_id": member.id,
                "brand_id": brand.id,
                "level": level,
                "evidence": evidence(),
                "now": now,
                **given,
            }
        )


def say_no(member: Member, brand: Brand, *, now: datetime = NOON, **given: Any) -> PermissionState:
    """A no of the member to the brand."""
    with db.system_transaction():
        return withdrawing.withdraw(**{**CELL, "member_id": member.id, "brand_id": brand.id, "now": now, **given})


def ledger(member: Member) -> Sequence[PermissionEvent]:
    """The member's events in their order."""
    with db.system_transaction():
        return sorted(db.all_of(queries.ledger_of(member.id)), key=lambda event: event.recorded_at)


def states(member: Member) -> list[str]:
    """What the member's events were, in their order."""
    return [event.state for event in ledger(member)]


def in_store(store: Store) -> Scope:
    return Scope(ScopeKind.STORE, store.id)


def in_area(area: Area) -> Scope:
    return Scope(ScopeKind.AREA, area.id)


def cell_address(brand: Brand, touchpoint: str = "geofence", purpose: str = "personalised_offers") -> str:
    return f"/v1/permissions/{brand.code}/{touchpoint}/{purpose}"


def somewhere() -> uuid.UUID:
    return uuid.uuid4()
