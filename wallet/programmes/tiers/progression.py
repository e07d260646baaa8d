"""Tiers: reached at once, looked at again when their time is over, lost by what the programme says.

Judged on points that the programme gave in a period, never on a balance: spending lowers no tier, so it does not matter
whether points expire before or after tiers are looked at. What is due is done at its own instant, in its order, by
whoever comes first: the job, a purchase, a return. So early, late, once or ten times give the same changes.
"""

import uuid
from datetime import datetime

from app.sql import db
from wallet.ledger import durations
from wallet.programmes import periods, versions
from wallet.programmes.models import MemberTier, TierChange, TierReason
from wallet.programmes.rules import Downgrade, Ladder
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.usage import Counting
from wallet.programmes.versions import InForce


def climb_tiers(counting: Counting, *, at: datetime, now: datetime) -> MemberTier | None:
    """What was due by `at`, and the tier that what was earned by then makes. The caller holds the balances.

    For a purchase that comes late, after a later change: as of now.
    """
    row = db.first(tier_queries.tier_of(counting.member_id, counting.brand_id))
    if row is not None and row.changed_at > at:
        at = now
    row = settle_tier(counting, until=at, now=now)
    found = versions.in_force(brand_id=counting.brand_id, at=at)
    if found is None or found.programme.ladder is None:
        return row
    ladder = found.programme.ladder
    points = counting.for_tier(ladder, until=at + periods.A_MOMENT)
    rank, earned = ladder.rank(row.tier if row else None), ladder.earned(points)
    if earned > rank:
        return _change(row, TierReason.REACHED, earned, counting, found, ladder, points, at=at, now=now)
    if row is not None and row.grace_since is not None and earned == rank:
        return _change(row, TierReason.KEPT, rank, counting, found, ladder, points, at=at, now=now)
    return row


def moves_tier(row: MemberTier | None, counting: Counting, found: InForce, *, at: datetime) -> bool:
    """Whether `climb_tiers` would have anything to do. Asks the database nothing that is known already."""
    ladder = found.programme.ladder
    if row is not None and (row.changed_at > at or (row.check_at is not None and row.check_at <= at)):
        return True
    if ladder is None:
        return False
    rank = ladder.rank(row.tier if row else None)
    earned = ladder.earned(counting.for_tier(ladder, until=at + periods.A_MOMENT))
    return earned > rank or (row is not None and row.grace_since is not None and earned == rank)


def tier_at(row: MemberTier | None, counting: Counting, *, at: datetime) -> str | None:
    """The tier that a member had at an instant, who stands as `row` says."""
    if row is None or row.changed_at <= at:
        return row.tier if row else None
    return db.first(tier_queries.tier_at(counting.member_id, counting.brand_id, at=at))


def settle_tier(counting: Counting, *, until: datetime, now: datetime) -> MemberTier | None:
    """Look again at a tier at each instant at which that was due. The caller holds the balances."""
    row = db.first(db.locked(tier_queries.tier_of(counting.member_id, counting.brand_id)))
    while row is not None and row.check_at is not None and row.check_at <= until:
        at = row.check_at
        found = versions.in_force(brand_id=counting.brand_id, at=at)
        if found is None or found.programme.ladder is None:
            row.check_at = None
            db.session().flush()
            return row
        row = _look_again(row, counting, found, found.programme.ladder, at=at, now=now)
    return row


