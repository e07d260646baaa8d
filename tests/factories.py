"""Factories of what every room needs. Plain functions, every field defaulted; a test states only what matters to it.

Each opens a transaction of its own and commits, as the system; within `made()` all share one. Rooms add theirs in
`tests/<room>/factories.py`.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

from app.accounts import queries, tokens
from app.accounts.models import Brand, ConsoleSession, ConsoleUser, Member, MemberSession, Terminal
from app.sql import db
from geo.places.models import Area, AreaStore, Store

PARIS = (2.3522, 48.8566)
NOON = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)
"""A Monday, noon in Paris."""


_making: ContextVar[bool] = ContextVar("making", default=False)


@contextmanager
def made() -> Iterator[None]:
    """One transaction of the system for all that is made in this block; a block inside another joins that one."""
    if _making.get():
        yield
        return
    with db.system_transaction():
        token = _making.set(True)
        try:
            yield
        finally:
            _making.reset(token)


def save(thing: Any) -> Any:
    with made():
        return db.add(thing)


def make_brand(**given: Any) -> Brand:
    fields = {
        "code": f"b{uuid.uuid4().hex[:12]}",
        "name": "Épicerie Test",
        "countries": ["FR"],
        "time_zone": "Europe/Paris",
        "currency": "EUR",
        "legal_name": "Épicerie Test SARL",
        "postal_address": "1 rue de Rivoli, 75001 Paris, FR",
        "privacy_contact": "donnees@epicerie-test.example",
    }
    return save(Brand(**(fields | given)))


def make_store(brand: Brand, *, lon: float = PARIS[0], lat: float = PARIS[1], **given: Any) -> Store:
    fields = {
        "brand_id": brand.id,
        "reference": uuid.uuid4().hex[:8],
        "name": "Rivoli",
        "location": f"SRID=4326;POINT({lon} {lat})",
        "time_zone": "Europe/Paris",
        "country": "FR",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return save(Store(**(fields | given)))


def make_area(brand: Brand, *stores: Store, **given: Any) -> Area:
    area = save(
        Area(**({"brand_id": brand.id, "code": uuid.uuid4().hex[:8], "name": "Centre", "created_at": NOON} | given))
    )
    for store in stores:
        save(AreaStore(area_id=area.id, store_id=store.id))
    return area


def make_member(**given: Any) -> Member:
    return save(Member(**({"language": "fr", "created_at": NOON} | given)))


def member_token(member: Member, *, now: datetime | None = None) -> str:
    """A fresh sign-in of this member."""
    now = now or datetime.now(UTC)
    with made():
        known = db.all_of(queries.member_shared(member.id))[0]
        session = save(
            MemberSession(
                member_id=member.id,
                restricted_at=known.restricted_at,
                minor_until=known.minor_until,
                generation=0,
                rotated_at=now,
                created_at=now,
                expires_at=now + timedelta(days=90),
            )
        )
    return tokens.issue_access_token(member_id=member.id, session_id=session.id, generation=0, now=now)


def make_console_user(brand: Brand, role: str = "merchandiser", **given: Any) -> ConsoleUser:
    fields = {
        "brand_id": brand.id,
        "email": f"{uuid.uuid4().hex[:8]}@example.org",
        "name": "Camille",
        "role": role,
        "password_hash": "!",
        "created_at": NOON,
    }
    return save(ConsoleUser(**(fields | given)))


def console_token(user: ConsoleUser) -> str:
    """A fresh console session of this user."""
    token, token_hash = tokens.new_console_token()
    now = datetime.now(UTC)
    save(ConsoleSession(user_id=user.id, token_hash=token_hash, created_at=now, expires_at=now + timedelta(hours=8)))
    return token


def make_terminal(store: Store, **given: Any) -> tuple[Terminal, str]:
    """A paired terminal of this store, and its key."""
    token, key_hash = tokens.new_opaque_token(tokens.TERMINAL_PREFIX)
    fields = {
        "brand_id": store.brand_id,
        "store_id": store.id,
        "name": "Caisse 1",
        "key_hash": key_hash,
        "paired_at": NOON,
        "created_at": NOON,
    }
    return save(Terminal(**(fields | given))), token
