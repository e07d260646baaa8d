"""`make bench-ledger`: what the ledger of points and the record of purchases cost, each against the machine's limit.

  earning_http_over_sql   credits per second over HTTP over those of pgbench, which writes the same rows by bare SQL
  import_over_copy        purchase lines per second of `ici import-purchases` over a bare COPY of the same file
  balance_long_over_short reading the balance of a member with 10,000 entries over that of one with 10
The last line also says how many purchases per second a programme counts, and how many lots per second expire. At the
end every ledger is proved.
"""

import argparse
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.sql import db
from bench import baskets, machine, purse
from bench.machine import say
from wallet.ledger import settlement
from wallet.points import statements

PORT = 18417
A_YEAR_AGO = timedelta(days=365)
PARTS = ("balance", "earning", "purchases", "expiry")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000, help="purchase lines to import")
    parser.add_argument("--lots", type=int, default=1_000_000, help="lots that expire")
    parser.add_argument("--entries", type=int, default=10_000, help="entries of the long ledger")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some parts of it")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        ratios, figures = _measure(server, asked)
    finally:
        server.drop_database(purse.NAME)
        server.stop()
    machine.result(ratios, figures | {"sizes": vars(asked)})


def _measure(server: Any, asked: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    brand = purse.begin(server)
    ratios: dict[str, float] = {}
    figures: dict[str, Any] = {}
    if "balance" in asked.only:
        short, long = _balances(brand, asked)
        ratios["balance_long_over_short"] = long / short
        figures["balance_ms"] = {"short": round(short, 3), "long": round(long, 3)}
    if "earning" in asked.only:
        figures["earning"] = found = _earning(server, brand, asked)
        ratios["earning_http_over_sql"] = found["http"]["rps"] / found["sql"]["tps"]
    if "purchases" in asked.only:
        figures["purchases"] = taken = baskets.measure(server, brand, lines=asked.lines)
        ratios["import_over_copy"] = taken["import_lines_per_s"] / taken["copy_lines_per_s"]
    if "expiry" in asked.only:
        figures["expiry"] = _expiry(brand, asked.lots)
    return ratios, figures | {"proved": purse.prove(brand)}


def _balances(brand: purse.Brand, asked: argparse.Namespace) -> tuple[float, float]:
    """Milliseconds of a reading, the median of many, turn by turn."""
    say(f"two ledgers, of 10 and of {asked.entries:,} entries")
    (short,), (long,) = (
        purse.with_lots(brand, members=1, lots=10),
        purse.with_lots(brand, members=1, lots=asked.entries),
    )
    took: dict[uuid.UUID, list[float]] = {short: [], long: []}
    for number in range(600):
        for member_id in (short, long):
            began = time.perf_counter()
            with db.system_transaction():
                found = statements.read_balance(
                    member_id=member_id, currency_id=brand.currency_id, now=datetime.now(UTC)
                )
            if number >= 100:
                took[member_id].append((time.perf_counter() - began) * 1000)
        assert found.book.available == asked.entries
    return statistics.median(took[short]), statistics.median(took[long])


def _earning(server: Any, brand: purse.Brand, asked: argparse.Namespace) -> dict[str, dict[str, float]]:
    """The same credit, by an admin of the brand over HTTP, and by pgbench; the median of rounds, turn by turn."""
    requests, script = purse.requests(brand), purse.script(brand)
    rounds: dict[str, list[dict[str, float]]] = {"http": [], "sql": []}
    with purse.served(server, PORT, threads=asked.clients // 2):
        for number in range(asked.rounds):
            say(f"earning, round {number + 1} of {asked.rounds}")
            rounds["http"].append(machine.quietly(lambda: _over_http(brand, requests, asked)))
            rounds["sql"].append(machine.quietly(lambda: _in_sql(server, script, asked)))
    return {
        kind: {key: statistics.median(one[key] for one in found) for key in found[0]} for kind, found in rounds.items()
    }


def _over_http(brand: purse.Brand, requests: Path, asked: argparse.Namespace) -> dict[str, float]:
    return machine.wrk(
        url=f"http://127.0.0.1:{PORT}",
        requests=requests,
        path=f"/v1/points-currencies/{brand.currency_id}/adjustments",
        connections=asked.clients,
        seconds=asked.seconds,
        keyed=True,
    )


def _in_sql(server: Any, script: str, asked: argparse.Namespace) -> dict[str, float]:
    url = server.url("app", purse.NAME)
    return machine.pgbench(script, url=url, name="ledger", clients=asked.clients, seconds=asked.seconds)


def _expiry(brand: purse.Brand, lots: int) -> dict[str, float]:
    """Lots that are all over by now: the job writes an entry for each."""
    say(f"{lots:,} lots are made")
    then = datetime.now(UTC) - A_YEAR_AGO
    made = purse.with_lots(brand, members=max(lots // 10, 1), lots=10, earned_at=then, lasts="1M")
    say("they expire")
    took = _seconds(lambda: _settle(datetime.now(UTC)))
    return {"lots": len(made) * 10, "seconds": round(took, 1), "lots_per_s": round(len(made) * 10 / took)}


def _settle(now: datetime) -> None:
    settled, some, said = 0, settlement.BATCH, time.monotonic()
    while some == settlement.BATCH:
        with db.system_transaction():
            some = settlement.settle_some(now=now)
        settled += some
        if time.monotonic() - said > 5:
            said = time.monotonic()
            say(f"{settled:,} balances settled")


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
