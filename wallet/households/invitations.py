"""A household begins with an invitation, and grows by one who accepts it: neither happens to anybody.

The code holds whom it is of and a secret that is kept nowhere; it works once, within a day. Before somebody accepts,
they see who is there and what it means. Cards that were shown before stay with those they were shown to.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.codes import sealed
from app.languages import Text
from app.sql import db, locks
from wallet.households import queries
from wallet.households.errors import HouseholdFull, HouseholdHeld, HouseholdInvitationRefused, HouseholdNotYours
from wallet.households.models import HouseholdInvitation, HouseholdTie

LASTING = timedelta(days=1)
MOST_MEMBERS = 8

MEANING = Text(
    fr="Dans un foyer, chacun voit le nom que vous choisissez ici et depuis quand vous y êtes. Rien d'autre : vos"
    " cartes, vos points et vos bons restent à vous. Vous pouvez montrer des cartes d'autres programmes aux personnes"
    " que vous choisissez, et ne plus les montrer. Vous partez quand vous voulez ; alors plus personne n'y voit rien de"
    " vous. La personne qui est là depuis le plus longtemps invite les autres et peut vous en faire sortir.",
    en="In a household everybody sees the name that you choose here and since when you are in it. Nothing else: your"
    " cards, points and coupons stay yours. You can show cards of other programmes to the people you choose, and stop"
    " showing them. You leave when you like; then nobody sees anything of yours any more. Whoever has been in it"
    " longest invites the others, and can remove you.",
)
"""What somebody agrees to."""


def invite_to_household(*, member_id: uuid.UUID, display_name: str, now: datetime) -> sealed.Invitation:
    """Let one more person into the member's household, which begins with this if there is none.

    `display_name` is how the others see the member from now on. Raises `HouseholdNotYours`, `HouseholdFull`.
    """
    mine = db.first(queries.own_tie(member_id))
    if mine is None:
        mine = db.add(tie_members(member_id, member_id, db.new_id(), db.new_id(), display_name, now))
    else:
        locks.lock_name(f"household:{mine.household_id}")
        fellows = db.all_of(queries.seen_by(member_id))
        if fellows[0].member_id != member_id:
            raise HouseholdNotYours
        if len(fellows) >= MOST_MEMBERS:
            raise HouseholdFull(most=MOST_MEMBERS)
    made = sealed.make_invitation(member_id=member_id, expires_at=now + LASTING)
    db.add(
        HouseholdInvitation(
            member_id=member_id,
            household_id=mine.household_id,
            code_hash=made.code_hash,
            invited_at=now,
            expires_at=made.expires_at,
        )
    )
    return made


def look_at_invitation(*, member_id: uuid.UUID, code: str, now: datetime) -> Sequence[str]:
    """Who is in the household that this code opens: their names there. Raises `HouseholdInvitationRefused`."""
    _, fellows = _behind(code, now=now, locked=False)
    db.become(member_id=member_id, principal_id=member_id)
    return [fellow.display_name for fellow in fellows]


def accept_invitation(*, member_id: uuid.UUID, code: str, display_name: str, now: datetime) -> Sequence[HouseholdTie]:
    """Join the household that this code opens; who is in it.

    Raises `HouseholdInvitationRefused`, the same whatever is wrong; `HouseholdHeld`, `HouseholdFull`.
    """
    if db.first(queries.own_tie(member_id)) is not None:
        raise HouseholdHeld
    invitation, fellows = _behind(code, now=now, locked=True)
    if len(fellows) >= MOST_MEMBERS:
        raise HouseholdFull(most=MOST_MEMBERS)
    invitation.principal_id, invitation.accepted_at = member_id, now
    db.session().flush()
    db.become(member_id=member_id, principal_id=member_id)
    household_id, membership_id = invitation.household_id, db.new_id()
    mine = [fellow.member_id for fellow in fellows] + [member_id]
    db.add_all([tie_members(member_id, seer, household_id, membership_id, display_name, now) for seer in mine])
    db.add_all(
        [
            tie_members(one.member_id, member_id, household_id, one.membership_id, one.display_name, one.joined_at)
            for one in fellows
        ]
    )
    return db.all_of(queries.seen_by(member_id))


def _behind(code: str, *, now: datetime, locked: bool) -> tuple[HouseholdInvitation, Sequence[HouseholdTie]]:
    """The invitation and who is in the household. The transaction sees what the inviter sees from now on."""
    inviter_id, code_hash = _read(code)
    db.become(member_id=inviter_id, principal_id=inviter_id)
    question = queries.invitation(inviter_id, code_hash, now=now)
    found = db.first(question)
    if locked and found is not None:
        # The household first: whoever leaves holds it while they take their invitations back.
        locks.lock_name(f"household:{found.household_id}")
        found = db.first(db.locked(question))
    if found is None:
        raise HouseholdInvitationRefused
    fellows = [one for one in db.all_of(queries.seen_by(inviter_id)) if one.household_id == found.household_id]
    if not fellows:  # the inviter has left
        raise HouseholdInvitationRefused
    return found, fellows


def tie_members(
    member_id: uuid.UUID,
    principal_id: uuid.UUID,
    household_id: uuid.UUID,
    membership_id: uuid.UUID,
    display_name: str,
    joined_at: datetime,
) -> HouseholdTie:
    """That one sees the other."""
    return HouseholdTie(
        member_id=member_id,
        principal_id=principal_id,
        household_id=household_id,
        membership_id=membership_id,
        display_name=display_name,
        joined_at=joined_at,
    )


def _read(code: str) -> tuple[uuid.UUID, bytes]:
    invitation = sealed.read_invitation(code)
    if invitation is None:
        raise HouseholdInvitationRefused
    return invitation
