"""Terminals: an administrator makes one for a store, whoever stands in the store pairs it once, anybody in charge
revokes it. A terminal's key is shown once, at pairing; whoever loses it makes a new terminal."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from app.accounts import queries, tokens
from app.accounts.errors import PairingNotAccepted
from app.accounts.models import Brand, Terminal
from app.errors import NotFound
from app.sql import db

PAIRING = timedelta(minutes=15)


class NewTerminal(NamedTuple):
    """A terminal that waits for its pairing, and the token for it."""

    id: uuid.UUID
    store_id: uuid.UUID
    name: str
    created_at: datetime
    paired_at: datetime | None
    revoked_at: datetime | None
    pairing_token: str
    pairing_expires_at: datetime


class Paired(NamedTuple):
    """A terminal and its key; `brand` is the brand's code."""

    key: str
    terminal_id: uuid.UUID
    store_id: uuid.UUID
    store_name: str
    brand: str


def create_terminal(*, brand_id: uuid.UUID, store_id: uuid.UUID, name: str, now: datetime) -> NewTerminal:
    """A terminal for this store, and the token that pairs it once within 15 minutes.

    Raises `NotFound` when the brand has no such store.
    """
    if db.first(queries.store_of_brand(brand_id, store_id)) is None:
        raise NotFound
    token, pairing_hash = tokens.new_opaque_token(tokens.PAIRING_PREFIX)
    waiting = Terminal(brand_id=brand_id, store_id=store_id, name=name, created_at=now)
    waiting.pairing_hash, waiting.pairing_expires_at = pairing_hash, now + PAIRING
    terminal = db.add(waiting)
    return NewTerminal(
        id=terminal.id,
        store_id=store_id,
        name=name,
        created_at=now,
        paired_at=None,
        revoked_at=None,
        pairing_token=token,
        pairing_expires_at=now + PAIRING,
    )


def pair_terminal(*, pairing_token: str, now: datetime) -> Paired:
    """Exchange a pairing token for the terminal's key. Raises `PairingNotAccepted`, the same whatever is wrong."""
    # Locked: whoever comes second waits, looks again and finds nothing that waits for this token.
    terminal = db.first(db.locked(queries.terminal_waiting_for(tokens.hash_of(pairing_token), now=now)))
    if terminal is None:
        raise PairingNotAccepted
    key, terminal.key_hash = tokens.new_opaque_token(tokens.TERMINAL_PREFIX)
    terminal.paired_at = now
    terminal.pairing_hash = terminal.pairing_expires_at = None
    store_name = db.first(queries.store_of_brand(terminal.brand_id, terminal.store_id))
    brand = db.get(Brand, terminal.brand_id)
    if store_name is None or brand is None:
        raise RuntimeError("a terminal outlived its store or its brand, which foreign keys forbid")
    return Paired(key, terminal.id, terminal.store_id, store_name, brand.code)


def revoke_terminal(*, brand_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime) -> Terminal:
    """Stop a terminal of this brand at once, for good. Twice is no error. Raises `NotFound`."""
    mine = queries.terminals_of(brand_id).where(Terminal.id == terminal_id)
    terminal = db.first(db.locked(mine))
    if terminal is None:
        raise NotFound
    terminal.revoked_at = terminal.revoked_at or now
    return terminal
