"""The chain: each entry's hash covers the one before it, so nothing in between can change or go unnoticed. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from app import canonical

START = bytes(32)
"""What stands before the first entry."""


@dataclass(frozen=True)
class NewLot:
    """The credit that an entry makes."""

    amount: int
    earned_at: datetime
    lasts: str


@dataclass(frozen=True)
class Movement:
    """One entry of the ledger with its lot and its allocations (points by lot, negative when taken)."""

    member_id: uuid.UUID
    id: uuid.UUID
    currency_id: uuid.UUID
    brand_id: uuid.UUID
    sequence: int
    kind: str
    from_account: str
    to_account: str
    amount: int
    source: str
    about_id: uuid.UUID | None
    reason: str
    facts: Mapping[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    hash: bytes = b""
    lot: NewLot | None = None
    parts: Mapping[uuid.UUID, int] = field(default_factory=dict)


def link(previous: bytes | None, movement: Movement) -> bytes:
    """SHA-256 over the hash before and the canonical JSON (RFC 8785) of everything that the movement says."""
    content: dict[str, Any] = {
        "member": str(movement.member_id),
        "id": str(movement.id),
        "currency": str(movement.currency_id),
        "brand": str(movement.brand_id),
        "sequence": movement.sequence,
        "kind": str(movement.kind),
        "from": str(movement.from_account),
        "to": str(movement.to_account),
        "amount": movement.amount,
        "source": movement.source,
        "about": movement.about_id and str(movement.about_id),
        "reason": movement.reason,
        "facts": dict(movement.facts),
        "occurred_at": _instant(movement.occurred_at),
        "recorded_at": _instant(movement.recorded_at),
        "lot": movement.lot
        and {
            "amount": movement.lot.amount,
            "earned_at": _instant(movement.lot.earned_at),
            "lasts": movement.lot.lasts,
        },
        "parts": {str(lot_id): amount for lot_id, amount in movement.parts.items()},
    }
    return sha256((previous or START) + canonical.write_json(content)).digest()


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
