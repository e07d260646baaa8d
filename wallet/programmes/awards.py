"""Purchases earn points by the programme, and returned units give them back."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy.orm.attributes import set_committed_value

from app.sql import db
from wallet.points import earning, returns
from wallet.points.currencies import money_counted
from wallet.points.earning import Credit
from wallet.points.open_books import OpenBooks
from wallet.points.returns import Policy
from wallet.programmes import queries, referrals, sentences
from wallet.programmes.accrual import Award, MemberStanding, accrue_points
from wallet.programmes.models import AwardReturn, MemberTier, PurchaseAward
from wallet.programmes.rules import RuleKind
from wallet.programmes.tiers import progression
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.usage import Counting, Usage, read_usage
from wallet.programmes.versions import InForce, Versions, in_force, list_articles, lock_balances, read_approved
from wallet.programmes.wording import GAVE, TOOK_BACK
from wallet.purchases import records
from wallet.purchases.basket import Basket
from wallet.purchases.models import Purchase

Units = tuple[int, int, int]
"""Of a line: how many parts of it come back now, how many came back before, how many were bought."""


COLUMNS = ", ".join(column.name for column in PurchaseAward.__table__.columns)
ADD_AWARDS = db.HotStatement(
    f"INSERT INTO purchase_award ({COLUMNS}) SELECT {COLUMNS}"  # noqa: S608 (our own names)
    " FROM jsonb_populate_recordset(NULL::purchase_award, %(rows)s::jsonb)"
)
"""One statement whose text is always the same, however many awards there are."""

BATCH = 500
"""Purchases of a member that are counted in one transaction."""


class JudgedAward(NamedTuple):
    """What one rule gives for one purchase, by which version."""

    purchase: Purchase
    found: InForce
    award: Award

    @property
    def key(self) -> tuple[uuid.UUID, str]:
        """What names it among all that a member was given."""
        return self.purchase.id, self.award.rule_id


class ReturnedAward(NamedTuple):
    """Of what one rule gave: what was asked back, and what of it was taken."""

    currency_id: uuid.UUID
    points: int
    taken: int


def quote_awards(*, member_id: uuid.UUID, brand_id: uuid.UUID, basket: Basket, now: datetime) -> list[Award]:
    """What a basket would earn. Nothing is written, nothing is locked. Raises `BasketCurrencyForeign`."""
    found = in_force(brand_id=brand_id, at=basket.bought_at)
    if found is None:
        return []
    basket = list_articles({None: basket}, [found.programme], brand_id=brand_id)[None]
    counting = Counting(member_id=member_id, brand_id=brand_id)
    usage = read_usage(counting, found.programme, at=basket.bought_at, paying=None, now=now)
    return judge_basket(found, basket, usage)


def judge_basket(found: InForce | None, basket: Basket, usage: Usage) -> list[Award]:
    """What a basket earns by the version in force when it is bought. Raises `BasketCurrencyForeign`."""
    return [] if found is None else _judge(found, basket, usage.counting, usage.tier)


def award_at_till(
    found: InForce, awards: Sequence[Award], *, purchase: Purchase, basket: Basket, usage: Usage, books: OpenBooks
) -> None:
    """Give what a purchase earned that was written down just now: `awards` are what `judge_basket` said of it, by the
    version in force when it was bought. The caller opened the books before the usage was read, and saves them.
    """
    member_id, brand_id, now = purchase.member_id, purchase.brand_id, purchase.recorded_at
    counting, row, at = usage.counting, usage.tier, purchase.bought_at
    if row is not None and row.check_at is not None and row.check_at <= at:
        row = progression.settle_tier(counting, until=at, now=now)
        awards = _judge(found, basket, counting, row)
    for one in awards:
        counting.add(one.rule_id, one.currency_id, one.points, at=at)
    if progression.moves_tier(row, counting, found, at=at):
        progression.climb_tiers(counting, at=at, now=now)
    judged = [JudgedAward(purchase, found, one) for one in awards]
    entries: dict[tuple[uuid.UUID, str], uuid.UUID] = {}
    for currency_id, giving in _by_currency(judged):
        made = earning.post_credits(books.settled_book(currency_id), [_credit(one) for one in giving], now=now)
        entries |= {one.key: entry.id for one, entry in zip(giving, made, strict=True)}
    _write(judged, entries, member_id=member_id, brand_id=brand_id, now=now)
    if usage.is_referred:
        versions = Versions(brand_id)
        referrals.qualify_referrals(
            member_id=member_id, brand_id=brand_id, purchases=[purchase], versions=versions, now=now
        )


def award_purchase(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, purchase: Purchase, basket: Basket, now: datetime
) -> Sequence[PurchaseAward]:
    """Give what a purchase earned, by the version in force when it was bought. The same purchase twice is one effect.

    Locks the balances of the programme. Where there is no programme yet a purchase stays to be counted; one from before
    the first version earns nothing. Raises `BasketCurrencyForeign`.
    """
    return award_purchases(
        member_id=member_id, brand_id=brand_id, purchases=[purchase], baskets={purchase.id: basket}, now=now
    )


def award_purchases(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    purchases: Sequence[Purchase],
    baskets: Mapping[uuid.UUID, Basket],
    now: datetime,
) -> Sequence[PurchaseAward]:
    """Give what purchases of a member earned, the oldest first, as if they came one after the other; written once."""
    versions = Versions(brand_id)
    if not versions:
        return []
    found = {purchase.id: versions.at(purchase.bought_at) for purchase in purchases}
    programmes = [one.programme for one in found.values() if one is not None]
    baskets = list_articles(baskets, programmes, brand_id=brand_id)
    lock_balances(member_id=member_id, programmes=programmes, now=now)
    known = db.all_of(queries.awards_of_many(member_id, list(found)))
    done = {one.purchase_id for one in known}
    counting = Counting(member_id=member_id, brand_id=brand_id)
    row = db.first(tier_queries.tier_of(member_id, brand_id))
    judged: list[JudgedAward] = []
    for purchase in purchases:
        version = found[purchase.id]
        if version is None or purchase.id in done:
            continue
        if row is not None and row.check_at is not None and row.check_at <= purchase.bought_at:
            row = progression.settle_tier(counting, until=purchase.bought_at, now=now)
        for one in _judge(version, baskets[purchase.id], counting, row):
            judged.append(JudgedAward(purchase, version, one))
            counting.add(one.rule_id, one.currency_id, one.points, at=purchase.bought_at)
        if progression.moves_tier(row, counting, version, at=purchase.bought_at):
            row = progression.climb_tiers(counting, at=purchase.bought_at, now=now)
    made = _give(judged, member_id=member_id, brand_id=brand_id, now=now)
    fresh = [one for one in purchases if one.id not in done and one.awarded_at is None]
    referrals.qualify_referrals(member_id=member_id, brand_id=brand_id, purchases=fresh, versions=versions, now=now)
    _mark(purchases, now=now)
    return [*known, *made]


def award_waiting(*, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime, most: int = BATCH) -> int:
    """Count purchases of a member that nobody counted yet: imported ones, late ones. The oldest first; how many.

    What of them came back already is asked back at once. Money of another currency earns nothing.
    """
    purchases = db.all_of(db.locked(queries.purchases_to_award(member_id, brand_id, most=most)))
    currency = db.all_of(queries.currency_of_brand(brand_id))[0]
    ours = [one for one in purchases if one.currency == currency]
    baskets = records.baskets_of(member_id=member_id, purchases=ours)
    award_purchases(member_id=member_id, brand_id=brand_id, purchases=ours, baskets=baskets, now=now)
    _mark(purchases, now=now)
    came_back: dict[uuid.UUID, dict[int, Units]] = {}
    for line in db.all_of(queries.returned_lines(member_id, [one.id for one in purchases])):
        came_back.setdefault(line.purchase_id, {})[line.position] = (line.returned_quantity, 0, line.parts)
    for purchase_id, units in came_back.items():
        take_back_awards(
            member_id=member_id, purchase_id=purchase_id, units=units, source=f"before:{purchase_id}", now=now
        )
    return len(purchases)


def _judge(found: InForce, basket: Basket, counting: Counting, row: MemberTier | None) -> list[Award]:
    at = basket.bought_at
    standing = MemberStanding(
        zone=counting.zone_of(basket.store_id),
        tier=progression.tier_at(row, counting, at=at),
        given=counting.given(found.programme, at=at),
    )
    return accrue_points(found.programme, basket, standing)


def _give(
    judged: Sequence[JudgedAward], *, member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime
) -> list[PurchaseAward]:
    """Post what was judged to the ledger, all of a currency at once, and write it down."""
    entries: dict[tuple[uuid.UUID, str], uuid.UUID] = {}
    for currency_id, mine in _by_currency(judged):
        credits = [_credit(one) for one in mine]
        done = earning.earn_credits(member_id=member_id, currency_id=currency_id, credits=credits, now=now)
        entries |= {one.key: made.id for one, made in zip(mine, done, strict=True)}
    return _write(judged, entries, member_id=member_id, brand_id=brand_id, now=now)


def _by_currency(judged: Sequence[JudgedAward]) -> list[tuple[uuid.UUID, list[JudgedAward]]]:
    """What gives points, currency by currency, in the order in which balances are locked."""
    giving = [one for one in judged if one.award.points]
    currencies = sorted({one.award.currency_id for one in giving})
    return [(id, [one for one in giving if one.award.currency_id == id]) for id in currencies]


def _write(
    judged: Sequence[JudgedAward],
    entries: Mapping[tuple[uuid.UUID, str], uuid.UUID],
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    now: datetime,
) -> list[PurchaseAward]:
    rows: list[dict[str, Any]] = [
        {
            "member_id": member_id,
            "purchase_id": one.purchase.id,
            "rule": one.award.rule_id,
            "brand_id": brand_id,
            "version": one.found.version,
            "currency_id": one.award.currency_id,
            "entry_id": entries.get(one.key),
            "points": one.award.points,
            "shares": {str(at): share for at, share in one.award.shares.items()},
            "facts": dict(one.award.facts),
            "bought_at": one.purchase.bought_at,
            "awarded_at": now,
        }
        for one in judged
    ]
    if rows:
        db.send_statement(ADD_AWARDS, {"rows": orjson.dumps(rows).decode()})
    return [db.as_read(PurchaseAward, row) for row in rows]


def _mark(purchases: Sequence[Purchase], *, now: datetime) -> None:
    """Their points are counted."""
    waiting = [one for one in purchases if one.awarded_at is None]
    if waiting:
        db.execute(queries.mark_counted(waiting[0].member_id, [one.id for one in waiting], now=now))
        for one in waiting:
            set_committed_value(one, "awarded_at", now)


def _credit(judged: JudgedAward) -> Credit:
    purchase, programme, award = judged.purchase, judged.found.programme, judged.award
    rule = programme.rule(award.rule_id)
    money = money_counted(award.currency_id) if "cap" in award.facts else None
    return Credit(
        award.points,
        source=f"purchase:{purchase.id}:{rule.code}",
        reason=GAVE,
        facts={"purchase": str(purchase.id), **sentences.sentences(programme, rule.code, award.facts, money=money)},
        earned_at=purchase.bought_at,
        waits=rule.waits,
        lasts=rule.lasts,
    )


def take_back_awards(
    *,
    member_id: uuid.UUID,
    purchase_id: uuid.UUID,
    units: Mapping[int, Units],
    source: str,
    now: datetime,
    books: OpenBooks | None = None,
) -> Sequence[ReturnedAward]:
    """Take back the part of what a purchase earned that belongs to units that come back, as far as the policy of its
    programme goes; a stamp whose card was used meanwhile is owed. After the last unit exactly everything was asked
    back, in whatever steps. The same source twice is one effect. `books` are the member's, for a caller who has them
    open and saves them.
    """
    awards = sorted(db.all_of(queries.awards_of(member_id, purchase_id)), key=lambda one: one.currency_id)
    if not awards:
        referrals.reconsider_referral(member_id=member_id, purchase_id=purchase_id, now=now)
        return []
    programme = read_approved(awards[0].brand_id, awards[0].version)
    if books is None:
        lock_balances(member_id=member_id, programmes=[programme], now=now)
    done = {one.rule: one for one in db.all_of(queries.returns_of(member_id, purchase_id)) if one.source == source}
    if not done:
        for one in awards:
            points = sum(_due(share, units[int(at)]) for at, share in one.shares.items() if int(at) in units)
            if points:
                done[one.rule] = _take_back(one, points, books, policy=programme.policy, source=source, now=now)
        referrals.reconsider_referral(member_id=member_id, purchase_id=purchase_id, now=now)
        progression.reconsider_tier(Counting(member_id=member_id, brand_id=awards[0].brand_id), now=now)
    given = {one.rule: one.currency_id for one in awards}
    return [ReturnedAward(given[rule], one.points, one.taken) for rule, one in done.items()]


def _due(share: int, units: Units) -> int:
    """The part of a line's points that belongs to the units that come back now.

    What was asked back of a line is always that of all its returned units, rounded down: so the steps do not matter.
    """
    now, before, bought = units
    return share * (before + now) // bought - share * before // bought


def _take_back(
    award: PurchaseAward, points: int, books: OpenBooks | None, *, policy: returns.Policy, source: str, now: datetime
) -> AwardReturn:
    taken = 0
    if award.entry_id is not None:
        said: dict[str, Any] = {
            "source": f"{source}:{award.rule}",
            "reason": TOOK_BACK,
            "facts": {"purchase": str(award.purchase_id)},
            "policy": Policy.UNLIMITED if award.facts.get("kind") == RuleKind.STAMP else policy,
            "now": now,
        }
        whose: dict[str, Any] = {"member_id": award.member_id, "currency_id": award.currency_id}
        if books is None:
            moved = returns.take_back_earn(**whose, earn_id=award.entry_id, points=points, **said).movements
        else:
            moved = returns.post_take_back(books.settled_book(award.currency_id), award.entry_id, points, **said)
        taken = sum(one.amount for one in moved if one.kind in returns.TAKEN_BACK)
    return db.add(
        AwardReturn(
            member_id=award.member_id,
            purchase_id=award.purchase_id,
            rule=award.rule,
            source=source,
            brand_id=award.brand_id,
            points=points,
            taken=taken,
            returned_at=now,
        )
    )
