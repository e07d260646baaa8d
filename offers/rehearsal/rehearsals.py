"""Plays an offer against what members did, before anybody sees it: whom it would reach, what it would cost, what would
run out, and what of all that is not known. Nothing is written; only counts leave.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts.models import Brand
from app.sql import db
from offers.benefits.basket_part import Worth
from offers.checkout import pricing
from offers.checkout.situation import TenderCurrency
from offers.planning import brand_offers, budgets
from offers.planning.caps import capped_categories
from offers.planning.models import Offer, OfferVersion
from offers.rehearsal import effects, estimates, past, permits, play, queries, run_outs
from offers.rehearsal.errors import OfferOnlyGiven, VersionUnknown
from offers.rehearsal.estimates import Estimate, Range
from offers.rehearsal.overlay import Overlay, Spans, lay_over
from offers.rehearsal.past import AskedPast, Past, Reactions, Visit
from offers.rehearsal.play import Reached, StagedOffer, Use
from offers.rehearsal.run_outs import RunOut
from wallet.ledger.queries import currencies_of

DAYS, MOST_DAYS = 90, 365
"""How many days are played unless somebody says otherwise, and the most."""

MOST_PRICED = 30_000
"""Baskets that are priced; of more, those of members drawn by chance, each of whom stands for several."""


class Shop(NamedTuple):
    """A store at which the offer holds."""

    id: uuid.UUID
    number: int
    time_zone: str
    country: str
    opening_hours: str | None
    areas: Sequence[uuid.UUID] | None


@dataclass(frozen=True)
class LaidOffer:
    """A version of an offer, laid over the past at its stores."""

    brand: Brand
    version: OfferVersion
    overlay: Overlay
    shops: Mapping[uuid.UUID, Shop]
    spans: Mapping[uuid.UUID, Spans]

    @property
    def areas(self) -> dict[uuid.UUID, Sequence[uuid.UUID]]:
        """The areas in which each store lies."""
        return {shop.id: shop.areas or () for shop in self.shops.values()}

    def asked(self, *, now: datetime) -> AskedPast:
        """The past that this is about."""
        whole = [one.whole for one in self.spans.values() if one.whole is not None]
        since, until = min((start for start, _ in whole), default=now), max((end for _, end in whole), default=now)
        numbers = {shop.id: shop.number for shop in self.shops.values()}
        return AskedPast(self.brand.id, self.brand.currency, numbers, since, until)

    def day_of(self, visit: Visit) -> date:
        """The day of the offer for which a visit stands."""
        return self.overlay.day_in_offer(visit.at, self.shops[visit.store_id].time_zone)


@dataclass(frozen=True)
class Priced:
    """What the offer would have done: uses by member, and how many members each of them stands for; `cut` are the
    members and the purchases for which a law leaves less than it says."""

    by_member: Mapping[uuid.UUID, Sequence[Use]]
    scale: float
    cut: Counter[uuid.UUID]


@dataclass(frozen=True)
class Rehearsal:
    """An offer, played."""

    offer: LaidOffer
    past: Past
    reached: Reached
    reactions: Reactions
    priced: Priced
    estimate: Estimate
    run_outs: Sequence[RunOut]

    @property
    def margin_minor(self) -> Range | None:
        """What the uses bring in after what they cost; None where the offer does not say what one brings."""
        brings = self.offer.version.margin_minor
        if brings is None:
            return None
        uses, cost = self.estimate.uses, self.estimate.cost_minor
        ends = [brings * uses.low - cost.low, brings * uses.high - cost.high]
        expected = brings * uses.expected - cost.expected
        return Range(min(*ends, expected), expected, max(*ends, expected))


def rehearse_offer(
    *,
    brand_id: uuid.UUID,
    offer_id: uuid.UUID,
    version: int | None = None,
    days: int = DAYS,
    now: datetime,
    report: Callable[[str], None] = lambda _: None,
) -> Rehearsal:
    """Play a version of an offer, the draft unless it is named, against the last `days` days.

    `report` is told what is done next. Raises `OfferUnknown`, `VersionUnknown`, `OfferOnlyGiven`, `DeadlinePassed`.
    """
    offer = brand_offers.the_offer(brand_id=brand_id, offer_id=offer_id)
    stage = _stage_of(offer, _version_of(offer, version), days=days, now=now)
    with db.system():  # permissions and questions are the members' own; only counts of them leave
        report("reading")
        asked = stage.asked(now=now)
        seen = past.read_past(asked)
        allowed = permits.read_permits(brand_id=brand_id, members=seen.members, areas=stage.areas, now=now)
        reactions = past.read_reactions(asked, seen, since=now - timedelta(days=days))
        report("playing")
        reached = play.play_visits(seen.visits, StagedOffer(stage.spans, allowed.allow, _for_everybody))
        report("pricing")
        priced = _price(stage, reached)
    estimate = estimates.estimate_uses(
        play.sum_uses(priced.by_member),
        reactions.used,
        scale=seen.scale * priced.scale,
        most_uses=stage.version.total_limit,
        seed=f"{offer_id}/{stage.version.version}/{days}",
    )
    outs = _limits_reached(offer, stage, reached, reactions, scale=seen.scale)
    return Rehearsal(stage, seen, reached, reactions, priced, estimate, outs)


def _stage_of(offer: Offer, version: OfferVersion, *, days: int, now: datetime) -> LaidOffer:
    if version.given_only:
        raise OfferOnlyGiven
    [brand] = db.all_of(select(Brand).where(Brand.id == offer.brand_id))
    overlay = lay_over(
        starts_local=version.starts_local,
        ends_local=version.ends_local,
        days=days,
        now_local=now.astimezone(ZoneInfo(brand.time_zone)).replace(tzinfo=None),
    )
    shops = {row.id: Shop(*row) for row in db.rows(queries.stores_with(offer.id, version.version))}
    return LaidOffer(brand, version, overlay, shops, _spans(shops.values(), overlay))


def _version_of(offer: Offer, version: int | None) -> OfferVersion:
    wanted = offer.draft or offer.live if version is None else db.first(queries.version_of(offer.id, version))
    if wanted is None:
        raise VersionUnknown
    return wanted


def _for_everybody(member_id: uuid.UUID, store_id: uuid.UUID) -> bool:
    return True


def _spans(shops: Iterable[Shop], overlay: Overlay) -> dict[uuid.UUID, Spans]:
    """When it would have held at each store; those of one zone share what is worked out."""
    by_zone: dict[str, Spans] = {}
    for shop in shops:
        if shop.time_zone not in by_zone:
            by_zone[shop.time_zone] = overlay.spans_in(shop.time_zone)
    return {shop.id: by_zone[shop.time_zone] for shop in shops}


def _price(stage: LaidOffer, reached: Reached) -> Priced:
    brand, version = stage.brand, stage.version
    some, scale = _drawn(effects.find_with_articles(reached.purchases, version.articles))
    counter = effects.Counter(
        pricing.incentive_of("rehearsed", version, bonus=_bonus(brand.id)),
        brand.currency,
        capped_categories.capped_categories(brand_id=brand.id),
        brand.countries,
    )
    found = effects.read_effects(some, counter, day_of=stage.day_of)
    uses = [Use(visit, effect.cost_minor, effect.points) for visit, effect in found]
    cut = Counter(visit.member_id for visit, effect in found if effect.cut)
    return Priced(play.limit_uses(uses, most=version.member_limit), scale, cut)


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


def _limits_reached(
    offer: Offer, stage: LaidOffer, reached: Reached, reactions: Reactions, *, scale: float
) -> list[RunOut]:
    version = stage.version
    least, greatest = reactions.claimed.ends(seed=f"{offer.id}/{version.version}")
    shares = (least, reactions.claimed.mean, greatest)
    shown = run_outs.count_days(reached.shown_by_day(stage.day_of), scale=scale)
    found = []
    if version.total_limit is not None:
        left = _left(offer, version)
        found.append(run_outs.find_run_out("total_limit", shown, limit=left, shares=shares))
    if version.daily_limit is not None:
        found.append(run_outs.find_daily_run_out("daily_limit", shown, limit=version.daily_limit, shares=shares))
    return found


def _left(offer: Offer, version: OfferVersion) -> int:
    """How many coupons may still be given: of a version that is not live, all."""
    left = budgets.remaining(offer.id, budgets.TOTAL) if offer.live_version == version.version else None
    return version.total_limit or 0 if left is None else left
