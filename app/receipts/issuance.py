"""Issue the receipt of an event, in the transaction that records it: an event without a receipt cannot be."""

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import text

from app import canonical
from app.accounts.models import Brand
from app.consent import queries as consent
from app.consent.decision.circumstances import Circumstances
from app.consent.models import PermissionEvent, PurposeText, Recipient
from app.consent.registry.words import Words, find_words, language_of, words_read
from app.data_map import RETENTION, DataClass
from app.receipts import queries
from app.receipts.models import LeafSalt, Receipt
from app.receipts.record import Record, pseudonym, record_of, shows_words
from app.sql import db
from app.sql.queues import work_through

KEEP = db.HotStatement(
    "WITH salted AS (INSERT INTO leaf_salt (member_id, event_id, salt) VALUES (%(member)s, %(event)s, %(salt)s))"
    " INSERT INTO receipt (member_id, event_id, record, commitment, issued_at)"
    " VALUES (%(member)s, %(event)s, %(record)s, %(commitment)s, %(issued_at)s)"
)
"""Both in one trip: a member who withdraws waits for it."""

KEEP_ALL = text(
    "WITH kept AS (SELECT * FROM unnest(CAST(:events AS uuid[]), CAST(:records AS text[]),"
    " CAST(:commitments AS bytea[]), CAST(:issued AS timestamptz[]), CAST(:salts AS bytea[]))"
    " AS kept (event_id, record, commitment, issued_at, salt)),"
    " salted AS (INSERT INTO leaf_salt (member_id, event_id, salt) SELECT :member, event_id, salt FROM kept)"
    " INSERT INTO receipt (member_id, event_id, record, commitment, issued_at)"
    " SELECT :member, event_id, record, commitment, issued_at FROM kept"
)
"""The same for many events of one member."""

EVIDENCE_KEPT = RETENTION[DataClass.PERMISSION].archived or timedelta()
"""How long a permission is proven at least."""

MOST_AT_ONCE = 1_000
DEFAULT_LOCALE = "fr"


def issue_receipt(event: PermissionEvent, known: Circumstances | None = None) -> None:
    """The receipt of an event, promised and not sealed yet; its commitment is what the log will hold.

    `known` is what the event was judged by, if its verb read that.
    """
    record = canonical.write_json(_as_known(event, known) or _as_read(event))
    salt = secrets.token_bytes(32)
    db.send_statement(
        KEEP,
        {
            "member": event.member_id,
            "event": event.id,
            "record": record.decode(),
            "commitment": commitment(record, salt),
            "issued_at": event.recorded_at,
            "salt": salt,
        },
    )


def issue_all(events: Sequence[PermissionEvent]) -> None:
    """The receipts of many noes of one member, which show no words of their own, as `issue_receipt` makes each."""
    around = db.rows(queries.surroundings_of(events))
    words = _newest_words({row.recorded_at for row in around if row.record is None})
    records = [
        canonical.write_json(
            record_of(
                event,
                brand=row.Brand,
                purpose=row.Purpose,
                recipient=row.Recipient,
                words=words_read(
                    words.get((event.purpose, event.recorded_at)) if row.record is None else None,
                    None,
                    brand=row.Brand,
                    touchpoint=event.touchpoint,
                    recipient=row.Recipient,
                ),
                before=None if row.record is None else json.loads(row.record),
            )
        )
        for event, row in zip(sorted(events, key=lambda event: event.id), around, strict=True)
    ]
    salts = [secrets.token_bytes(32) for _ in records]
    db.execute(
        KEEP_ALL,
        {
            "member": events[0].member_id,
            "events": [row.id for row in around],
            "records": [record.decode() for record in records],
            "commitments": [commitment(record, salt) for record, salt in zip(records, salts, strict=True)],
            "issued": [row.recorded_at for row in around],
            "salts": salts,
        },
    )


