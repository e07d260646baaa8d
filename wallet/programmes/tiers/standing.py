"""Where a member stands with a brand, what the next tier takes, what is at risk, and why points were given."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.languages import Language
from app.sql import db
from wallet.points.currencies import money_counted
from wallet.programmes import periods, queries, rules, sentences, versions, wording
from wallet.programmes.errors import AwardsUnknown, ProgrammeUnknown
from wallet.programmes.models import MemberTier, PurchaseAward, TierChange, TierReason
from wallet.programmes.rules import Downgrade, Ladder, Programme, Tier
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.usage import Counting


def standing(*, member_id: uuid.UUID, brand_id: uuid.UUID, language: Language, now: datetime) -> dict[str, Any]:
    """The programme in force as a member meets it. Raises `ProgrammeUnknown` where there is none."""
    found = versions.in_force(brand_id=brand_id, at=now)
    if found is None:
        raise ProgrammeUnknown
    said: dict[str, Any] = {"version": found.version, "rules": _rules(found.programme, language), "tiers": None}
    if found.programme.ladder is not None:
        said["tiers"] = _tiers(found.programme.ladder, member_id, brand_id, language=language, now=now)
    return said


def _rules(programme: Programme, language: Language) -> list[dict[str, Any]]:
    return [
        {"code": rule.code, "kind": rule.kind, "title": getattr(rule.title, language), "points": rule.points}
        for rule in programme.rules
    ]


def _tiers(
    ladder: Ladder, member_id: uuid.UUID, brand_id: uuid.UUID, *, language: Language, now: datetime
) -> dict[str, Any]:
    counting = Counting(member_id=member_id, brand_id=brand_id)
    row = db.first(tier_queries.tier_of(member_id, brand_id))
    rank = ladder.rank(row.tier if row else None)
    counted = counting.for_tier(ladder, until=now + periods.A_MOMENT)
    current = ladder.at(rank)
    return {
        "currency_id": ladder.currency_id,
        "points": counted,
        "current": None if current is None else _named(current, language) | {"since": row.since if row else None},
        "check_at": row.check_at if row else None,
        "in_grace": row is not None and row.grace_since is not None,
        "opportunities": [
            _named(tier, language) | {"missing": max(tier.from_points - counted, 0)} for tier in ladder.tiers[rank:]
        ],
        "risks": [] if row is None or current is None else _risks(ladder, rank, row, counting, language),
    }


def _risks(ladder: Ladder, rank: int, row: MemberTier, counting: Counting, language: Language) -> list[dict[str, Any]]:
    """What happens at the next look, if nothing more is earned until then."""
    current = ladder.at(rank)
    if row.check_at is None or current is None or ladder.downgrade is Downgrade.NONE:
        return []
    left = counting.for_tier(ladder, until=row.check_at)
    if left >= current.from_points:
        return []
    earned = ladder.earned(left)
    falls = ladder.at(max(rank - 1, earned) if ladder.downgrade is Downgrade.ONE_LEVEL else earned)
    grace = ladder.grace is not None and row.grace_since is None
    return [
        {
            "at": row.check_at,
            "points_then": left,
            "missing": current.from_points - left,
            "grace": grace,
            "falls_to": None if falls is None else _named(falls, language),
        }
    ]


def _named(tier: Tier, language: Language) -> dict[str, Any]:
    return {"code": tier.code, "name": getattr(tier.name, language), "from_points": tier.from_points}


def tier_cards(
    changes: Sequence[TierChange], *, brand_id: uuid.UUID, language: Language, now: datetime
) -> list[dict[str, Any]]:
    """The steps of a member's tier as they read them."""
    found = versions.in_force(brand_id=brand_id, at=now)
    ladder = found.programme.ladder if found is not None else None
    names = {tier.code: getattr(tier.name, language) for tier in ladder.tiers} if ladder is not None else {}
    return [
        {
            "before": change.before,
            "after": change.after,
            "name": names.get(change.after or "", change.after),
            "reason": change.reason,
            "why": wording.TIER_REASONS[TierReason(change.reason)].say(language, {"points": change.points}),
            "points": change.points,
            "occurred_at": change.occurred_at,
        }
        for change in changes
    ]


def _awards(awards: Sequence[PurchaseAward], *, language: Language) -> list[dict[str, Any]]:
    """Why a purchase gave what it gave: by which rule, on what, and what came back of it."""
    first = awards[0]
    back: dict[str, int] = {}
    for one in db.all_of(queries.returns_of(first.member_id, first.purchase_id)):
        back[one.rule] = back.get(one.rule, 0) + one.points
    programme = rules.read_rules(versions.the_version(brand_id=first.brand_id, version=first.version).content)
    return [
        {
            "rule": one.rule,
            "version": one.version,
            "currency_id": one.currency_id,
            "points": one.points,
            "returned": back.get(one.rule, 0),
            "why": sentences.sentence(programme, one.rule, one.facts, language, given=money_counted(one.currency_id)),
            "facts": one.facts,
            "lines": [{"position": int(at), "points": share} for at, share in sorted(one.shares.items(), key=_place)],
        }
        for one in awards
    ]


def _place(share: tuple[str, int]) -> int:
    return int(share[0])


def awards(*, member_id: uuid.UUID, purchase_id: uuid.UUID, language: Language) -> list[dict[str, Any]]:
    """Why one of the member's purchases gave its points. Raises `AwardsUnknown`, also for somebody else's."""
    found = db.all_of(queries.awards_of(member_id, purchase_id))
    if not found:
        raise AwardsUnknown
    return _awards(found, language=language)
