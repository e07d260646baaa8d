"""Which rules hold, and where a member stands by them."""

import uuid
from datetime import datetime
from typing import NamedTuple

from app import db
from wallet.points import recording
from wallet.programmes import queries, rules, timing
from wallet.programmes.errors import ProgrammeUnknown
from wallet.programmes.judging import Standing
from wallet.programmes.models import ProgrammeVersion
from wallet.programmes.rules import Period, Programme


class InForce(NamedTuple):
    """The version that judges, and what it says."""

    version: int
    programme: Programme


def in_force(*, brand_id: uuid.UUID, at: datetime) -> InForce | None:
    """The version by which what happened at this instant is judged; None before the first."""
    found = db.first(queries.version_in_force(brand_id, at=at))
    return None if found is None else InForce(found.version, rules.read(found.content))


def the_version(*, brand_id: uuid.UUID, version: int) -> ProgrammeVersion:
    """One version of the brand's programme. Raises `ProgrammeUnknown`, also for a number that another brand has."""
    found = db.first(queries.version_of(brand_id, version))
    if found is None:
        raise ProgrammeUnknown
    return found


def hold_balances(*, member_id: uuid.UUID, programme: Programme, now: datetime) -> None:
    """Lock what the programme may give to a member, so that caps and tiers are counted once at a time.

    Balances are locked in the order of their currencies. Whoever locks one of them for something else in the same
    transaction calls this first.
    """
    for currency_id in programme.currencies():
        recording.open_book(member_id=member_id, currency_id=currency_id, now=now)


def standing_of(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, programme: Programme, store_id: uuid.UUID | None, at: datetime
) -> Standing:
    """Where a member stood at an instant: the tier, and what capped rules gave in the periods that hold it."""
    zones = db.rows(queries.zones(brand_id, store_id))[0]
    capped = [rule.code for rule in programme.rules if rule.caps]
    periods = {period for rule in programme.rules for period in rule.caps} - {Period.SALE}
    given: dict[str, dict[Period, int]] = {}
    if periods:
        windows = {str(period): timing.window(period, at=at, zone=zones.brand) for period in periods}
        for row in db.rows(queries.given_by_rules(member_id, brand_id, capped, windows=windows)):
            given[row.rule] = {period: int(getattr(row, period)) for period in periods}
    tier = db.first(queries.tier_at(member_id, brand_id, at=at)) if programme.ladder else None
    return Standing(zone=zones.store or zones.brand, tier=tier, given=given)