def issue_to_parent(*, parent_id: uuid.UUID, child_id: uuid.UUID, event_ids: Collection[uuid.UUID]) -> int:
    """Give a parent a receipt of their own for what they did for a child; how many are new.

    It says of the event what the child's receipt says, and names the parent as who acted. For who may see both: the
    transaction acts for the child before and after.
    """
    known = db.all_of(queries.receipts_of_events(child_id, event_ids))
    db.become(member_id=parent_id)
    issued = [_issue_to_parent(receipt, parent_id=parent_id) for receipt in known]
    db.become(member_id=child_id, principal_id=parent_id)
    return sum(issued)


def _issue_to_parent(receipt: Receipt, *, parent_id: uuid.UUID) -> bool:
    """False when they have it already."""
    if db.get(Receipt, (parent_id, receipt.event_id)) is not None:
        return False
    said = json.loads(receipt.record)
    event = said["event"] | {"entity_id": pseudonym(parent_id)}
    record, salt = canonical.write_json(said | {"event": event}), secrets.token_bytes(32)
    db.add(
        Receipt(
            member_id=parent_id,
            event_id=receipt.event_id,
            child_id=receipt.member_id,
            record=record.decode(),
            commitment=commitment(record, salt),
            issued_at=receipt.issued_at,
        )
    )
    db.add(LeafSalt(member_id=parent_id, event_id=receipt.event_id, salt=salt))
    return True


def commitment(record: bytes, salt: bytes) -> bytes:
    """What the log holds of a record: without the salt it says nothing, with it it is this record and no other."""
    return hmac.digest(salt, record, hashlib.sha256)


def issue_missing(*, now: datetime) -> int:
    """Receipts for the events from before there were any; how many. They say what is known now.

    Only within the time of proof: what is older may have lost its receipt at the end of it. In steps.
    """

    def waiting(most: int) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
        events = db.all_of(queries.events_without_receipt(since=now - EVIDENCE_KEPT).limit(most))
        return [(event.member_id, event.id) for event in events]

    return work_through(waiting, lambda key: _issue_late(*key), what="app.receipts.issue_missing", at_once=MOST_AT_ONCE)


def _issue_late(member_id: uuid.UUID, event_id: uuid.UUID) -> int:
    event = db.get(PermissionEvent, (member_id, event_id))
    if event is None or db.get(Receipt, (member_id, event_id)) is not None:
        return 0
    issue_receipt(event)
    return 1


def _as_known(event: PermissionEvent, known: Circumstances | None) -> Record | None:
    """The record of an event that shows the words it was judged by; None where more must be read."""
    if known is None or known.brand is None or known.goal is None or known.words is None:
        return None
    if not shows_words(event) or event.evidence.get("text_sha256") != known.words.sha256:
        return None
    return record_of(
        event, brand=known.brand, purpose=known.goal, recipient=known.recipient, words=known.words, before=None
    )


def _as_read(event: PermissionEvent) -> Record:
    ((brand, purpose, recipient, record_before),) = db.rows(queries.surroundings(event))
    before: Record | None = None if record_before is None else json.loads(record_before)
    words = _words(event, brand, recipient) if before is None or shows_words(event) else None
    return record_of(event, brand=brand, purpose=purpose, recipient=recipient, words=words, before=before)


def _words(event: PermissionEvent, brand: Brand, recipient: Recipient | None) -> Words | None:
    """The words that were shown; where the event shows none, the newest of its question."""
    shown = event.evidence.get("text_sha256")
    seen = find_words(shown, cell=event) if shown else None
    if seen is not None and seen.purpose == event.purpose:
        return seen
    locale = language_of(event.evidence.get("locale", DEFAULT_LOCALE), default=brand.language)
    version = event.evidence.get("version")
    text = db.first(consent.texts(now=event.recorded_at, purpose=event.purpose, locale=locale, version=version))
    return words_read(text, None, brand=brand, touchpoint=event.touchpoint, recipient=recipient)


def _newest_words(instants: Collection[datetime]) -> Mapping[tuple[str, datetime], PurposeText]:
    """The newest text of each purpose as it was then, by both."""
    return {
        (text.purpose, instant): text
        for instant in instants
        for text in db.all_of(consent.texts(now=instant, locale=DEFAULT_LOCALE))
    }