def settle_member(*, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> MemberTier | None:
    """Settle a member's tier by now; a tier of a programme that has none any more is left as it is."""
    found = versions.in_force(brand_id=brand_id, at=now)
    if found is not None:
        versions.lock_balances(member_id=member_id, programmes=[found.programme], now=now)
    return settle_tier(Counting(member_id=member_id, brand_id=brand_id), until=now, now=now)


def climb_member(*, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> MemberTier | None:
    """The tier that what a member earned makes now, by the version in force now: it may be new."""
    found = versions.in_force(brand_id=brand_id, at=now)
    if found is not None:
        versions.lock_balances(member_id=member_id, programmes=[found.programme], now=now)
    return climb_tiers(Counting(member_id=member_id, brand_id=brand_id), at=now, now=now)


def _look_again(
    row: MemberTier, counting: Counting, found: InForce, ladder: Ladder, *, at: datetime, now: datetime
) -> MemberTier:
    points = counting.for_tier(ladder, until=at)
    rank, earned = ladder.rank(row.tier), ladder.earned(points)
    if earned >= rank > 0:
        return _change(row, TierReason.KEPT, earned, counting, found, ladder, points, at=at, now=now)
    if ladder.grace is not None and row.grace_since is None and rank > 0:
        return _change(row, TierReason.GRACE, rank, counting, found, ladder, points, at=at, now=now)
    if ladder.downgrade is Downgrade.NONE:
        return _change(row, TierReason.KEPT, rank, counting, found, ladder, points, at=at, now=now)
    left = max(rank - 1, earned) if ladder.downgrade is Downgrade.ONE_LEVEL else earned
    return _change(row, TierReason.LOST, max(left, 0), counting, found, ladder, points, at=at, now=now)


def reconsider_tier(counting: Counting, *, now: datetime) -> MemberTier | None:
    """After a return: a tier that stood on what was returned goes. The caller holds the balances.

    What was reached before stays, if it stands without what was returned; so does what was looked at again since.
    """
    row = settle_tier(counting, until=now, now=now)
    found = versions.in_force(brand_id=counting.brand_id, at=now)
    if row is None or row.tier is None or found is None or found.programme.ladder is None:
        return row
    ladder = found.programme.ladder
    founded, since = _founded(ladder, counting)
    points = counting.for_tier(ladder, until=now + periods.A_MOMENT)
    rank = max(founded, ladder.earned(points))
    if rank >= ladder.rank(row.tier):
        return row
    begun = since if since is not None and founded == rank else now
    _change(row, TierReason.UNFOUNDED, rank, counting, found, ladder, points, at=now, now=now, begun=begun)
    return settle_tier(counting, until=now, now=now)


def _founded(ladder: Ladder, counting: Counting) -> tuple[int, datetime | None]:
    """The highest rank that the member's history still founds, and since when."""
    for change in db.all_of(tier_queries.tier_changes(counting.member_id, counting.brand_id)):
        if change.reason == TierReason.UNFOUNDED:
            continue
        rank = ladder.rank(change.after)
        if change.reason != TierReason.REACHED:
            return rank, change.occurred_at
        until = change.occurred_at + periods.A_MOMENT
        if ladder.earned(counting.for_tier(ladder, until=until)) >= rank:
            return rank, change.occurred_at
    return 0, None


def _change(
    row: MemberTier | None,
    reason: TierReason,
    rank: int,
    counting: Counting,
    found: InForce,
    ladder: Ladder,
    points: int,
    *,
    at: datetime,
    now: datetime,
    begun: datetime | None = None,
) -> MemberTier:
    """Write a step down, and what it makes of the member's standing. `begun`: since when its time counts."""
    member_id, brand_id = counting.member_id, counting.brand_id
    tier = ladder.at(rank)
    after = tier.code if tier else None
    if row is None:
        row = MemberTier(member_id=member_id, brand_id=brand_id, tier=None, since=at, changed_at=at)
    db.add(
        TierChange(
            member_id=member_id,
            brand_id=brand_id,
            before=row.tier,
            after=after,
            reason=reason,
            points=points,
            version=found.version,
            occurred_at=at,
            recorded_at=now,
        )
    )
    if after != row.tier:
        row.since = at
    row.tier, row.changed_at = after, at
    row.grace_since = at if reason is TierReason.GRACE else None
    row.check_at = _check_at(ladder, reason, since=begun or at, zone=counting.zone) if tier else None
    return db.add(row)


def _check_at(ladder: Ladder, reason: TierReason, *, since: datetime, zone: str) -> datetime | None:
    lasts = ladder.grace if reason is TierReason.GRACE and ladder.grace else ladder.keeps
    return durations.end(lasts, since=since, zone=zone)
