"""Something happened outside a till that a rule gives points for: a profile is complete, a purchase was rated."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.sql import db
from wallet.cards.errors import CardUnknown
from wallet.points import earning
from wallet.points import queries as points_queries
from wallet.points.currencies import money_counted
from wallet.programmes import queries, sentences, versions
from wallet.programmes.accrual import Award, MemberStanding, accrue_event_points
from wallet.programmes.models import EventAward
from wallet.programmes.tiers import progression
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.usage import Counting
from wallet.programmes.versions import InForce
from wallet.programmes.wording import GAVE


def note_event(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, event: str, key: str, occurred_at: datetime, now: datetime
) -> Sequence[EventAward]:
    """Give what an event earned, by the version in force when it happened. The same key twice is one effect."""
    found = versions.in_force(brand_id=brand_id, at=occurred_at)
    if found is None:
        return []
    versions.lock_balances(member_id=member_id, programmes=[found.programme], now=now)
    known = db.all_of(queries.event_awards_of(member_id, brand_id, event=event, key=key))
    if known:
        return known
    counting = Counting(member_id=member_id, brand_id=brand_id)
    row = db.first(tier_queries.tier_of(member_id, brand_id))
    standing = MemberStanding(
        zone=counting.zone,
        tier=progression.tier_at(row, counting, at=occurred_at),
        given=counting.given(found.programme, at=occurred_at),
    )
    made = []
    for one in accrue_event_points(found.programme, event, at=occurred_at, standing=standing):
        made.append(_give(found, one, counting, event=event, key=key, occurred_at=occurred_at, now=now))
        counting.add(one.rule_id, one.currency_id, one.points, at=occurred_at)
    if progression.moves_tier(row, counting, found, at=occurred_at):
        progression.climb_tiers(counting, at=occurred_at, now=now)
    return made


def note_event_of_card(
    *, card_id: uuid.UUID, brand_id: uuid.UUID, event: str, key: str, occurred_at: datetime | None, now: datetime
) -> Sequence[EventAward]:
    """Say that something happened to a card's holder. Raises `CardUnknown`, also for another brand's card."""
    card = db.first(points_queries.card_in_brand(brand_id, card_id))
    if card is None:
        raise CardUnknown
    note_read(member_id=card.member_id, classes=[DataClass.ACCOUNT], now=now)
    at = min(occurred_at or now, now)
    return note_event(member_id=card.member_id, brand_id=brand_id, event=event, key=key, occurred_at=at, now=now)


def _give(
    found: InForce, award: Award, counting: Counting, *, event: str, key: str, occurred_at: datetime, now: datetime
) -> EventAward:
    rule = found.programme.rule(award.rule_id)
    entry_id = None
    if award.points:
        entry_id = earning.earn_points(
            member_id=counting.member_id,
            currency_id=award.currency_id,
            points=award.points,
            source=f"event:{event}:{key}:{rule.code}",
            reason=GAVE,
            facts=sentences.sentences(found.programme, rule.code, award.facts, money=money_counted(award.currency_id)),
            earned_at=occurred_at,
            waits=rule.waits,
            lasts=rule.lasts,
            now=now,
        ).id
    return db.add(
        EventAward(
            member_id=counting.member_id,
            brand_id=counting.brand_id,
            event=event,
            key=key,
            rule=rule.code,
            version=found.version,
            currency_id=award.currency_id,
            entry_id=entry_id,
            points=award.points,
            facts=dict(award.facts),
            occurred_at=occurred_at,
            awarded_at=now,
        )
    )
