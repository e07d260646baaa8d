"""Questions about people at the counter."""

import uuid
from datetime import datetime

from sqlalchemy import Exists, Select, exists, select

from app.accounts.models import Brand, MemberIdentifier, Terminal
from wallet.cards.models import Card, PrintedCard
from wallet.scanning.models import Scan

QUOTAS_USED = """
SELECT encode(key_hash, 'hex'), whole_at FROM quota_use
WHERE key_hash IN (SELECT decode(key, 'hex') FROM unnest($1::text[]) AS key) AND whole_at > $2
"""
"""Which of these keys are not whole, and when they will be."""


def terminals_that_work() -> Select[uuid.UUID]:
    """Terminals that are paired and not revoked."""
    return select(Terminal.id).where(Terminal.paired_at.is_not(None), Terminal.revoked_at.is_(None))


def language_of(brand_id: uuid.UUID) -> Select[str]:
    """In which language a brand speaks to whoever did not say."""
    return select(Brand.language).where(Brand.id == brand_id)


def card_by_address(kind: str, value: str, *, brand_id: uuid.UUID) -> Select[Card]:
    """The card with a brand of whoever has this address."""
    mine = (MemberIdentifier.kind == kind, MemberIdentifier.value == value, Card.brand_id == brand_id)
    return select(Card).join(MemberIdentifier, MemberIdentifier.member_id == Card.member_id).where(*mine)


def handed_over_at(card: Card) -> Select[datetime | None]:
    """When a printed card became somebody's."""
    return select(PrintedCard.registered_at).where(
        PrintedCard.member_id == card.member_id, PrintedCard.card_id == card.id
    )


def was_read_at(card: Card, terminal_id: uuid.UUID, *, at: datetime) -> Select[uuid.UUID]:
    """The scan by which this terminal gave a card to somebody who joined there."""
    mine = (Scan.member_id == card.member_id, Scan.target_id == card.id, Scan.terminal_id == terminal_id)
    return select(Scan.id).where(*mine, Scan.scanned_at == at)


def nobodys_printed_card(code: str, *, brand_id: uuid.UUID) -> Select[PrintedCard]:
    """A printed card of a brand that is nobody's yet, neither by its check nor by an address."""
    return select(PrintedCard).where(
        PrintedCard.code == code,
        PrintedCard.brand_id == brand_id,
        PrintedCard.principal_id.is_(None),
        ~_has_address(),
    )


def _has_address() -> Exists:
    return exists().where(MemberIdentifier.member_id == PrintedCard.member_id)
