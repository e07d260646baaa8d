"""Questions about members who became one."""

import uuid
from datetime import datetime

from sqlalchemy import Select, exists, select

from app.accounts.models import MemberIdentifier
from app.identity.models import MemberMerge
from app.rights.models import Erasure
from wallet.cards.models import Card


def merges_of(member_id: uuid.UUID) -> Select[MemberMerge]:
    """The merges by which others became part of a member."""
    return select(MemberMerge).where(MemberMerge.member_id == member_id)


def merge_of(member_id: uuid.UUID, merge_id: uuid.UUID) -> Select[MemberMerge]:
    """One of the merges into a member."""
    return merges_of(member_id).where(MemberMerge.id == merge_id)


def merges_by(brand_id: uuid.UUID) -> Select[MemberMerge]:
    """The merges that a brand made."""
    return select(MemberMerge).where(MemberMerge.brand_id == brand_id, MemberMerge.cause == "brand")


def merge_by(brand_id: uuid.UUID, merge_id: uuid.UUID) -> Select[MemberMerge]:
    """One of the merges that a brand made."""
    return merges_by(brand_id).where(MemberMerge.id == merge_id)


def leaving(*member_ids: uuid.UUID) -> Select[uuid.UUID]:
    """Which of these are being erased, or were."""
    return select(Erasure.member_id).where(Erasure.member_id.in_(member_ids))


def fresh_merges(*, merged_before: datetime, most: int) -> Select[MemberMerge]:
    """Merges after which nobody has looked yet for what was left behind, the oldest first."""
    waiting = (MemberMerge.gathered_at.is_(None), MemberMerge.split_at.is_(None))
    oldest_first = select(MemberMerge).order_by(MemberMerge.merged_at)
    return oldest_first.where(*waiting, MemberMerge.merged_at <= merged_before).limit(most)


def card_in_brand(brand_id: uuid.UUID, card_id: uuid.UUID) -> Select[Card]:
    """A card of the brand's."""
    return select(Card).where(Card.brand_id == brand_id, Card.id == card_id)


def beyond_brand(member_id: uuid.UUID, *, brand_id: uuid.UUID) -> Select[bool]:
    """Whether a member has a card with another brand, or an address that opens their wallet."""
    cards = exists().where(Card.member_id == member_id, Card.brand_id != brand_id)
    addresses = exists().where(MemberIdentifier.member_id == member_id)
    return select(cards | addresses)
