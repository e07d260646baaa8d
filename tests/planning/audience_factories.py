"""Members of every kind for the tests of audiences."""

import uuid
from datetime import datetime
from typing import Any

from app.accounts.models import Brand, Member
from app.consent.models import Level, PermissionState, ScopeKind, State
from app.sql import db
from offers.planning.audiences import birthdays
from offers.planning.audiences.for_whom import ForWhom
from offers.planning.audiences.member_facts import MemberFacts, facts_of_members
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit, UseLimits
from tests.consent.factories import evidence, give
from tests.factories import NOON, made, save


def permit(member: Member, brand: Brand, purpose: str = "offers_from_purchases", **given: Any) -> PermissionState:
    """A yes that stands as the projection of the ledger says it."""
    cell = {
        "touchpoint": "in_app" if purpose == "offers_from_purchases" else "email",
        "level": Level.PROACTIVE,
        "state": State.GIVEN,
        "scope_kind": ScopeKind.BRAND,
        "scope_id": brand.id,
        "event_id": uuid.uuid4(),
        "version": 1,
        "changed_at": NOON,
    }
    found: PermissionState = save(
        PermissionState(member_id=member.id, brand_id=brand.id, purpose=purpose, **cell | given)
    )
    return found


def say_birthday(member: Member, brand: Brand, *, now: datetime = NOON) -> None:
    """The member permits a treat for their birthday, and says it."""
    by_mail = evidence(os_permission=None, channel="web", method="checkbox_unticked_to_ticked")
    give(member, brand, touchpoint="email", purpose="birthday_treat", evidence=by_mail, now=now)
    with made():
        birthdays.say_birthday(member_id=member.id, day=18, month=5, now=now)


def at_most(most: int, by: LimitedBy, period: LimitPeriod = LimitPeriod.EVER) -> UseLimits:
    """One limit."""
    return (UseLimit(by, period, most),)


def facts(member: Member, brand: Brand, *asked: ForWhom, now: datetime = NOON, **given: Any) -> MemberFacts:
    """What is known of one member, in a transaction that sees everybody."""
    with db.system_transaction():
        [found] = facts_of_members([member.id], [brand.id], now, asked=asked, **given).values()
        return found
