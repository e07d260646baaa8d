"""Questions about the tiers of members."""

import uuid
from datetime import datetime

from sqlalchemy import (
    Select,
    select,
)

from wallet.programmes.models import (
    MemberTier,
    TierChange,
)


def tier_changes(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[TierChange]:
    """The steps of a member's tier, the latest first."""
    mine = (TierChange.member_id == member_id, TierChange.brand_id == brand_id)
    return select(TierChange).where(*mine).order_by(TierChange.occurred_at.desc(), TierChange.id.desc())


def steps_of_tier(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[TierChange]:
    """Every step of a member on the tiers of a brand, in no order."""
    return select(TierChange).where(TierChange.member_id == member_id, TierChange.brand_id == brand_id)


def tier_at(member_id: uuid.UUID, brand_id: uuid.UUID, *, at: datetime) -> Select[str | None]:
    """The tier that a member had at an instant."""
    found = tier_changes(member_id, brand_id).where(TierChange.occurred_at <= at)
    return found.with_only_columns(TierChange.after).limit(1)


def tier_of(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[MemberTier]:
    """Where a member stands."""
    return select(MemberTier).where(MemberTier.member_id == member_id, MemberTier.brand_id == brand_id)


def tiers_due(*, now: datetime, most: int) -> Select[uuid.UUID, uuid.UUID]:
    """Members and brands whose tier is to be looked at again."""
    due = select(MemberTier.member_id, MemberTier.brand_id).where(MemberTier.check_at <= now)
    return due.order_by(MemberTier.check_at, MemberTier.member_id).limit(most)
