"""What an offer would have done to baskets that were bought: by the code that prices a sale, without any other offer.

A basket is priced as it was paid, so what the till took off then stays off, and counts for what a law caps.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.sql import db
from offers.checkout import stacking
from offers.checkout.discounts import Incentive
from offers.planning.caps import price_caps
from offers.planning.caps.price_caps import Goods
from offers.rehearsal import queries
from offers.rehearsal.past import Visit, in_pages
from wallet.passes import article_numbers
from wallet.purchases.basket import Basket, BasketLine, Products


@dataclass(frozen=True)
class Counter:
    """What a sale is priced by: the offer, the brand's money, and what a law caps in which of its countries."""

    incentive: Incentive
    currency: str
    capped: Mapping[str, Goods]
    countries: Sequence[str]


class Effect(NamedTuple):
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


def find_with_articles(visits: Sequence[Visit], products: Products) -> list[Visit]:
    """Those of these purchases in which one of the articles may be; all of them if the offer names none."""
    if not (products.categories or products.gtins or products.skus):
        return list(visits)
    named = {
        "gtins": sorted({spelled for gtin in products.gtins for spelled in article_numbers.spell_gtin(gtin)}),
        "skus": sorted(products.skus),
        "paths": sorted(products.categories),
    }
    found: set[uuid.UUID] = set()
    for some in in_pages(visits):
        asked = {"members": [one.member_id for one in some], "purchases": [one.purchase_id for one in some]}
        found.update(row.purchase_id for row in db.send_statement(queries.WITH_ARTICLES, asked | named))
    return [visit for visit in visits if visit.purchase_id in found]


def read_effects(
    visits: Sequence[Visit], counter: Counter, *, day_of: Callable[[Visit], date]
) -> list[tuple[Visit, Effect]]:
    """What the offer would have done to each of these purchases, where it would have done anything. `day_of` says for
    which day of the offer a purchase stands: the law of that day counts."""
    found: list[tuple[Visit, Effect]] = []
    for some in in_pages(visits):
        lines = _read_lines(some)
        for visit in some:
            effect = price_effect(visit, lines.get(visit.purchase_id), counter, day=day_of(visit))
            if effect is not None:
                found.append((visit, effect))
    return found


def _read_lines(visits: Sequence[Visit]) -> dict[uuid.UUID | None, list[BasketLine]]:
    asked = {"members": [one.member_id for one in visits], "purchases": [one.purchase_id for one in visits]}
    lines: dict[uuid.UUID | None, list[BasketLine]] = defaultdict(list)
    for purchase_id, *content in db.send_statement(queries.LINES, asked):
        lines[purchase_id].append(BasketLine(*content))
    return lines


def price_effect(visit: Visit, lines: Sequence[BasketLine] | None, counter: Counter, *, day: date) -> Effect | None:
    """What the offer would have done to one basket; None for nothing."""
    if not lines:
        return None
    basket = Basket(counter.currency, visit.at, tuple(lines), store_id=visit.store_id)
    most_off = price_caps.most_off_lines(lines, paths=counter.capped, countries=counter.countries, day=day)
    done = stacking.stack_incentives(basket, [counter.incentive], most_off=most_off).steps
    if not done:
        return None
    [step] = done
    worth = counter.incentive.worth
    given_minor = worth.of(step.points) if worth is not None else 0
    return Effect(step.taken_minor, step.points, given_minor, step.capped)
