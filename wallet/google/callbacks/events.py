"""A copy was saved or taken out: what Google says once is taken once, in the order in which it was said."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.logs import log
from app.sql import db
from wallet.google import accounts, queries
from wallet.google.callbacks.errors import RootKeysMissing
from wallet.google.callbacks.root_keys import root_keys
from wallet.google.callbacks.signatures import CallbackMessage, CopyEvent, MessageForged, prove_message
from wallet.google.models import GoogleCopy

TAKE_NONCE = """
INSERT INTO google_nonce (nonce_hash, good_until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING nonce_hash
"""
FORGET_NONCES = "DELETE FROM google_nonce WHERE good_until <= $1 RETURNING nonce_hash"


class CallbackTaken(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    KNOWN = "known"  # it came before, or something later did, or it is of no copy of ours: there is nothing to do
    FORGED = "forged"
    UNPROVEN = "unproven"  # nobody can say without Google's keys: it may come again


def take_callback(said: Any, *, now: datetime) -> CallbackTaken:
    """Take what Google says of a copy. What cannot be proven changes nothing, and is told from nothing outside."""
    known = accounts.access()
    if known is None:
        return CallbackTaken.FORGED
    try:
        roots = root_keys(known, now=now)  # before anything is asked of the database: it may take seconds
    except RootKeysMissing:
        return CallbackTaken.UNPROVEN
    with db.system():
        issuers = {known.issuer, *db.all_of(queries.issuers())}
        return _take(said, issuers, roots=roots, now=now)


def forget_nonces(*, now: datetime) -> int:
    """Delete the nonces of messages that are too old to be taken anyway."""
    return len(db.fetch(FORGET_NONCES, [now]))


def _take(said: Any, issuers: Collection[str], *, roots: Any, now: datetime) -> CallbackTaken:
    try:
        message = prove_message(said, issuers=issuers, roots=roots, now=now)
    except MessageForged as forged:
        log.warning("google_message_refused", reason=str(forged))
        return CallbackTaken.FORGED
    nonce = hashlib.sha256(f"{message.class_id}/{message.nonce}".encode()).digest()
    if not db.fetch(TAKE_NONCE, [nonce, message.good_until]):
        return CallbackTaken.KNOWN
    issuer, _, serial = message.object_id.partition(".")
    copy = db.first(db.locked(queries.copies_with_serial(serial)))
    is_late = copy is not None and copy.said_until is not None and message.good_until < copy.said_until
    if copy is None or copy.issuer != issuer or is_late:
        return CallbackTaken.KNOWN
    _note(copy, message, now=now)
    db.session().flush()
    return CallbackTaken.TAKEN


def _note(copy: GoogleCopy, message: CallbackMessage, *, now: datetime) -> None:
    copy.said_until = message.good_until
    if message.event is CopyEvent.SAVE:
        copy.saved_at = copy.saved_at or now
        if copy.removed_at is not None:
            copy.removed_at, copy.due_at, copy.tries = None, now, 0
    elif copy.removed_at is None:
        # What a member took out of their wallet is emptied at Google as well.
        copy.saved_at, copy.removed_at, copy.due_at, copy.tries = None, now, now, 0
