"""Questions about gift cards."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select

from app.accounts.models import Brand
from wallet.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove, GiftCardPolicy


def policy_of(brand_id: uuid.UUID) -> Select[GiftCardPolicy]:
    """What a brand says of its gift cards."""
    return select(GiftCardPolicy).where(GiftCardPolicy.brand_id == brand_id)


def money_of_brand(brand_id: uuid.UUID) -> Select[str, str]:
    """What a brand's prices are in, and where its days begin."""
    return select(Brand.currency, Brand.time_zone).where(Brand.id == brand_id)


def cards_of(brand_id: uuid.UUID) -> Select[GiftCard]:
    """The cards of a brand."""
    return select(GiftCard).where(GiftCard.brand_id == brand_id)


def cards_with_codes(brand_id: uuid.UUID, code_hashes: Sequence[bytes]) -> Select[GiftCard]:
    """These cards of a brand, in the order in which they are locked."""
    return cards_of(brand_id).where(GiftCard.code_hash.in_(code_hashes)).order_by(GiftCard.id)


def cards_that_paid(entry_ids: Sequence[uuid.UUID]) -> Select[GiftCard]:
    """The cards that paid by these entries, in the order in which they are locked."""
    paid = select(GiftCardEntry.card_id).where(GiftCardEntry.id.in_(entry_ids))
    return select(GiftCard).where(GiftCard.id.in_(paid)).order_by(GiftCard.id)


def cards_named(card_ids: Sequence[uuid.UUID]) -> Select[GiftCard]:
    """These cards, in the order in which they are locked."""
    return select(GiftCard).where(GiftCard.id.in_(card_ids)).order_by(GiftCard.id)


def cards_touched(
    brand_id: uuid.UUID,
    code_hashes: Sequence[bytes],
    entry_ids: Sequence[uuid.UUID],
    card_ids: Sequence[uuid.UUID],
) -> Select[GiftCard]:
    """The cards of a brand with these codes, those that paid by these entries, and these, in the order in which they
    are locked."""
    paid = select(GiftCardEntry.card_id).where(GiftCardEntry.id.in_(entry_ids))
    which = or_(GiftCard.code_hash.in_(code_hashes), GiftCard.id.in_(paid), GiftCard.id.in_(card_ids))
    return cards_of(brand_id).where(which).order_by(GiftCard.id)


def entries_of(entry_ids: Sequence[uuid.UUID]) -> Select[GiftCardEntry]:
    """These entries."""
    return select(GiftCardEntry).where(GiftCardEntry.id.in_(entry_ids))


def given_back_of(entry_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID | None, int]:
    """How much of these payments was given back."""
    found = select(GiftCardEntry.about_id, func.sum(GiftCardEntry.amount_minor))
    return found.where(GiftCardEntry.about_id.in_(entry_ids)).group_by(GiftCardEntry.about_id)


def payments_of(card_id: uuid.UUID) -> Select[GiftCardEntry]:
    """What a card paid."""
    return select(GiftCardEntry).where(GiftCardEntry.card_id == card_id, GiftCardEntry.move == GiftCardMove.PAID)
