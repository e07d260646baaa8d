"""A ledger in memory behind the real verbs, for the tests that need more operations than a database can take.

Only the questions are answered here, in plain Python; every rule is the application's own. A test plays the same
operations on this book and on PostgreSQL and compares what they lead to, so that the book cannot drift.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.accounts.models import Brand, Member
from app.consent import queries
from app.consent.decision import circumstances
from app.consent.decision.circumstances import Circumstances
from app.consent.decision.phone_conditions import NO_FACTS
from app.consent.ledger import events, uses
from app.consent.ledger.evidence import find_seen
from app.consent.models import (
    CELL_KEY,
    PERMITTING,
    SAID_NO,
    Objection,
    PermissionEvent,
    PermissionState,
    Purpose,
    PurposeText,
    Scope,
    ScopeKind,
)
from app.consent.suppression import restriction, suppression_list
from app.sql import db
from tests.factories import NOON


class Registry:
    """What stands in the catalogue, read once from the database."""

    def __init__(self, brand: Brand, areas: dict[uuid.UUID, Sequence[uuid.UUID]], stores: Sequence[uuid.UUID]) -> None:
        with db.system_transaction():
            self.purposes = {one.code: one for one in db.all_of(queries.purposes())}
            self.texts = db.all_of(queries.texts(now=NOON))
        self.brand, self.areas, self.stores = brand, areas, stores


class Book:
    """One member's events, cells and objections."""

    def __init__(self, registry: Registry, member: Member) -> None:
        self.registry, self.member = registry, member
        self.events: dict[uuid.UUID, PermissionEvent] = {}
        self.cells: dict[tuple[Any, ...], PermissionState] = {}
        self.objections: list[Objection] = []
        self.uses: list[Any] = []

    # What the database does.

    def add(self, thing: Any) -> Any:
        if isinstance(thing, PermissionEvent):
            thing.id = thing.id or db.new_id()
            self.events[thing.id] = thing
        elif isinstance(thing, PermissionState):
            self.cells[key_of(thing)] = thing
        elif isinstance(thing, Objection):
            thing.id = db.new_id()
            self.objections.append(thing)
        else:
            self.uses.append(thing)
        return thing

    def get(self, model: Any, key: Any) -> Any:
        catalogue: dict[Any, Callable[[Any], Any]] = {
            Purpose: self.registry.purposes.get,
            PermissionEvent: lambda pair: self.events.get(pair[1]),
            Brand: lambda _: self.registry.brand,
        }
        return catalogue[model](key) if model in catalogue else None

    def store(self, event: PermissionEvent, cell: PermissionState) -> None:
        self.add(event)
        self.add(cell)

    def store_all(self, events: Sequence[PermissionEvent], cells: Sequence[PermissionState]) -> None:
        self.events |= {event.id: event for event in events}

    # What the questions find.

    def circumstances(self, key: Any, *, evidence: Any, session_id: Any, now: Any) -> Circumstances:
        cell = PermissionState(**key)
        words = find_seen(evidence, cell=cell, brand=self.registry.brand, now=now).words if evidence else None
        return Circumstances(cells=self.cell_at(cell), words=words, **self.common(key))

    def inside(self, key: Any, *, recipient: Any, session_id: Any, now: Any) -> Circumstances:
        same = {name: key[name] for name in ("member_id", "brand_id", "touchpoint", "purpose")}
        scope = Scope(key["scope_kind"], key["scope_id"])
        return Circumstances(cells=self.cells_inside(scope, recipient=recipient, **same), **self.common(key))

    def common(self, key: Any) -> dict[str, Any]:
        scope = Scope(key["scope_kind"], key["scope_id"])
        return {
            "brand": self.registry.brand,
            "goal": self.registry.purposes.get(key["purpose"]),
            "recipient": None,
            "place_known": bool(self.place_of_brand(scope, brand_id=key["brand_id"])),
            "facts": NO_FACTS,
            "member": self.member,
            "objected": self.objects(key["member_id"], brand_id=key["brand_id"], purpose=key["purpose"])[0],
        }

    def cell_at(self, like: Any) -> list[PermissionState]:
        found = self.cells.get(key_of(like))
        return [] if found is None else [found]

    def cells_of(self, **asked: Any) -> list[PermissionState]:
        asked.pop("member_id")
        return [c for c in self.cells.values() if all(getattr(c, name) == value for name, value in asked.items())]

    def cells_inside(self, scope: Scope, *, recipient: str | None = None, **same: Any) -> list[PermissionState]:
        stores = self.registry.areas.get(scope.id, ()) if scope.kind is ScopeKind.AREA else ()
        found = [
            cell
            for cell in self.cells_of(**same)
            if scope.kind is ScopeKind.BRAND
            or (cell.scope_kind, cell.scope_id) == tuple(scope)
            or (cell.scope_kind == ScopeKind.STORE and cell.scope_id in stores)
        ]
        return sorted(found, key=lambda cell: (cell.scope_kind, str(cell.scope_id)))

    def cells_around(self, scope: Scope, *, like: PermissionState) -> list[PermissionState]:
        same = {name: getattr(like, name) for name in CELL_KEY if not name.startswith("scope")}
        areas = [area for area, stores in self.registry.areas.items() if scope.id in stores]
        return [
            cell
            for cell in self.cells_of(**same)
            if cell.scope_kind == ScopeKind.BRAND
            or (cell.scope_kind, cell.scope_id) == tuple(scope)
            or (cell.scope_kind == ScopeKind.AREA and cell.scope_id in areas)
        ]

    def cells_without_answer_no(self, *, member_id: uuid.UUID, brand_id: uuid.UUID | None) -> list[PermissionState]:
        return sorted((c for c in self.cells.values() if c.state not in SAID_NO), key=lambda c: str(key_of(c)))

    def cell_of_event(self, member_id: uuid.UUID, event_id: uuid.UUID) -> list[PermissionState]:
        event = self.events.get(event_id)
        return [] if event is None else self.cell_at(event)

    def marketing_cells(self, member_id: uuid.UUID, *, brand_id: uuid.UUID | None) -> list[PermissionState]:
        return [cell for cell in self.cells.values() if self.registry.purposes[cell.purpose].marketing]

    def objections_of(self, member_id: uuid.UUID) -> list[Objection]:
        return [one for one in self.objections if one.lifted_at is None]

    def objects(self, member_id: uuid.UUID, *, brand_id: uuid.UUID, purpose: str) -> list[bool]:
        standing = any(one.brand_id in (None, brand_id) for one in self.objections_of(member_id))
        return [standing and self.registry.purposes[purpose].marketing]

    def texts(self, **asked: Any) -> list[PurposeText]:
        asked.pop("now")
        return [one for one in self.registry.texts if all(getattr(one, n) == v for n, v in asked.items())]

    def place_of_brand(self, scope: Scope, *, brand_id: uuid.UUID) -> list[uuid.UUID]:
        return [scope.id] if scope.id in self.registry.areas or scope.id in self.registry.stores else []

    def take(self, member_id: uuid.UUID, event_id: uuid.UUID, *, now: Any) -> int | None:
        for cell in self.cells.values():
            if cell.event_id == event_id and cell.state in PERMITTING and cell.uses_left and cell.permits(now):
                cell.uses_left -= 1
                return cell.uses_left
        return None


