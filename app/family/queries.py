"""Questions about minors and their parents."""

import uuid
from datetime import datetime

from sqlalchemy import Select, select

from app.accounts.models import Member
from app.consent.models import PERMITTING, PermissionState
from app.family.models import ParentalLink


def links_of_child(member_id: uuid.UUID) -> Select[ParentalLink]:
    """The invitations and parents of a member that have not ended."""
    return select(ParentalLink).where(ParentalLink.member_id == member_id, ParentalLink.ended_at.is_(None))


def links_of_parent(principal_id: uuid.UUID) -> Select[ParentalLink]:
    """The children for whom a member answers."""
    mine = select(ParentalLink).where(ParentalLink.principal_id == principal_id, ParentalLink.ended_at.is_(None))
    return mine.order_by(ParentalLink.accepted_at)


def invitation(member_id: uuid.UUID, code_hash: bytes, *, now: datetime) -> Select[ParentalLink]:
    """The invitation of this child with this code, if it can still be accepted; locked, because it is accepted once."""
    waiting = links_of_child(member_id).where(ParentalLink.code_hash == code_hash, ParentalLink.expires_at > now)
    return waiting.where(ParentalLink.principal_id.is_(None)).with_for_update()


def parents_cells(member_id: uuid.UUID) -> Select[PermissionState]:
    """The yeses of a member that a parent gave with them."""
    return select(PermissionState).where(
        PermissionState.member_id == member_id,
        PermissionState.with_parent,
        PermissionState.state.in_(PERMITTING),
    )


def come_of_age(*, now: datetime, limit: int) -> Select[Member]:
    """Members who have reached the age of consent since somebody looked."""
    return select(Member).where(Member.minor_until <= now).order_by(Member.minor_until).limit(limit)
