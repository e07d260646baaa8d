"""What a version would have given for purchases that were made, against the one in force now. Nothing is written.

Both begin from nothing: caps and tiers are counted on the purchases of the time that is asked about, and a tier is what
was earned so far, without what is lost later. So the two can be compared, and neither is what was really given.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from app.sql import db
from wallet.programmes import periods, queries, rules, versions
from wallet.programmes.accrual import MemberStanding, accrue_points
from wallet.programmes.rules import Programme
from wallet.programmes.usage import Counting
from wallet.purchases import records
from wallet.purchases.basket import Basket
from wallet.purchases.models import Purchase

MOST = 5_000
"""Purchases that are looked at for one answer of the API."""


@dataclass
class Result:
    """What a version would have given. `cut` is what its caps kept."""

    version: int
    points: Counter[uuid.UUID] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    awards: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)


@dataclass
class Simulation:
    """`complete` is false when there were more purchases than were looked at: then whole members are left out.
    `foreign` are purchases in another currency."""

    purchases: int
    members: int
    foreign: int
    complete: bool
    draft: Result
    live: Result | None


def simulate_version(
    *, brand_id: uuid.UUID, version: int, since: datetime, until: datetime, now: datetime, most: int = MOST
) -> Simulation:
    """Try a version on the purchases from `since` to `until` (excluded). Raises `ProgrammeUnknown`."""
    tried = versions.the_version(brand_id=brand_id, version=version)
    found = versions.in_force(brand_id=brand_id, at=now)
    programmes = [(Result(version), rules.read_rules(tried.content))]
    if found is not None:
        programmes.append((Result(found.version), found.programme))
    asked = queries.purchases_between(brand_id, since=since, until=until).limit(most + 1)
    purchases = db.all_of(asked)
    complete = len(purchases) <= most
    if not complete:
        purchases = [one for one in purchases if one.member_id != purchases[-1].member_id] or purchases[:most]
    foreign = members = 0
    for member_id, some in groupby(purchases, key=lambda one: one.member_id):
        members += 1
        mine = list(some)
        ours = [one for one in mine if one.currency == programmes[0][1].currency]
        foreign += len(mine) - len(ours)
        baskets = list(_baskets(member_id, ours, [programme for _, programme in programmes]))
        for result, programme in programmes:
            _try(result, programme, Counting(member_id=member_id, brand_id=brand_id, from_nothing=True), baskets)
    live = programmes[1][0] if found is not None else None
    return Simulation(len(purchases), members, foreign, complete, programmes[0][0], live)


def card(simulation: Simulation) -> dict[str, Any]:
    """A simulation as its reader reads it."""
    return {
        "purchases": simulation.purchases,
        "members": simulation.members,
        "foreign": simulation.foreign,
        "complete": simulation.complete,
        "draft": _result(simulation.draft),
        "live": None if simulation.live is None else _result(simulation.live),
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "version": result.version,
        "points": [{"currency_id": id, "points": points} for id, points in sorted(result.points.items())],
        "rules": [
            {"code": code, "points": points, "awards": result.awards[code], "cut": result.cut[code]}
            for code, points in result.by_rule.items()
        ],
    }


def _baskets(member_id: uuid.UUID, purchases: Sequence[Purchase], programmes: Sequence[Programme]) -> Iterator[Basket]:
    found = records.baskets_of(member_id=member_id, purchases=purchases)
    if purchases:
        found = versions.list_articles(found, programmes, brand_id=purchases[0].brand_id)
    yield from (found[one.id] for one in purchases)


def _try(result: Result, programme: Programme, counting: Counting, baskets: Sequence[Basket]) -> None:
    """Judge one member's purchases in their order."""
    for basket in baskets:
        at = basket.bought_at
        tier = None
        if programme.ladder is not None:
            earned = programme.ladder.earned(counting.for_tier(programme.ladder, until=at + periods.A_MOMENT))
            tier = programme.ladder.at(earned)
        standing = MemberStanding(
            zone=counting.zone_of(basket.store_id),
            tier=tier.code if tier else None,
            given=counting.given(programme, at=at),
        )
        for award in accrue_points(programme, basket, standing):
            result.points[award.currency_id] += award.points
            result.by_rule[award.rule_id] += award.points
            result.awards[award.rule_id] += 1
            result.cut[award.rule_id] += award.facts.get("cut", 0)
            counting.add(award.rule_id, award.currency_id, award.points, at=at)
