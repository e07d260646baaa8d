"""A terminal reads a pass: the code names a member of its brand, and staff see the name that the member chose."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from app import db
from app.personal import DataClass
from app.rights.noting import note_read
from wallet.cards.errors import CardBlocked
from wallet.cards.models import Card, CardStatus
from wallet.cards.queries import card_with_brand
from wallet.passes.errors import PassUnknown
from wallet.passes.issuing import find_code
from wallet.passes.models import CodeKind
from wallet.passes.queries import codes_of_target
from wallet.scanning import queries
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.models import Scan

SEEN = (DataClass.ACCOUNT, DataClass.SCAN)
"""What a reading tells staff about a member."""


@dataclass(frozen=True)
class Reading:
    """A scan with what staff may know: the code, and the member's card with the brand when there is one."""

    scan: Scan
    code: str
    card: Card | None


def read_pass(*, code: str, brand_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime) -> Reading:
    """Record that a terminal read a code.

    Raises `CodeMistyped`; `PassUnknown`, the same whether the code does not exist, was revoked, belongs to another
    brand or to a closed card; `CardBlocked`.
    """
    known = find_code(code=code, brand_id=brand_id)
    card = db.first(card_with_brand(known.member_id, brand_id))
    if card is not None and card.status == CardStatus.CLOSED:
        raise PassUnknown
    if card is not None and card.status == CardStatus.BLOCKED:
        raise CardBlocked
    scan = db.add(
        Scan(
            member_id=known.member_id,
            brand_id=brand_id,
            store_id=store_id,
            terminal_id=terminal_id,
            kind=known.kind,
            target_id=known.target_id,
            scanned_at=now,
        )
    )
    note_read(member_id=known.member_id, classes=SEEN, now=now)
    return Reading(scan=scan, code=known.code, card=card)


def look_again(*, scan_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> Reading:
    """A scan that a terminal of the brand made. Raises `ScanUnknown`, also for another brand's."""
    scan = db.first(queries.scan_of_brand(scan_id, brand_id=brand_id))
    known = None if scan is None else db.first(codes_of_target(scan.member_id, scan.target_id))
    if scan is None or known is None:
        raise ScanUnknown
    note_read(member_id=scan.member_id, classes=SEEN, now=now)
    return Reading(scan=scan, code=known.code, card=db.first(card_with_brand(scan.member_id, brand_id)))


def is_card(scan: Scan) -> bool:
    """Whether a card was read, and not a coupon."""
    return scan.kind == CodeKind.CARD
