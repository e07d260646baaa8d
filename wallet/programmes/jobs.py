"""Background work of this room."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from app.logs import log
from app.sql import db
from app.sql.queues import work_through
from wallet.programmes import awards, queries, referrals
from wallet.programmes.tiers import progression
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.versions import the_version

MEMBERS = 500
"""Members whose ids are read at a time."""

MemberAndBrand = tuple[uuid.UUID, uuid.UUID]


@db.in_steps
def award_purchases(*, now: datetime) -> int:
    """Count the purchases that nobody counted yet, of every brand with a programme."""
    with db.system_transaction():
        brands = db.all_of(queries.brands_with_programmes())
    return sum(sum(award_brand(brand_id=brand_id, now=now)) for brand_id in brands)


def award_brand(*, brand_id: uuid.UUID, now: datetime) -> Iterator[int]:
    """Count a brand's purchases, a member at a time; say how many in each batch, which is a transaction of its own."""
    after: uuid.UUID | None = None
    while True:
        with db.system_transaction():
            members = db.all_of(queries.members_to_award(brand_id, after=after, most=MEMBERS))
        for member_id in members:
            try:
                yield from _award_member(member_id, brand_id, now=now)
            except Exception as error:  # one member's ledger must not keep everybody else waiting
                log.error("purchases_not_counted", brand_id=str(brand_id), error=type(error).__name__)
        if len(members) < MEMBERS:
            return
        after = members[-1]


def _award_member(member_id: uuid.UUID, brand_id: uuid.UUID, *, now: datetime) -> Iterator[int]:
    counted = awards.BATCH
    while counted == awards.BATCH:
        with db.system_transaction():
            counted = awards.award_waiting(member_id=member_id, brand_id=brand_id, now=now)
        yield counted


@db.in_steps
def settle_tiers(*, now: datetime) -> int:
    """Look again at the tiers whose time is over, in the order of those instants.

    After points that waited and before points that expire, in the order that programmes publish; since tiers stand on
    what was earned and on no balance, any order gives the same.
    """

    def settle(key: MemberAndBrand) -> int:
        progression.settle_member(member_id=key[0], brand_id=key[1], now=now)
        return 1

    return _climb_by_new_versions(now=now) + work_through(
        lambda most: [(row.member_id, row.brand_id) for row in db.rows(tier_queries.tiers_due(now=now, most=most))],
        settle,
        what="wallet.programmes.settle_tiers",
        at_once=MEMBERS,
    )


def _climb_by_new_versions(*, now: datetime) -> int:
    """A version that has begun may make tiers of what was earned before: nobody need buy again for theirs."""
    with db.system_transaction():
        versions = [(one.brand_id, one.version) for one in db.all_of(queries.versions_to_climb(now=now))]
    climbed = 0
    for brand_id, version in versions:
        for member_id in _members(brand_id):
            with db.system_transaction():
                progression.climb_member(member_id=member_id, brand_id=brand_id, now=now)
            climbed += 1
        with db.system_transaction():
            the_version(brand_id=brand_id, version=version).climbed_at = now
    return climbed


def _members(brand_id: uuid.UUID) -> Iterator[uuid.UUID]:
    after: uuid.UUID | None = None
    while True:
        with db.system_transaction():
            some = db.all_of(queries.members_with_awards(brand_id, after=after, most=MEMBERS))
        yield from some
        if len(some) < MEMBERS:
            return
        after = some[-1]


@db.in_steps
def settle_referrals(*, now: datetime) -> int:
    """Give both members their points for a referral whose first purchase stands; take them back where it does not."""

    def settle(key: MemberAndBrand) -> int:
        referrals.settle_referral(member_id=key[0], brand_id=key[1], now=now)
        return 1

    return work_through(
        lambda most: [(row.member_id, row.brand_id) for row in db.rows(queries.referrals_open(most=most))],
        settle,
        what="wallet.programmes.settle_referrals",
        at_once=MEMBERS,
    )


JOBS = (award_purchases, settle_tiers, settle_referrals)
EVERY_S = {"award_purchases": 60, "settle_tiers": 300, "settle_referrals": 60}
