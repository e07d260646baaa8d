"""Purchases earn points by the programme, and returned units give them back."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from app import db
from wallet.points import earning, returning
from wallet.programmes import describing, finding, queries, rules, tiering
from wallet.programmes.finding import InForce
from wallet.programmes.judging import Award, judge
from wallet.programmes.models import AwardReturn, PurchaseAward
from wallet.programmes.wording import GAVE, TOOK_BACK
from wallet.purchases.basket import Basket
from wallet.purchases.models import Purchase

Units = tuple[int, int, int]
"""Of a line: how many units come back now, how many came back before, how many were bought."""


def quote(*, member_id: uuid.UUID, brand_id: uuid.UUID, basket: Basket, now: datetime) -> list[Award]:
    """What a basket would earn. Nothing is written, nothing is locked. Raises `BasketCurrencyForeign`."""
    found = finding.in_force(brand_id=brand_id, at=basket.bought_at)
    return [] if found is None else _judged(found, member_id=member_id, brand_id=brand_id, basket=basket)


def award(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, purchase: Purchase, basket: Basket, now: datetime
) -> Sequence[PurchaseAward]:
    """Give what a purchase earned, by the version in force when it was bought. The same purchase twice is one effect.

    Locks the balances of the programme. Where there is no programme yet a purchase stays to be counted; one from before
    the first version earns nothing. Raises `BasketCurrencyForeign`.
    """
    found = finding.in_force(brand_id=brand_id, at=purchase.bought_at)
    if found is None:
        if db.first(queries.approved_versions(brand_id)) is not None:
            _count(purchase, now=now)
        return []
    finding.hold_balances(member_id=member_id, programme=found.programme, now=now)
    known = db.all_of(queries.awards_of(member_id, purchase.id))
    if not known:
        judged = _judged(found, member_id=member_id, brand_id=brand_id, basket=basket)
        known = [
            _give(found, one, member_id=member_id, brand_id=brand_id, purchase=purchase, now=now) for one in judged
        ]
        tiering.climb(member_id=member_id, brand_id=brand_id, at=purchase.bought_at, now=now)
    _count(purchase, now=now)
    return known


def take_back(
    *, member_id: uuid.UUID, purchase_id: uuid.UUID, units: Mapping[int, Units], source: str, now: datetime
) -> Sequence[AwardReturn]:
    """Take back the part of what a purchase earned that belongs to units that come back, as far as the policy of its
    programme goes. After the last unit exactly everything was asked back, in whatever steps. The same source twice is
    one effect.
    """
    awards = sorted(db.all_of(queries.awards_of(member_id, purchase_id)), key=lambda one: one.currency_id)
    if not awards:
        return []
    version = finding.the_version(brand_id=awards[0].brand_id, version=awards[0].version)
    programme = rules.read(version.content)
    finding.hold_balances(member_id=member_id, programme=programme, now=now)
    done = {one.rule: one for one in db.all_of(queries.returns_of(member_id, purchase_id)) if one.source == source}
    if not done:
        for one in awards:
            points = sum(_due(share, units[int(at)]) for at, share in one.shares.items() if int(at) in units)
            if points:
                done[one.rule] = _take_back(one, points, policy=programme.policy, source=source, now=now)
        tiering.reconsider(member_id=member_id, brand_id=awards[0].brand_id, now=now)
    return list(done.values())


def _judged(found: InForce, *, member_id: uuid.UUID, brand_id: uuid.UUID, basket: Basket) -> list[Award]:
    standing = finding.standing_of(
        member_id=member_id,
        brand_id=brand_id,
        programme=found.programme,
        store_id=basket.store_id,
        at=basket.bought_at,
    )
    return judge(found.programme, basket, standing)


def _give(
    found: InForce, judged: Award, *, member_id: uuid.UUID, brand_id: uuid.UUID, purchase: Purchase, now: datetime
) -> PurchaseAward:
    rule = next(one for one in found.programme.rules if one.code == judged.rule_id)
    entry_id = None
    if judged.points:
        entry_id = earning.earn(
            member_id=member_id,
            currency_id=judged.currency_id,
            points=judged.points,
            source=f"purchase:{purchase.id}:{judged.rule_id}",
            reason=GAVE,
            facts={"purchase": str(purchase.id), **describing.sentences(found.programme, rule.code, judged.facts)},
            earned_at=purchase.bought_at,
            waits=rule.waits,
            lasts=rule.lasts,
            now=now,
        ).id
    return db.add(
        PurchaseAward(
            member_id=member_id,
            purchase_id=purchase.id,
            rule=judged.rule_id,
            brand_id=brand_id,
            version=found.version,
            currency_id=judged.currency_id,
            entry_id=entry_id,
            points=judged.points,
            shares={str(at): share for at, share in judged.shares.items()},
            facts=dict(judged.facts),
            bought_at=purchase.bought_at,
            awarded_at=now,
        )
    )


def _count(purchase: Purchase, *, now: datetime) -> None:
    if purchase.awarded_at is None:
        purchase.awarded_at = now
        db.session().flush()


def _due(share: int, units: Units) -> int:
    """The part of a line's points that belongs to the units that come back now.

    What was asked back of a line is always that of all its returned units, rounded down: so the steps do not matter.
    """
    now, before, bought = units
    return share * (before + now) // bought - share * before // bought


def _take_back(
    award: PurchaseAward, points: int, *, policy: returning.Policy, source: str, now: datetime
) -> AwardReturn:
    taken = 0
    if award.entry_id is not None:
        done = returning.take_back(
            member_id=award.member_id,
            currency_id=award.currency_id,
            earn_id=award.entry_id,
            points=points,
            source=f"{source}:{award.rule}",
            reason=TOOK_BACK,
            facts={"purchase": str(award.purchase_id)},
            policy=policy,
            now=now,
        )
        taken = done.points(*returning.TAKEN_BACK)
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
