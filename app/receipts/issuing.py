"""Issue the receipt of an event, in the transaction that records it: an event without a receipt cannot be."""

import hashlib
import hmac
import json
import secrets
from datetime import datetime

from app import db
from app.accounts.models import Brand
from app.consent import queries as consent
from app.consent.models import PermissionEvent, Purpose, PurposeText
from app.receipts import queries
from app.receipts.canonical import canonical
from app.receipts.describing import Record, record_of
from app.receipts.models import LeafSalt, Receipt

MOST_AT_ONCE = 1_000
DEFAULT_LOCALE = "fr"


def issue(event: PermissionEvent) -> Receipt:
    """The receipt of an event, promised and not sealed yet; its commitment is what the log will hold."""
    brand, purpose = db.get(Brand, event.brand_id), db.get(Purpose, event.purpose)
    if brand is None or purpose is None:
        raise RuntimeError("an event stands without its brand or its purpose")
    before = _record_before(event)
    words = _words(event) if before is None or event.evidence else None
    record = canonical(record_of(event, brand=brand, purpose=purpose, words=words, before=before))
    salt = secrets.token_bytes(32)
    receipt = Receipt(
        member_id=event.member_id,
        event_id=event.id,
        record=record.decode(),
        commitment=commitment(record, salt),
        issued_at=event.recorded_at,
    )
    db.add_all([receipt, LeafSalt(member_id=event.member_id, event_id=event.id, salt=salt)])
    return receipt


def commitment(record: bytes, salt: bytes) -> bytes:
    """What the log holds of a record: without the salt it says nothing, with it it is this record and no other."""
    return hmac.digest(salt, record, hashlib.sha256)


def issue_missing(*, now: datetime) -> int:
    """Receipts for the events from before there were any; how many. They say what is known now."""
    events = db.all_of(queries.events_without_receipt().limit(MOST_AT_ONCE))
    for event in events:
        issue(event)
    return len(events)


def _record_before(event: PermissionEvent) -> Record | None:
    if event.previous_event_id is None:
        return None
    receipt = db.get(Receipt, (event.member_id, event.previous_event_id))
    found: Record | None = None if receipt is None else json.loads(receipt.record)
    return found


def _words(event: PermissionEvent) -> PurposeText | None:
    """The text that was shown; where the event shows none, the newest of its purpose."""
    shown = event.evidence.get("text_sha256")
    seen = db.first(consent.text_with(shown)) if shown else None
    if seen is not None and seen.purpose == event.purpose:
        return seen
    locale = event.evidence.get("locale", DEFAULT_LOCALE)
    return db.first(consent.texts(now=event.recorded_at, purpose=event.purpose, locale=locale))
