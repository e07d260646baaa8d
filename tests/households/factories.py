"""Households for tests."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from app.accounts.models import Member
from app.sql import db
from tests.externals.factories import add as add_external_card
from tests.factories import NOON, make_member
from wallet.externals.models import ExternalCard, Symbology
from wallet.households import departure, invitations, queries, shares
from wallet.households.models import HouseholdTie


def as_member(member: Member, verb: Callable[..., Any], **given: Any) -> Any:
    """Do it as this member does, seeing what they see."""
    with db.transaction():
        db.become(member_id=member.id, principal_id=member.id)
        return verb(member_id=member.id, **given)


def invite(member: Member, name: str = "Zoé", *, now: datetime = NOON) -> str:
    """A code that opens the member's household."""
    code: str = as_member(member, invitations.invite_to_household, display_name=name, now=now).code
    return code


def accept(member: Member, code: str, name: str = "Max", *, now: datetime = NOON) -> Sequence[HouseholdTie]:
    """Join, and see who is there."""
    seen: Sequence[HouseholdTie] = as_member(
        member, invitations.accept_invitation, code=code, display_name=name, now=now
    )
    return seen


def together(*members: Member, now: datetime = NOON) -> None:
    """A household of these members; the first began it."""
    for number, member in enumerate(members[1:], start=1):
        accept(member, invite(members[0], now=now), f"Max {number}", now=now)


def seen_by(member: Member) -> Sequence[HouseholdTie]:
    """Who is in the member's household."""
    with db.transaction():
        db.become(member_id=member.id, principal_id=member.id)
        return db.all_of(queries.seen_by(member.id))


def membership(member: Member) -> uuid.UUID:
    """The member's own id in their household."""
    return next(one.membership_id for one in seen_by(member) if one.member_id == member.id)


def show(member: Member, card: ExternalCard, *to: Member, now: datetime = NOON) -> None:
    """Show a card to these fellows, or to all."""
    ids = [membership(one) for one in to] or None
    as_member(member, shares.share_card, card_id=card.id, membership_ids=ids, now=now)


def shown_to(member: Member) -> list[uuid.UUID]:
    """The cards that others show the member."""
    return [one.card.id for one in as_member(member, shares.received)]


def part(member: Member, who: Member) -> None:
    """Leave, or remove."""
    as_member(member, departure.leave_household, membership_id=membership(who))


def qr() -> dict[str, Any]:
    """The code of a card that nobody else has."""
    return {"code": uuid.uuid4().hex, "symbology": Symbology.QR}


def make_household(member: Member, *, now: datetime) -> tuple[HouseholdTie, ExternalCard, ExternalCard]:
    """A household of the member and somebody: the member's own tie, a card that they are shown, and one they show."""
    fellow = make_member()
    together(member, fellow, now=now)
    theirs = add_external_card(fellow, now=now, programme="Boulangerie", **qr())
    mine = add_external_card(member, now=now, programme="Fleuriste", **qr())
    show(fellow, theirs, now=now)
    show(member, mine, now=now)
    return next(one for one in seen_by(member) if one.member_id == member.id), theirs, mine
