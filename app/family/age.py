"""How old somebody is, in two bands: below the age of consent of their country, or not (GDPR 8(1)).

A birth date is not asked. Whoever is below says only the month in which that ends. From then on the parent's part
lapses, and what was permitted together is asked anew.
"""

import uuid
from datetime import UTC, datetime

from app.accounts.models import Member
from app.accounts.queries import member_locked
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.models import CELL_KEY, Actor, PermissionEvent, PermissionState, State
from app.consent.suppression.restriction import carry_restriction
from app.errors import NotFound
from app.family import queries
from app.family.errors import CountryUnknown, MonthNotAhead, StillMinor
from app.family.models import AgeOfConsent
from app.sql import db


def age_of_consent(country: str) -> int:
    """From which age a person answers alone there. Raises `CountryUnknown`."""
    known = db.get(AgeOfConsent, country)
    if known is None:
        raise CountryUnknown
    return known.years


def declare_age(*, member_id: uuid.UUID, country: str, of_age_from: str | None, now: datetime) -> Member:
    """Keep that the member answers alone, or the month (`2027-03`) from whose end on they will.

    The end of the month, because the day is not asked: nobody is taken for older than they are. Raises
    `CountryUnknown`, `MonthNotAhead`, and `StillMinor` when a minor says that they no longer are one.
    """
    years = age_of_consent(country)
    lock_permissions(member_id)
    member = db.first(member_locked(member_id))
    if member is None:
        raise NotFound
    minor_until = None if of_age_from is None else _end_of_month(of_age_from)
    if minor_until is not None and not (now < minor_until and minor_until.year - now.year <= years + 1):
        raise MonthNotAhead
    still = member.minor_until
    if still is not None and still > now and (minor_until is None or minor_until < still):
        raise StillMinor
    member.minor_until, member.age_declared_at = minor_until, now
    carry_restriction(member, now=now)
    return member


def come_of_age(*, member_id: uuid.UUID, now: datetime) -> int:
    """Let a parent's part lapse for a member who has reached the age; return how many yeses that ended."""
    lock_permissions(member_id)
    member = db.first(member_locked(member_id))
    if member is None or member.minor_until is None or member.minor_until > now:
        return 0
    cells = db.all_of(queries.parents_cells(member_id))
    for cell in cells:
        _lapse(cell, now=now)
    for link in db.all_of(queries.links_of_child(member_id)):
        link.ended_at = now
    member.minor_until = None
    carry_restriction(member, now=now)
    return len(cells)


def _lapse(cell: PermissionState, *, now: datetime) -> None:
    record_event(
        PermissionEvent(
            **{name: getattr(cell, name) for name in CELL_KEY},
            level=cell.level,
            state=State.EXPIRED,
            actor=Actor.SYSTEM_CLOCK,
            expires_at=now,
            evidence={"come_of_age": True},
            recorded_at=now,
        )
    )


def _end_of_month(month: str) -> datetime:
    year, number = int(month[:4]), int(month[5:])
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