def key_of(thing: Any) -> tuple[Any, ...]:
    """What identifies a cell."""
    values = [getattr(thing, name) for name in CELL_KEY]
    return tuple("" if value is None else str(value) for value in values)


def open_book(book: Book, patch: pytest.MonkeyPatch) -> None:
    """Let the verbs write in this book instead of the database."""
    for name in ("cell_at", "cells_of", "cells_around", "cells_without_answer_no", "cell_of_event"):
        patch.setattr(queries, name, getattr(book, name))
    for name in ("marketing_cells", "objections_of", "objects", "texts", "place_of_brand"):
        patch.setattr(queries, name, getattr(book, name))
    patch.setattr(queries, "member_as_now", lambda _: [book.member])
    patch.setattr(restriction, "member_locked", lambda _: [book.member])
    patch.setattr(queries, "projection_of", lambda _: list(book.cells.values()))
    patch.setattr(queries, "ledger_of", lambda _: list(book.events.values()))
    patch.setattr(queries, "replaced_at", lambda *_, **__: [])
    patch.setattr(circumstances, "read_circumstances", book.circumstances)
    patch.setattr(circumstances, "read_inside", book.inside)
    patch.setattr(events, "store", book.store)
    patch.setattr(uses, "_take", book.take)
    for name in ("suppress_member", "lift_suppression"):  # addresses are none of the ledger's business
        patch.setattr(suppression_list, name, lambda **_: 0)
    patch.setattr(events, "store_all", book.store_all)
    patch.setattr(db, "add", book.add)
    patch.setattr(db, "get", book.get)
    patch.setattr(db, "first", lambda found: found[0] if found else None)
    patch.setattr(db, "all_of", list)
    patch.setattr(db, "execute", lambda *_, **__: None)
    patch.setattr(db, "fetch", lambda *_, **__: [])
    patch.setattr(db, "before_commit", lambda *_: None)
    patch.setattr(db, "session", NoSession)


class NoSession:
    """What is written is there at once."""

    def flush(self) -> None:
        """Nothing waits."""
