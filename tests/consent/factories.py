"""Permissions for tests: evidence that proves a yes, and cells that stand as a test needs them."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import Brand, Member, MemberIdentifier, MemberSession
from app.consent import queries
from app.consent.ledger import grants, withdrawal
from app.consent.models import Level, PermissionEvent, PermissionState, Recipient, Scope, ScopeKind
from app.consent.registry.words import Words, show_words
from app.sql import db
from geo.places.models import Area, Store
from tests.accounts.factories import new_phone
from tests.factories import NOON, made, make_member, save
from tests.speaking import Speaker

PARTNERS = "partner_offers"
CELL = {"touchpoint": "geofence", "purpose": "personalised_offers"}


NEWEST = 2
"""The version of every purpose's words that names who asks."""


def evidence(*, now: datetime | None = None, **given: Any) -> dict[str, Any]:
    """What proves a yes to the newest French words, on a phone that allows what an open app needs."""
    return {
        "version": NEWEST,
        "locale": "fr",
        "channel": "app",
        "screen_id": "permissions/1",
        "app_version": "1.0.0",
        "method": "toggle_off_to_on",
        "os_permission": {
            "location": "while_using",
            "precision": "precise",
            "bluetooth": True,
            "notifications": True,
            "reported_at": (now or datetime.now(UTC)).isoformat(),
        },
    } | given


def body(level: str = "proactive", **given: Any) -> dict[str, Any]:
    """The JSON of a yes."""
    return {"level": level, "evidence": evidence()} | given


def give(
    member: Member, brand: Brand, *, level: Level = Level.PROACTIVE, now: datetime = NOON, **given: Any
) -> PermissionState:
    """A yes of the member to the brand."""
    with made():
        return grants.grant_permission(
            **{
                **CELL,
                "member_id": member.id,
                "brand_id": brand.id,
                "level": level,
                "evidence": evidence(now=now),
                "now": now,
                **given,
            }
        )


def read_words(brand: Brand, *, now: datetime | None = None, **asked: Any) -> Words:
    """What an app shows before it asks: the French words of `CELL` unless the test says otherwise."""
    with made():
        (words,) = show_words(**{**CELL, "brand": brand.code, "locale": "fr", "now": now or datetime.now(UTC), **asked})
        return words


def by_fingerprint(words: Words, **given: Any) -> dict[str, Any]:
    """What proves a yes to these words."""
    proof = evidence(text_sha256=words.sha256, locale=words.locale, **given)
    return {name: said for name, said in proof.items() if name != "version"}


def make_recipient(brand: Brand, purpose: str = PARTNERS, code: str = "acme") -> Recipient:
    """Somebody to whom the brand passes data on."""
    found: Recipient = save(
        Recipient(brand_id=brand.id, purpose=purpose, code=code, name="Acme", country="FR", added_at=NOON)
    )
    return found


def make_reachable_member() -> Member:
    """A member with an e-mail address and a phone number."""
    member = make_member()
    for kind, value in (("email", f"{member.id}@example.org"), ("phone", new_phone())):
        save(MemberIdentifier(kind=kind, value=value, member_id=member.id, verified_at=NOON))
    return member


def say_no(member: Member, brand: Brand, *, now: datetime = NOON, **given: Any) -> PermissionState:
    """A no of the member to the brand."""
    with made():
        return withdrawal.withdraw_permission(
            **{**CELL, "member_id": member.id, "brand_id": brand.id, "now": now, **given}
        )


def ledger(member: Member) -> Sequence[PermissionEvent]:
    """The member's events in their order."""
    with made():
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


def session_of(member: Member) -> MemberSession:
    """The last sign-in of a member."""
    with made():
        found = db.first(
            select(MemberSession).where(MemberSession.member_id == member.id).order_by(MemberSession.id.desc())
        )
    assert found is not None
    return found


def vector(**given: Any) -> dict[str, Any]:
    """What a phone reports that allows everything."""
    return {
        "platform": "android",
        "app_version": "1.0.0",
        "location": "always",
        "precision": "precise",
        "bluetooth": True,
        "notifications": True,
        "reported_at": datetime.now(UTC).isoformat(),
    } | given


def report(phone: Speaker, installation: uuid.UUID | None = None, **given: Any) -> TestResponse:
    """The report of an installation, new unless it is named."""
    return phone.put(f"/v1/installations/{installation or uuid.uuid4()}", vector(**given))
