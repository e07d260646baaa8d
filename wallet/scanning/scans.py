"""A terminal reads a pass: the code names a member of its brand, and staff see the name that the member chose."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.sql import db
from wallet.cards import numbers
from wallet.cards.errors import CardBlocked, CardUnknown, NumberUnusable
from wallet.cards.models import Card, CardNumber, CardStatus, NumberKind
from wallet.cards.queries import card_of, card_with_brand
from wallet.passes.directory import find_code
from wallet.passes.errors import CodeMistyped, PassUnknown
from wallet.passes.models import CodeKind, PassCode
from wallet.passes.queries import codes_of_target
from wallet.scanning import queries
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.models import Scan

SEEN = (DataClass.ACCOUNT, DataClass.SCAN)
"""What a reading tells staff about a member."""

SHOWN_TOGETHER = timedelta(minutes=10)
"""How long after a card was read something else may be linked to it: the member is still at the till."""


@dataclass(frozen=True)
class PassReading:
    """A scan with what staff may know: the code, and the member's card with the brand when there is one."""

    scan: Scan
    code: str
    card: Card | None


def read_pass(
    *,
    code: str,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
    kind: NumberKind | None = None,
) -> PassReading:
    """Record that a terminal read a code, or another number of a card: of this kind, if the reader knows.

    Raises `CodeMistyped`; `PassUnknown`, the same whether the code does not exist, was revoked, belongs to another
    brand or to a closed card; `CardBlocked`; `CardLost` for a card that was replaced; `NumberUnusable`.
    """
    known, card = find_pass(code=code, brand_id=brand_id, kind=kind)
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
    return PassReading(scan=scan, code=known.code, card=card)


def find_pass(*, code: str, brand_id: uuid.UUID, kind: NumberKind | None = None) -> tuple[PassCode, Card | None]:
    """What was shown stands for, and the member's card with the brand. Nothing is written. Raises as `read_pass`."""
    known = _find(code, kind, brand_id)
    card = db.first(card_with_brand(known.member_id, brand_id))
    if card is not None and card.status == CardStatus.CLOSED:
        raise PassUnknown
    if card is not None and card.status == CardStatus.BLOCKED:
        raise CardBlocked
    return known, card


def link_number(*, scan_id: uuid.UUID, brand_id: uuid.UUID, kind: NumberKind, number: str, now: datetime) -> CardNumber:
    """Let what was read after a card stand for that card too: whoever shows both at a till holds both.

    Raises `ScanUnknown`, also for another brand's; `CardUnknown` when the member has no card of the brand any more;
    `NumberUnusable`, `NumberTaken`, `TooManyNumbers`.
    """
    scan = db.first(queries.scan_of_brand(scan_id, brand_id=brand_id))
    if scan is None or scan.scanned_at + SHOWN_TOGETHER < now:
        raise ScanUnknown
    card = db.first(card_with_brand(scan.member_id, brand_id))
    if card is None or card.status != CardStatus.ACTIVE:
        raise CardUnknown
    return numbers.link_number(
        member_id=card.member_id, card_id=card.id, brand_id=brand_id, kind=kind, number=number, now=now
    )


def look_again(*, scan_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> PassReading:
    """A scan that a terminal of the brand made. Raises `ScanUnknown`, also for another brand's."""
    scan = db.first(queries.scan_of_brand(scan_id, brand_id=brand_id))
    known = None if scan is None else db.first(codes_of_target(scan.member_id, scan.target_id))
    if scan is None or known is None:
        raise ScanUnknown
    note_read(member_id=scan.member_id, classes=SEEN, now=now)
    return PassReading(scan=scan, code=known.code, card=db.first(card_with_brand(scan.member_id, brand_id)))


def _find(code: str, kind: NumberKind | None, brand_id: uuid.UUID) -> PassCode:
    if kind is not None:
        number = numbers.find_number(brand_id=brand_id, kind=kind, number=code)
        return _code_of(number)
    try:
        return find_code(code=code, brand_id=brand_id)
    except CodeMistyped:
        # Staff type what is printed: on an old card that is the brand's own number.
        number = _brand_number(code, brand_id)
        if number is None:
            raise
        return _code_of(number)


def _brand_number(typed: str, brand_id: uuid.UUID) -> CardNumber | None:
    try:
        return numbers.find_number(brand_id=brand_id, kind=NumberKind.BRAND_NUMBER, number=typed)
    except NumberUnusable:
        return None


def _code_of(number: CardNumber | None) -> PassCode:
    card = None if number is None else db.first(card_of(number.member_id, number.card_id))
    if card is None:
        raise PassUnknown
    return find_code(code=card.code, brand_id=card.brand_id)


def is_card(scan: Scan) -> bool:
    """Whether a card was read, and not a coupon."""
    return scan.kind == CodeKind.CARD
