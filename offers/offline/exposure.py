"""The most that can be lost if all tills go dark now: the sum of what each may do on trust until it is back."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.accounts.models import Brand
from app.languages import Language, Money, Text
from app.sql import db
from offers.offline import queries
from offers.offline.limits import OfflineLimits, lay_over
from offers.offline.policies import read_policies

MOST_STORES = 1_000
"""Stores that are named, those that can lose most first; the sum is of all."""


class WorstLoss(NamedTuple):
    """The most that can be lost: points of any currency, money in minor units, and coupons used more than once."""

    points: int = 0
    minor: int = 0
    coupons: int = 0

    def plus(self, other: "WorstLoss") -> "WorstLoss":
        """Both together."""
        return WorstLoss(self.points + other.points, self.minor + other.minor, self.coupons + other.coupons)


class StoreExposure(NamedTuple):
    """What the tills of one store can lose."""

    store_id: uuid.UUID
    store_name: str
    terminals: int
    worst: WorstLoss


class Exposure(NamedTuple):
    """What all tills of a brand can lose, and what is set aside for them, which cannot be lost."""

    currency: str
    terminals: int
    worst: WorstLoss
    stores: Sequence[StoreExposure]
    leased_units: int
    leased_points: int
    leased_coupons: int


HOW = (
    Text(
        fr="Chaque caisse appairée compte pour ce qu'elle peut accepter sans réseau depuis sa dernière lecture des"
        " données, jusqu'à ses plafonds : {terminals} {terminals:caisse|caisses}.",
        en="Each paired till counts for what it may accept without a network since it last read its data, up to its"
        " limits: {terminals} {terminals:till|tills}.",
    ),
    Text(
        fr="Au pire, tout ce qui est accepté de confiance est perdu : {points} {points:point|points}, {money} de"
        " réductions et {coupons} {coupons:bon|bons} déjà utilisés ailleurs.",
        en="At worst all that is taken on trust is lost: {points} {points:point|points}, {money} of reductions and"
        " {coupons} {coupons:coupon|coupons} that were used elsewhere.",
    ),
    Text(
        fr="Ce qui est réservé d'avance à une caisse ne peut pas servir deux fois et ne compte pas : {units}"
        " {units:unité|unités} d'offres, {held} {held:point|points}, {kept} {kept:bon|bons}.",
        en="What was set aside for a till cannot be used twice and does not count: {units} {units:unit|units} of"
        " offers, {held} {held:point|points}, {kept} {kept:coupon|coupons}.",
    ),
    Text(
        fr="Une caisse sans réseau garde les plafonds qu'elle connaissait : c'est le plus élevé des anciens et des"
        " nouveaux qui compte. Une caisse révoquée compte tant que ses données n'ont pas expiré.",
        en="A till without a network keeps the limits that it knew: the higher of the old and the new ones counts. A"
        " revoked till counts until its data is too old.",
    ),
    Text(
        fr="Une caisse qui relit ses données commence une nouvelle période, avec de nouveaux plafonds.",
        en="A till that reads its data again begins a new period, with new limits.",
    ),
)


def worst_loss(*, brand_id: uuid.UUID, now: datetime) -> Exposure:
    """The most that can be lost if every till of a brand goes dark now, in each store and in all.

    It holds for what is entitled: what a till does beyond its limits is a conflict, and no verb takes it for granted.
    """
    policies = read_policies(brand_id=brand_id)
    stores: dict[uuid.UUID, StoreExposure] = {}
    for store_id, name, revoked_at, told, read_at in db.fetch(queries.TILLS, [brand_id]):
        limits = [] if revoked_at is not None else [policies.at(store_id)]
        if told is not None:
            before = lay_over(OfflineLimits(), told)
            limits += [before] if read_at + timedelta(seconds=before.snapshot_age_s) > now else []
        if limits:
            known = stores.get(store_id, StoreExposure(store_id, name, 0, WorstLoss()))
            worst = known.worst.plus(_worst_of(limits))
            stores[store_id] = known._replace(terminals=known.terminals + 1, worst=worst)
    [(units, points, coupons)] = db.fetch(queries.LEASED, [brand_id, now])
    brand = db.get(Brand, brand_id)
    return Exposure(
        currency=brand.currency if brand else "",
        terminals=sum(store.terminals for store in stores.values()),
        worst=WorstLoss(*(sum(column) for column in zip(*(s.worst for s in stores.values()), strict=True))),
        stores=sorted(stores.values(), key=lambda store: store.worst, reverse=True)[:MOST_STORES],
        leased_units=int(units),
        leased_points=int(points),
        leased_coupons=int(coupons),
    )


def describe_exposure(exposure: Exposure, *, language: Language) -> dict[str, Any]:
    """The exposure with how it is computed, in words; shape: `schemas.ExposureOut`."""
    worst = exposure.worst
    facts = worst._asdict() | {
        "terminals": exposure.terminals,
        "money": Money(worst.minor, exposure.currency),
        "units": exposure.leased_units,
        "held": exposure.leased_points,
        "kept": exposure.leased_coupons,
    }
    return exposure._asdict() | worst._asdict() | {"how": [sentence.say(language, facts) for sentence in HOW]}


def _worst_of(limits: Sequence[OfflineLimits]) -> WorstLoss:
    return WorstLoss(
        max(one.points_at_risk for one in limits),
        max(one.minor_at_risk for one in limits),
        max(one.coupons_at_risk for one in limits),
    )
