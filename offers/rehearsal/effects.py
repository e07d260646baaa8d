"""What an offer would have done to baskets that were bought: by the code that prices a sale, without any other offer.

A basket is priced as it was paid, so what the till took off then stays off, and counts for what a law caps.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.codes import article_numbers
from app.languages import Text
from app.sql import db
from offers.benefits.basket_part import Worth
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.benefits.given.money_given import MoneyGiven
from offers.checkout import stacking
from offers.checkout.discounts import Incentive
from offers.checkout.offered import incentives
from offers.checkout.situation import TenderCurrency
from offers.planning.caps import capped_categories, price_caps
from offers.planning.caps.price_caps import Goods
from offers.planning.models import OfferVersion
from offers.rehearsal import permits, play, queries
from offers.rehearsal.laid_offers import LaidOffer
from offers.rehearsal.past import PastVisit, in_pages
from offers.rehearsal.play import Reached, Use
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.queries import currencies_of
from wallet.product_lists import membership
from wallet.purchases.basket import Basket, BasketLine, Products

MOST_PRICED = 30_000
"""Baskets that are priced; of more, those of members drawn by chance, each of whom stands for several."""

BASKETS_AT_ONCE = 5_000
"""Baskets whose lines are read by one statement."""


@dataclass(frozen=True)
class RehearsalTill:
    """What a sale is priced by: the offer, the brand's money, and what a law caps in which of its countries."""

    incentive: Incentive
    brand_id: uuid.UUID
    currency: str
    capped: Mapping[str, Goods]
    countries: Sequence[str]

    @property
    def asks_lists(self) -> bool:
        """Whether the offer depends on product lists."""
        return bool(self.incentive.products.named_lists or self.incentive.effect.gives_from)


class BasketEffect(NamedTuple):
    """What the offer takes off a basket, in minor units, and the points that it gives, with what these are worth.
    `cut`: a law leaves less of it than the offer says."""

    off_minor: int
    points: int
    points_minor: int
    cut: bool

    @property
    def cost_minor(self) -> int:
        """What it costs the brand."""
        return self.off_minor + self.points_minor


def find_with_articles(visits: Sequence[PastVisit], products: Products, *, brand_id: uuid.UUID) -> list[PastVisit]:
    """Those of these purchases in which one of the articles may be; all of them if the offer names none."""
    if products.names_all:
        return list(visits)
    named = {
        "gtins": sorted({spelled for gtin in products.gtins for spelled in article_numbers.spell_gtin(gtin)}),
        "skus": sorted(products.skus),
        "paths": sorted(products.categories),
        "brand": brand_id,
        "lists": sorted(products.lists),
    }
    found: set[uuid.UUID] = set()
    for some in in_pages(visits):
        asked = {"members": [one.member_id for one in some], "purchases": [one.purchase_id for one in some]}
        found.update(row.purchase_id for row in db.send_statement(queries.WITH_ARTICLES, asked | named))
    return [visit for visit in visits if visit.purchase_id in found]


def read_effects(
    visits: Sequence[PastVisit], till: RehearsalTill, *, day_of: Callable[[PastVisit], date]
) -> list[tuple[PastVisit, BasketEffect]]:
    """What the offer would have done to each of these purchases, where it would have done anything. `day_of` says for
    which day of the offer a purchase stands: the law of that day counts."""
    found: list[tuple[PastVisit, BasketEffect]] = []
    for some in in_pages(visits, at_once=BASKETS_AT_ONCE):
        lines = _read_lines(some)
        baskets: Mapping[int, Basket] = {
            place: Basket(
                till.currency,
                visit.at,
                tuple(lines[visit.purchase_id]),
                store_id=visit.store_id,
                tax_included=visit.tax_included,
            )
            for place, visit in enumerate(some)
            if lines[visit.purchase_id]
        }
        if till.asks_lists:
            baskets = membership.list_baskets(baskets, brand_id=till.brand_id, at=membership.LATEST)
        for place, basket in baskets.items():
            visit = some[place]
            effect = price_effect(basket, till, day=day_of(visit))
            if effect is not None:
                found.append((visit, effect))
    return found


def _read_lines(visits: Sequence[PastVisit]) -> dict[uuid.UUID | None, list[BasketLine]]:
    asked = {"members": [one.member_id for one in visits], "purchases": [one.purchase_id for one in visits]}
    lines: dict[uuid.UUID | None, list[BasketLine]] = defaultdict(list)
    for purchase_id, *content in db.send_statement(queries.LINES, asked):
        lines[purchase_id].append(BasketLine(*content))
    return lines


def price_effect(basket: Basket, till: RehearsalTill, *, day: date) -> BasketEffect | None:
    """What the offer would have done to one basket; None for nothing."""
    most_off = price_caps.most_off_lines(basket.lines, paths=till.capped, countries=till.countries, day=day)
    done = stacking.stack_incentives(basket, [till.incentive], most_off=most_off).steps
    if not done:
        return None
    [step] = done
    worth = till.incentive.worth
    given_minor = worth.of(step.points) if worth is not None else 0
    if isinstance(step.incentive.effect, GiftCardAmount):
        given_minor = step.amount_minor
    points = 0 if isinstance(step.incentive.effect, MoneyGiven) else step.points
    return BasketEffect(step.taken_minor, points, given_minor, step.capped)


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
    some, scale = _drawn(find_with_articles(reached.purchases, version.articles, brand_id=brand.id))
    till = RehearsalTill(
        incentives.incentive_of("rehearsed", version, given=_given_in(version, brand.id)),
        brand.id,
        brand.currency,
        capped_categories.capped_categories(brand_id=brand.id),
        brand.countries,
    )
    found = read_effects(some, till, day_of=laid.day_of)
    uses = [Use(visit, effect.cost_minor, effect.points) for visit, effect in found]
    cut = Counter(visit.member_id for visit, effect in found if effect.cut)
    return Priced(play.limit_uses(uses, most=version.member_limit, may_use=permits.limits_of(laid)), scale, cut)


def _given_in(version: OfferVersion, brand_id: uuid.UUID) -> TenderCurrency | None:
    """What the offer gives in: the brand's first currency of that kind, as at the till."""
    if isinstance(version.gives, GiftCardAmount):
        return None
    kind = CurrencyKind.MONEY if isinstance(version.gives, MoneyGiven) else CurrencyKind.POINTS
    known = sorted(db.all_of(currencies_of(brand_id)), key=lambda one: (one.created_at, one.id))
    first = next((one for one in known if one.kind == kind), None)
    if first is None:
        return None
    points, minor = first.worth_points, first.worth_minor
    worth = None if points is None or minor is None else Worth(points, minor)
    return TenderCurrency(first.id, worth, kind, first.usable_from or 0, Text(fr=first.name_fr, en=first.name_en))


def _drawn(visits: Sequence[PastVisit], *, most: int = MOST_PRICED) -> tuple[Sequence[PastVisit], float]:
    """The purchases of so many members as can be priced, and how many members each stands for."""
    if len(visits) <= most:
        return visits, 1.0
    by_member: dict[uuid.UUID, list[PastVisit]] = defaultdict(list)
    for visit in visits:
        by_member[visit.member_id].append(visit)
    some: list[PastVisit] = []
    # The last bits of an id are chance, so that their order is one.
    for count, member_id in enumerate(sorted(by_member, key=lambda one: one.bytes[::-1]), start=1):
        some += by_member[member_id]
        if len(some) >= most:
            return some, len(by_member) / count
    return some, 1.0
