"""Questions about households."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select

from wallet.externals.models import ExternalCard
from wallet.households.models import HouseholdInvitation, HouseholdShare, HouseholdTie


def own_tie(member_id: uuid.UUID) -> Select[HouseholdTie]:
    """That a member is in a household."""
    return select(HouseholdTie).where(HouseholdTie.member_id == member_id, HouseholdTie.principal_id == member_id)


def seen_by(member_id: uuid.UUID) -> Select[HouseholdTie]:
    """Everybody in a member's household, themselves too, who has been in it longest first."""
    seen = select(HouseholdTie).where(HouseholdTie.principal_id == member_id)
    return seen.order_by(HouseholdTie.joined_at, HouseholdTie.membership_id)


def invitation(member_id: uuid.UUID, code_hash: bytes, *, now: datetime) -> Select[HouseholdInvitation]:
    """The invitation of this member with this code, if it can still be accepted."""
    return select(HouseholdInvitation).where(
        HouseholdInvitation.member_id == member_id,
        HouseholdInvitation.code_hash == code_hash,
        HouseholdInvitation.principal_id.is_(None),
        HouseholdInvitation.expires_at > now,
    )


def shares_of(member_id: uuid.UUID, card_id: uuid.UUID | None = None) -> Select[HouseholdShare, str]:
    """To whom a member shows their cards, or one of them, with the names of the cards."""
    mine = (
        select(HouseholdShare, ExternalCard.programme)
        .join(ExternalCard)
        .where(HouseholdShare.member_id == member_id)
        .order_by(ExternalCard.programme, HouseholdShare.card_id, HouseholdShare.principal_id)
    )
    return mine if card_id is None else mine.where(HouseholdShare.card_id == card_id)


def shares_with(principal_id: uuid.UUID) -> Select[HouseholdShare]:
    """What others show a member."""
    theirs = select(HouseholdShare).where(HouseholdShare.principal_id == principal_id)
    return theirs.order_by(HouseholdShare.member_id, HouseholdShare.card_id)


def cards_in_use(member_id: uuid.UUID, card_ids: Collection[uuid.UUID]) -> Select[ExternalCard]:
    """Those of these cards of a member that are not put away."""
    mine = (ExternalCard.member_id == member_id, ExternalCard.id.in_(card_ids), ExternalCard.archived_at.is_(None))
    return select(ExternalCard).where(*mine).order_by(ExternalCard.programme, ExternalCard.id)
