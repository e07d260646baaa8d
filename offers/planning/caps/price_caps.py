"""How much may be off an article, by law: a dated table, and what it says of an offer. Pure.

Law 2025-337 of 14 April 2025 (article 125 of law 2020-1525): all advantages of an article together, given at once or
later, whoever pays for them. What a brand sells as food and as everyday goods is the brand's to say (`CappedCategory`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from offers.benefits.kinds import Benefit
from wallet.purchases.basket import BasketLine, Products, is_within


class Goods(StrEnum):
    """What the law caps."""

    FOOD = "food"  # and pet food
    EVERYDAY = "everyday"  # other goods of everyday consumption: hygiene, cleaning


@dataclass(frozen=True, slots=True)
class Cap:
    """`share_bp` is in hundredths of a percent of the price; the first and the last day are included."""

    country: str
    goods: Goods
    share_bp: int
    since: date
    until: date
    law: str

    def most_off(self, price_minor: int) -> int:
        """What may be off a price, rounded down."""
        return price_minor * self.share_bp // 10_000


LAW = "2020-1525, art. 125 (2025-337)"
CAPS = (
    Cap("FR", Goods.FOOD, 3400, date(2025, 4, 16), date(2028, 4, 15), LAW),
    Cap("FR", Goods.EVERYDAY, 4000, date(2025, 4, 16), date(2028, 4, 15), LAW),
)
"""One line for each rule and its time. A rule that changes gets a new line; old baskets keep the old one."""


def cap_for(goods: Goods, *, countries: Collection[str], day: date) -> Cap | None:
    """The rule for these goods on a day, for a brand of these countries."""
    standing = (cap for cap in CAPS if cap.goods == goods and cap.since <= day <= cap.until)
    return next((cap for cap in standing if cap.country in countries), None)


def most_off_lines(
    lines: Sequence[BasketLine], *, paths: Mapping[str, Goods], countries: Collection[str], day: date
) -> dict[int, int]:
    """What may be off each line that a law is about, by its position."""
    found: dict[int, int] = {}
    for line in lines if paths else ():
        goods = goods_in(line.category, paths)
        cap = cap_for(goods, countries=countries, day=day) if goods else None
        if cap is not None:
            found[line.position] = cap.most_off(line.gross_minor)
    return found


def goods_in(category: str, paths: Mapping[str, Goods]) -> Goods | None:
    """What a category is, by the longest of the brand's paths that it is within."""
    known = [path for path in paths if category and is_within(category, path)]
    return paths[max(known, key=len)] if known else None


def goods_among(products: Products, paths: Mapping[str, Goods]) -> set[Goods]:
    """What may be among these articles. Articles named by number only are known at the till."""
    if products.categories:
        named = [(path, goods) for path, goods in paths.items() for one in products.categories if _meet(one, path)]
    else:
        named = list(paths.items()) if products.names_all else []
    return {goods for path, goods in named if not any(is_within(path, out) for out in products.but_not)}


def broken_cap(
    benefit: Benefit,
    products: Products,
    *,
    prior_price_minor: int | None,
    paths: Mapping[str, Goods],
    countries: Collection[str],
    first: date,
    last: date,
) -> Cap | None:
    """The rule that a benefit by itself breaks on some day of its window; None when no rule is known to be broken.

    Every kind of benefit says by itself what it breaks. An amount is compared with the price before it, where that is
    known.
    """
    found = [
        cap
        for cap in CAPS
        if cap.goods in goods_among(products, paths)
        and cap.country in countries
        and cap.since <= last
        and first <= cap.until
    ]
    lowest_first = sorted(found, key=lambda cap: cap.share_bp)
    return next((cap for cap in lowest_first if benefit.breaks_cap(cap, prior_price_minor=prior_price_minor)), None)


def _meet(one: str, other: str) -> bool:
    return is_within(one, other) or is_within(other, one)
