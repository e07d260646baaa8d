"""The last gates: whether an offer is for this member, and whether they have used it as often as they may for now.

One statement more, for all who ask together, and only where an offer that passed all other gates asks for it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from offers.deciding.facts import OfferFacts
from offers.deciding.ranking import Candidate, Outcome
from offers.planning.audiences.judgement import judge_audience
from offers.planning.audiences.member_facts import NOTHING_KNOWN, MemberFacts, facts_of_members
from offers.planning.audiences.use_limits import LimitedBy, reached_limit
from offers.planning.models import FOR_SOME


class Judging(NamedTuple):
    """A member, when they ask, the candidates as the search judged them, and by its number each offer among them that
    passed all other gates and is not for everybody."""

    member_id: uuid.UUID
    now: datetime
    candidates: Sequence[Candidate]
    facts: Mapping[int, OfferFacts]


def judge_audiences(connection: psycopg.Connection[Any], asked: Sequence[Judging]) -> list[Sequence[Candidate]]:
    """The candidates of each, of which those that are not for the member say so. Raises `psycopg.Error`."""
    some = [
        (one, one.facts[candidate.offer_number])
        for one in asked
        for candidate in one.candidates
        if _is_for_some(candidate)
    ]
    if not some:
        return [one.candidates for one in asked]
    whose = sorted({(one.member_id, _brand_of(offer)) for one, offer in some})
    known = facts_of_members(
        [member_id for member_id, _ in whose],
        [brand_id for _, brand_id in whose],
        max(one.now for one, _ in some),
        asked=[offer.for_whom for _, offer in some],
        limited=sorted({offer.offer_id for _, offer in some if offer.limits}),
        through=connection,
    )
    return [[_judged(candidate, one, known) for candidate in one.candidates] for one in asked]


def _is_for_some(candidate: Candidate) -> bool:
    return candidate.outcome == Outcome.SHOWN and bool(candidate.traits & FOR_SOME)


def _brand_of(offer: OfferFacts) -> uuid.UUID:
    return uuid.UUID(offer.brand.decode())


def _judged(
    candidate: Candidate,
    asked: Judging,
    known: Mapping[tuple[uuid.UUID, uuid.UUID], MemberFacts],
) -> Candidate:
    if not _is_for_some(candidate):
        return candidate
    offer = asked.facts[candidate.offer_number]
    member = known.get((asked.member_id, _brand_of(offer)), NOTHING_KNOWN)
    if judge_audience(offer.for_whom, member, now=asked.now, zone=offer.zone) is not None:
        return candidate._replace(outcome=Outcome.NOT_FOR_YOU)
    used_at = {LimitedBy.MEMBER: member.used_at.get(offer.offer_id, ())}
    if reached_limit(offer.limits, used_at, now=asked.now, zone=offer.zone) is not None:
        return candidate._replace(outcome=Outcome.LIMIT_REACHED)
    return candidate
