"""In which segments members are at an instant, for whoever decides for whom an offer is.

The rules are those that count a segment (`rules`), tried here on a few members at a time by one statement that is
always the same: a statement of its own for each segment would have to be planned anew for each. A test holds both
together.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

from app import clock
from app.sql import db, hot_statements
from offers.learning import decay, queries
from offers.learning.models import BrandSegment, CountKind
from offers.learning.scores import HALF_LIVES, Score
from offers.learning.segments.rules import KNOWN, KNOWN_BY_NAME, Rule, products_of
from offers.learning.tastes.tastes import keys_of
from offers.planning.audiences.segments import SegmentSource

Whose = tuple[uuid.UUID, uuid.UUID]
"""A member and a brand."""


class WantedSegment(NamedTuple):
    """A segment as it is tried: its rules, and the day of its brand."""

    id: uuid.UUID
    brand_id: uuid.UUID
    rules: Sequence[Rule]
    today: date


class KnownProfile(NamedTuple):
    """What rules need of a profile: the scores in the order of `Score`, days, counts by kind and key, and where the
    scores of the brand are cut."""

    scores: Mapping[Score, Decimal]
    visit_days: int
    away_days: int | None
    is_new: bool
    is_lapsed: bool
    counts: Mapping[tuple[str, str], int]
    cuts: Mapping[tuple[str, int], Decimal]


def known_segments(brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Collection[uuid.UUID]:
    """Which of these ids are segments that the brand keeps."""
    question = queries.segments_of_brand(brand_id).where(BrandSegment.id.in_(list(ids)))
    return {segment.id for segment in db.all_of(question)}


def segments_of_members(
    member_ids: Sequence[uuid.UUID],
    brand_ids: Sequence[uuid.UUID],
    *,
    wanted: Collection[uuid.UUID],
    now: datetime,
    through: psycopg.Connection[Any] | None,
) -> Mapping[Whose, Collection[uuid.UUID]]:
    """Of members at brands, side by side: in which of the wanted segments each is. Two statements; nobody without a
    profile that is permitted at this instant is in any.

    Without `through`, the running transaction must see all of them; through a connection of its own the statement names
    its members itself.
    """
    connection = through or db.driver_connection()
    rows = hot_statements.ask_statement(connection, queries.SEGMENTS_WANTED, [list(wanted)])
    asked = [
        WantedSegment(id, brand_id, json.loads(rules)["all"], clock.day_of(now, zone.decode()))
        for id, brand_id, rules, zone in rows
    ]
    days = {one.brand_id: one.today for one in asked}
    whose = [pair for pair in zip(member_ids, brand_ids, strict=True) if pair[1] in days]
    if not whose:
        return {}
    statement = KNOWN if through is None else KNOWN_BY_NAME
    found = hot_statements.ask_statement(connection, statement, _values(whose, asked, days=days, now=now))
    inside: dict[Whose, set[uuid.UUID]] = {}
    for n, *values in found:
        member_id, brand_id = whose[n - 1]
        known = _known(values)
        ids = {one.id for one in asked if one.brand_id == brand_id and fits_rules(one.rules, known, today=one.today)}
        inside[member_id, brand_id] = ids
    return inside


def fits_rules(rules: Sequence[Rule], known: KnownProfile, *, today: date) -> bool:
    """Whether somebody of whom this is known fits all of the rules on a day. Pure."""
    return all(_fits(rule, known, today) for rule in rules)


def _fits(rule: Rule, known: KnownProfile, today: date) -> bool:
    match rule["kind"]:
        case "percentile":
            return known.visit_days > 0 and _is_between_cuts(rule, known)
        case "value":
            score = Score(rule["score"])
            unit = decay.unit_on(today, HALF_LIVES[score])
            return _is_within(known.scores[score], rule, unit)
        case "bought":
            return _has_bought(rule, known)
        case "not_bought":
            return not _has_bought(rule, known)
        case "last_visit":
            return known.away_days is not None and _is_within(known.away_days, rule, 1)
        case "new":
            return known.is_new
        case "lapsed":
            return known.is_lapsed
        case "channel":
            weight = known.counts.get((CountKind.CHANNEL, rule["channel"]), 0)
            return bool(weight * 100 > known.scores[Score.FREQUENCY] * rule["above"])
    raise LookupError(rule["kind"])


def _is_between_cuts(rule: Rule, known: KnownProfile) -> bool:
    score = known.scores[Score(rule["score"])]
    above, up_to = (
        known.cuts.get((rule["score"], rule[bound])) if rule.get(bound) is not None else None
        for bound in ("above", "up_to")
    )
    if (rule.get("above") is not None and above is None) or (rule.get("up_to") is not None and up_to is None):
        return False  # too few members to be cut
    return (above is None or score > above) and (up_to is None or score <= up_to)


def _is_within(value: Decimal | int, rule: Rule, unit: int) -> bool:
    least: int | None = rule.get("at_least")
    most: int | None = rule.get("at_most")
    return (least is None or value >= least * unit) and (most is None or value <= most * unit)


def _has_bought(rule: Rule, known: KnownProfile) -> bool:
    products = products_of(rule)
    return any((CountKind.ARTICLE, key) in known.counts for key in keys_of(products)) or any(
        (CountKind.CATEGORY, path) in known.counts for path in products.categories
    )


def _values(
    whose: Sequence[Whose], asked: Sequence[WantedSegment], *, days: Mapping[uuid.UUID, date], now: datetime
) -> list[Any]:
    """The parameters of `rules.KNOWN`: of all rules together what is needed of any."""
    every = [rule for one in asked for rule in one.rules]
    bought = [products_of(rule) for rule in every if rule["kind"] in ("bought", "not_bought")]
    cuts = {
        (rule["score"], rule[bound])
        for rule in every
        if rule["kind"] == "percentile"
        for bound in ("above", "up_to")
        if rule.get(bound) is not None
    }
    todays = [days[brand_id] for _, brand_id in whose]
    return [
        [member_id for member_id, _ in whose],
        [brand_id for _, brand_id in whose],
        now,
        todays,
        [decay.unit_on(today, decay.REACTION) for today in todays],
        sorted({key for products in bought for key in keys_of(products)}),
        sorted({path for products in bought for path in products.categories}),
        [score for score, _ in sorted(cuts)],
        [percentile for _, percentile in sorted(cuts)],
    ]


def _known(values: Sequence[Any]) -> KnownProfile:
    *scores, visit_days, away_days, is_new, is_lapsed, counts, cuts = values
    return KnownProfile(
        scores=dict(zip(Score, (score if score is not None else Decimal() for score in scores), strict=True)),
        visit_days=visit_days,
        away_days=away_days,
        is_new=bool(is_new),
        is_lapsed=bool(is_lapsed),
        counts={(kind, key): weight for kind, key, weight in json.loads(counts)} if counts else {},
        cuts={(score, cut): value for score, cut, value in json.loads(cuts, parse_float=Decimal)} if cuts else {},
    )


SOURCE = SegmentSource(known_segments, segments_of_members)
"""What audiences ask."""
