"""The order of candidates for members, from purchases alone: for measuring, without a database and without tables.

It is the scoring of the house itself: purchases become tastes by the counts that fade (`decay`), and candidates are
scored by `affinities.affinity_between`. Shapes, units and the rules of time zones are in docs/relevance.md.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from offers.learning import decay
from offers.learning.tastes import tastes
from offers.learning.tastes.affinities import affinity_between, want_articles
from offers.learning.tastes.packed_tastes import open_taste, pack_taste
from offers.learning.tastes.tastes import Taste
from wallet.purchases.basket import Products

History = Mapping[str, Iterable[Any]]
"""Columns of equal length, one row for each line of a purchase: lists, arrays or a data frame."""


class Shares(NamedTuple):
    """What a brand sold lately: weights of articles and of categories, and that of all articles."""

    articles: Mapping[str, int]
    categories: Mapping[str, int]
    total: int


class LearntTastes(NamedTuple):
    """What purchases say: the taste of each member, what is sold, and the day on which both are read."""

    tastes: Mapping[Hashable, Taste]
    shares: Shares
    on: date


def rank(
    history: History,
    candidates: Mapping[Hashable, str | Iterable[Any]],
    *,
    members: Iterable[Hashable] | None = None,
    on: date | None = None,
    zone: str | None = None,
) -> dict[Hashable, list[float]]:
    """How well each candidate goes with each member: from 0.05 to 1, in the order of the candidates, higher is better.

    `history` has the columns `member`, `basket`, `article`, `category`, and either `day` (of the store's own calendar)
    or `bought_at` (instants), for which `zone` must name the store's time zone. A candidate is a text, the path of a
    category, or some articles: those of a coupon, or a single one. Scores are for `members`, who may be new, or else
    for all of the history, on the day `on`, or else on the day after the last purchase. Nothing of `on` or later may be
    in the history. Raises `ValueError` if something is, or if instants come without a zone.
    """
    learnt = learn_tastes(history, on=on, zone=zone)
    products = [read_candidate(one) for one in candidates.values()]
    asked = [(want_articles(one), min(share_of(one, learnt.shares), 1.0)) for one in products]
    return {
        member: [affinity_between(taste, wanted, share)[0] for wanted, share in asked]
        for member in (learnt.tastes if members is None else members)
        for taste in (open_taste(pack_taste(learnt.tastes.get(member, tastes.NO_TASTE)), learnt.on),)
    }


def learn_tastes(history: History, *, on: date | None = None, zone: str | None = None) -> LearntTastes:
    """The tastes of members, and what everybody bought lately. A purchase counts once for each article, once for each
    category, and once for each part above a category. Raises `ValueError` as `rank` does."""
    days = _days(history, zone)
    read = on or max(days, default=decay.EPOCH) + timedelta(days=1)
    if any(day >= read for day in set(days)):
        raise ValueError(f"the history holds purchases of {read} or later")
    later = _shift(days)
    bought: defaultdict[Hashable, _Bought] = defaultdict(_Bought)
    sold, sold_categories = defaultdict[str, int](int), defaultdict[str, int](int)
    for (member, _, then), articles in _purchases(history, days):
        day = then + later
        bought[member].add(articles, day)
        weight = decay.unit_on(day, decay.POPULARITY)
        for article, category in articles.items():
            sold[article] += weight
            for path in _paths(category):
                sold_categories[path] += weight
    shares = Shares(sold, sold_categories, sum(sold.values()))
    return LearntTastes({member: one.taste() for member, one in bought.items()}, shares, read + later)


def read_candidate(candidate: str | Iterable[Any]) -> Products:
    """The articles of a candidate: of a category, if it is a text, or those that are listed."""
    if isinstance(candidate, str):
        return Products(categories=frozenset({candidate}))
    return Products(skus=frozenset(map(str, _values(candidate))))


def share_of(products: Products, shares: Shares) -> float:
    """The share (0 to 1) of what was sold lately that is of these articles; 0 where nothing was."""
    if not shares.total:
        return 0.0
    keys = tastes.keys_of(products)
    few, many = (keys, shares.articles) if len(keys) <= len(shares.articles) else (shares.articles, keys)
    sold = sum([shares.articles[key] for key in few if key in many])
    return (sold + sum(shares.categories.get(path, 0) for path in products.categories)) / shares.total


class _Bought:
    """The weights of one member, while they are counted."""

    def __init__(self) -> None:
        self.articles, self.categories = defaultdict[str, int](int), defaultdict[str, int](int)
        self.articles_total = self.categories_total = 0

    def add(self, articles: Mapping[str, str], day: date) -> None:
        """One purchase: its articles, each with its category."""
        one, other = decay.unit_on(day, decay.ARTICLE), decay.unit_on(day, decay.CATEGORY)
        for article in articles:
            self.articles[article] += one
        self.articles_total += one * len(articles)
        categories = {category for category in articles.values() if category}
        for path in {path for category in categories for path in _paths(category)}:
            self.categories[path] += other
        self.categories_total += other * len(categories)

    def taste(self) -> Taste:
        return Taste(self.articles, self.categories, self.articles_total, self.categories_total, {}, {})


def _purchases(
    history: History, days: Sequence[date]
) -> Iterator[tuple[tuple[Hashable, Hashable, date], dict[str, str]]]:
    """The articles of each purchase, with their categories."""
    found: defaultdict[tuple[Hashable, Hashable, date], dict[str, str]] = defaultdict(dict)
    columns = [_values(history[name]) for name in ("member", "basket")]
    articles, categories = _values(history["article"]), _values(history["category"])
    for member, basket, day, article, category in zip(*columns, days, articles, categories, strict=True):
        found[member, basket, day][f"sku:{article}"] = category if isinstance(category, str) else ""
    yield from found.items()


def _shift(days: Iterable[date]) -> timedelta:
    """By how much an old history is moved: weights are whole, and too coarse long before `decay.EPOCH`. What two days
    are worth beside each other, and so every score, depends on the time between them alone."""
    return max(decay.EPOCH - min(days, default=decay.EPOCH), timedelta())


def _days(history: History, zone: str | None) -> list[date]:
    """The day of each line in the calendar of its store."""
    if "day" in history:
        return [_day(value) for value in _values(history["day"])]
    if zone is None:
        raise ValueError("instants need the time zone of the store")
    place, instants = ZoneInfo(zone), _values(history["bought_at"])
    days = {value: _instant(value).astimezone(place).date() for value in set(instants)}
    return [days[value] for value in instants]


def _day(value: date | str) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value.date() if isinstance(value, datetime) else value


def _instant(value: datetime) -> datetime:
    """An instant without a zone is in UTC."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _values(column: Iterable[Any]) -> list[Any]:
    """The values of a column, as plain ones where it is an array or the column of a data frame."""
    plain: list[Any] = column.tolist() if hasattr(column, "tolist") else list(column)
    return plain


def _paths(category: str) -> list[str]:
    """A category, and each part above it."""
    parts = category.split("/") if category else []
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
