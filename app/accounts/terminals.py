"""Terminals: an administrator makes one for a store, whoever stands in the store pairs it once by a QR code, anybody in
charge revokes it. A terminal's key is shown once, at pairing; it can roll it; whoever loses it makes a new terminal."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from app import config
from app.accounts import queries, tokens
from app.accounts.errors import PairingNotAccepted
from app.accounts.models import Brand, Terminal
from app.codes import printed_codes
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
    profile: str
    pairing_token: str
    pairing_expires_at: datetime
    pairing_link: str
    pairing_qr: str


class RolledKey(NamedTuple):
    """A new key of a terminal."""

    key: str
    terminal_id: uuid.UUID


class Paired(NamedTuple):
    """A terminal and its key; `brand` is the brand's code."""

    key: str
    terminal_id: uuid.UUID
    store_id: uuid.UUID
    store_name: str
    brand: str
    profile: str


def create_terminal(
    *, brand_id: uuid.UUID, store_id: uuid.UUID, name: str, now: datetime, profile: str = "till"
) -> NewTerminal:
    """A terminal for this store, and the token that pairs it once within 15 minutes, also as a link and its QR code.

    Raises `NotFound` when the brand has no such store.
    """
    if db.first(queries.store_of_brand(brand_id, store_id)) is None:
        raise NotFound
    token, pairing_hash = tokens.new_opaque_token(tokens.PAIRING_PREFIX)
    waiting = Terminal(brand_id=brand_id, store_id=store_id, name=name, profile=profile, created_at=now)
    waiting.pairing_hash, waiting.pairing_expires_at = pairing_hash, now + PAIRING
    terminal = db.add(waiting)
    # Behind the sign that browsers keep to themselves, so that no server on the way writes the token down.
    link = f"{config.current().public_url.rstrip('/')}/v1/terminals/pairing#{token}"
    return NewTerminal(
        id=terminal.id,
        store_id=store_id,
        name=name,
        created_at=now,
        paired_at=None,
        revoked_at=None,
        profile=profile,
        pairing_token=token,
        pairing_expires_at=now + PAIRING,
        pairing_link=link,
        pairing_qr=printed_codes.draw_qr(link),
    )


def pair_terminal(
    *, pairing_token: str, now: datetime, hardware: str | None = None, software: str | None = None
) -> Paired:
    """Exchange a pairing token for the terminal's key. Raises `PairingNotAccepted`, the same whatever is wrong."""
    # Locked: whoever comes second waits, looks again and finds nothing that waits for this token.
    terminal = db.first(db.locked(queries.terminal_waiting_for(tokens.hash_of(pairing_token), now=now)))
    if terminal is None:
        raise PairingNotAccepted
    key, terminal.key_hash = tokens.new_opaque_token(tokens.TERMINAL_PREFIX)
    terminal.paired_at, terminal.hardware, terminal.software = now, hardware, software
    terminal.pairing_hash = terminal.pairing_expires_at = None
    store_name = db.first(queries.store_of_brand(terminal.brand_id, terminal.store_id))
    brand = db.get(Brand, terminal.brand_id)
    if store_name is None or brand is None:
        raise RuntimeError("a terminal outlived its store or its brand, which foreign keys forbid")
    return Paired(key, terminal.id, terminal.store_id, store_name, brand.code, terminal.profile)


def roll_key(*, terminal_id: uuid.UUID, now: datetime) -> RolledKey:
    """A new key for this terminal. The one that it has works until a request came with the new one: so a lost answer
    locks nobody out, and the terminal asks once more."""
    terminal = db.first(db.locked(queries.terminal(terminal_id)))
    if terminal is None:
        raise NotFound
    if terminal.next_key_used_at is not None:
        terminal.key_hash = terminal.next_key_hash
    key, hashed = tokens.new_opaque_token(tokens.TERMINAL_PREFIX)
    terminal.next_key_hash, terminal.next_key_used_at = None, None
    db.session().flush()  # a hash stands once in the table, also between its two places
    terminal.next_key_hash = hashed
    return RolledKey(key, terminal.id)


def give_profile(*, brand_id: uuid.UUID, terminal_id: uuid.UUID, profile: str) -> Terminal:
    """Say what a terminal of the brand may do, from its next request on. Raises `NotFound`."""
    terminal = db.first(db.locked(queries.terminals_of(brand_id).where(Terminal.id == terminal_id)))
    if terminal is None:
        raise NotFound
    terminal.profile = profile
    return terminal


def revoke_terminal(*, brand_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime) -> Terminal:
    """Stop a terminal of this brand at once, for good. Twice is no error. Raises `NotFound`."""
    mine = queries.terminals_of(brand_id).where(Terminal.id == terminal_id)
    terminal = db.first(db.locked(mine))
    if terminal is None:
        raise NotFound
    terminal.revoked_at = terminal.revoked_at or now
    return terminal
