"""A terminal reads a pass: the code names a member of its brand, and staff see the name that the member chose."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.access_log.reads import note_read, values_of_reads
from app.data_map import DataClass
from app.sql import db
from wallet.authenticity.verifier import SeenAt
from wallet.cards import numbers, resolution, standing
from wallet.cards.errors import CardUnknown
from wallet.cards.models import CardNumber, CardStatus, NumberKind
from wallet.cards.queries import card_with_brand
from wallet.cards.resolution import Alongside, Question, ShownCode
from wallet.passes.models import CodeKind
from wallet.scanning import queries
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.models import Scan

SEEN = (DataClass.ACCOUNT, DataClass.SCAN, DataClass.COUPON)
"""What a reading tells staff about a member."""

SHOWN_TOGETHER = timedelta(minutes=10)
"""How long after a card was read something else may be linked to it: the member is still at the till."""


@dataclass(frozen=True)
class PassReading:
    """A scan with what staff may know: the code, and the member's card with the brand when there is one."""

    scan: Scan
    code: str
    card_id: uuid.UUID | None
    display_name: str | None


class UnwrittenReading(NamedTuple):
    """A pass that was read, and the statement that writes it down with the trace that staff looked, to be sent alone
    or in one trip with what else is asked."""

    reading: PassReading
    writing: Question
    found: db.FoundRows | None = None
    """What was asked alongside; None for what is no code."""


def read_pass(
    *,
    code: str,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
    kind: NumberKind | None = None,
) -> PassReading:
    """Record that a terminal read a code. Raises as `recognise_pass`."""
    where: dict[str, Any] = {"brand_id": brand_id, "store_id": store_id, "terminal_id": terminal_id}
    found = recognise_pass(code=code, kind=kind, **where, now=now)
    db.send_statement(*found.writing)
    return found.reading


def recognise_pass(
    *,
    code: str,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
    kind: NumberKind | None = None,
    alongside: Alongside | None = None,
) -> UnwrittenReading:
    """What a terminal read: a code in any form, or another number of a card, of this kind if the reader knows; with
    what else is asked in the same trip of what a code stands for.

    Raises `CodeMistyped`; `PassUnknown`, the same whether the code does not exist, was revoked, belongs to another
    brand or to a closed card; `CardBlocked`; `CardLost` for a card that was replaced; `CodeForged`; `NumberUnusable`.
    """
    seen_at = SeenAt(store_id=store_id, terminal_id=terminal_id)
    shown = find_pass(code=code, brand_id=brand_id, kind=kind, at=seen_at, now=now, alongside=alongside)
    scan = {
        "member_id": shown.member_id,
        "id": db.new_id(),
        "brand_id": brand_id,
        "store_id": store_id,
        "terminal_id": terminal_id,
        "kind": shown.kind,
        "target_id": shown.target_id,
        "scanned_at": now,
        "standing": str(shown.standing),
    }
    reading = PassReading(db.as_read(Scan, scan), shown.code, shown.card_id, shown.display_name)
    trace = values_of_reads(member_ids=[shown.member_id], classes=SEEN, now=now)
    return UnwrittenReading(reading, (queries.WRITE_SCAN, scan | trace), shown.found)


def find_pass(
    *,
    code: str,
    brand_id: uuid.UUID,
    now: datetime,
    kind: NumberKind | None = None,
    at: SeenAt | None = None,
    alongside: Alongside | None = None,
) -> ShownCode:
    """What was shown stands for, with the member's card of the brand. Nothing is written but, of a code that changes,
    that the till `at` was shown it. Raises as `recognise_pass`."""
    shown = resolution.resolve_code(code=code, brand_id=brand_id, kind=kind, at=at, now=now, alongside=alongside)
    standing.require_usable_card(shown.card_status)
    return shown


def link_number(
    *, scan_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, kind: NumberKind, number: str, now: datetime
) -> CardNumber:
    """Let what was read after a card stand for that card too: whoever shows both at a till holds both.

    Raises `ScanUnknown`, also for another store's; `CardUnknown` when the member has no card of the brand any more;
    `NumberUnusable`, `NumberTaken`, `TooManyNumbers`.
    """
    scan = db.first(queries.scan_at_store(scan_id, brand_id=brand_id, store_id=store_id))
    if scan is None or scan.scanned_at + SHOWN_TOGETHER < now:
        raise ScanUnknown
    card = db.first(card_with_brand(scan.member_id, brand_id))
    if card is None or card.status != CardStatus.ACTIVE:
        raise CardUnknown
    read = numbers.read_number(number, kind=kind)
    return numbers.link_number(
        member_id=card.member_id, card_id=card.id, brand_id=brand_id, kind=kind, number=read, now=now
    )


def look_again(*, scan_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> PassReading:
    """A scan that a terminal of the store made. Raises `ScanUnknown`, also for another store's."""
    asked = {"brand_id": brand_id, "store_id": store_id, "scan_id": scan_id}
    found = db.send_statement(queries.SCAN_AGAIN, asked).one_or_none()
    if found is None:
        raise ScanUnknown
    note_read(member_id=found.member_id, classes=SEEN, now=now)
    scan = db.as_read(Scan, {column.name: getattr(found, column.name) for column in Scan.__table__.columns})
    return PassReading(scan, found.code, found.card_id, found.display_name)


def is_card(scan: Scan) -> bool:
    """Whether a card was read, and not a coupon."""
    return scan.kind == CodeKind.CARD
