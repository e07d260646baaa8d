"""A birthday goes with the last permission that it was asked for, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import PERMITTING, PermissionEvent
from offers.planning.audiences import birthdays, queries


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """Forget a birthday that nobody may use any more."""
    if event.purpose == queries.TREAT and event.state not in PERMITTING:
        birthdays.forget_birthday_without_ground(member_id=event.member_id, now=now)


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Forget a birthday that nobody may use any more."""
    treats = [event for event in events if event.purpose == queries.TREAT]
    if treats:
        birthdays.forget_birthday_without_ground(member_id=treats[0].member_id, now=treats[0].recorded_at)
