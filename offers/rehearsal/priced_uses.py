"""Which purchases of those who would have been reached would have used the offer, at what cost."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.sql import db
from offers.benefits.basket_part import Worth
from offers.checkout import pricing
from offers.checkout.situation import TenderCurrency
from offers.planning.caps import capped_categories
from offers.rehearsal import audience_gates, effects, play
from offers.rehearsal.laid_offers import LaidOffer
from offers.rehearsal.past import Visit
from offers.rehearsal.play import Reached, Use
from wallet.ledger.queries import currencies_of

MOST_PRICED = 30_000
"""Baskets that are priced; of more, those of members drawn by chance, each of whom stands for several."""


@dataclass(frozen=True)
class Priced:
    """What the offer would have done: uses by member, and how many members each of them stands for; `cut` are the
    purchases of each for which a law leaves less than it says."""

    by_member: Mapping[uuid.UUID, Sequence[Use]]
    scale: float
    cut: Counter[uuid.UUID]


def price_reached(laid: LaidOffer, reached: Reached) -> Priced:
    """Price the purchases in which articles of the offer are."""
    brand, version = laid.brand, laid.version
    some, scale = _drawn(effects.find_with_articles(reached.purchases, version.articles))
    counter = effects.Counter(
        pricing.incentive_of("rehearsed", version, bonus=_bonus(brand.id)),
        brand.currency,
        capped_categories.capped_categories(brand_id=brand.id),
        brand.countries,
    )
    found = effects.read_effects(some, counter, day_of=laid.day_of)
    uses = [Use(visit, effect.cost_minor, effect.points) for visit, effect in found]
    cut = Counter(visit.member_id for visit, effect in found if effect.cut)
    return Priced(play.limit_uses(uses, most=version.member_limit, may_use=audience_gates.limits_of(laid)), scale, cut)


def _bonus(brand_id: uuid.UUID) -> TenderCurrency | None:
    """What the brand counts points in: its first currency, as at the till."""
    known = sorted(db.all_of(currencies_of(brand_id)), key=lambda one: (one.created_at, one.id))
    if not known:
        return None
    points, minor = known[0].worth_points, known[0].worth_minor
    return TenderCurrency(known[0].id, None if points is None or minor is None else Worth(points, minor))


def _drawn(visits: Sequence[Visit], *, most: int = MOST_PRICED) -> tuple[Sequence[Visit], float]:
    """The purchases of so many members as can be priced, and how many members each stands for."""
    if len(visits) <= most:
        return visits, 1.0
    by_member: dict[uuid.UUID, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_member[visit.member_id].append(visit)
    some: list[Visit] = []
    # The last bits of an id are chance, so that their order is one.
    for count, member_id in enumerate(sorted(by_member, key=lambda one: one.bytes[::-1]), start=1):
        some += by_member[member_id]
        if len(some) >= most:
            return some, len(by_member) / count
    return some, 1.0
