"""Whoever is in a household leaves when they like, and takes everything of theirs along."""

import uuid

from sqlalchemy import delete, or_

from app.sql import db, locks
from wallet.households import queries
from wallet.households.errors import HouseholdMemberUnknown, HouseholdNotYours
from wallet.households.models import HouseholdInvitation, HouseholdTie


def leave_household(*, member_id: uuid.UUID, membership_id: uuid.UUID) -> None:
    """Leave, or let somebody leave: whoever has been in it longest may remove anybody.

    Nobody sees anything of whoever left, nor they of the others; open invitations of theirs end. Raises
    `HouseholdMemberUnknown`, also for a household of others; `HouseholdNotYours`.
    """
    fellows = db.all_of(queries.seen_by(member_id))
    leaving = next((fellow for fellow in fellows if fellow.membership_id == membership_id), None)
    if leaving is None:
        raise HouseholdMemberUnknown
    if leaving.member_id != member_id and fellows[0].member_id != member_id:
        raise HouseholdNotYours
    locks.lock_name(f"household:{leaving.household_id}")
    db.become(member_id=leaving.member_id, principal_id=leaving.member_id)
    forget_household(leaving.member_id)
    db.become(member_id=member_id, principal_id=member_id)


def forget_household(member_id: uuid.UUID) -> int:
    """Take every tie of this member out; how many. The transaction must see what this member sees."""
    alone = HouseholdInvitation.member_id == member_id, HouseholdInvitation.principal_id.is_(None)
    db.execute(delete(HouseholdInvitation).where(*alone))
    theirs = or_(HouseholdTie.member_id == member_id, HouseholdTie.principal_id == member_id)
    gone = db.execute(delete(HouseholdTie).where(theirs).returning(HouseholdTie.member_id))
    return len(gone.all())
