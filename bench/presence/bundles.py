"""`python -m bench.presence.bundles`: bundles beside a request that does nothing.

In one run, taking turns, over HTTP with kept connections:
  livez     a request of the application that does nothing
  had       a bundle for who has it already (304)
  packed    the same bundle whole, as it lies compressed in memory
  made      how long it takes to make one, by the statement and by its writing, in this process

`had_over_livez` is how many answers of 304 are given for one of `livez`. Works on the database that
`make bench-nearby ARGS=--keep` left, or builds a small one.
"""

import argparse
import re
import statistics
import subprocess
import time
import urllib.request
from typing import Any
from urllib.error import HTTPError

from app import factory
from app.config import Config
from bench import machine, nearby, world
from bench.deciding import NAME, SMALL
from bench.machine import say
from geo.private.cells import COARSEST, FINEST, cell_at
from geo.private.errors import CellTooFull, CellTooSparse
from offers.bundles import shelf
from offers.bundles.shelf import Bundle

CONNECTIONS = 8
TRIED = 40
URL = f"http://127.0.0.1:{nearby.OURS}"
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="length of each measurement")
    parser.add_argument("--keep", action="store_true", help="keep the database")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        if not server.database_exists(NAME):
            nearby.database(server, NAME, world.Size(SMALL.stores, SMALL.offers, SMALL.members), SMALL)  # type: ignore[arg-type]
        ratios, figures = measure(server, rounds=asked.rounds, seconds=asked.seconds)
    finally:
        if asked.keep:
            server.stop()
        else:
            server.destroy()
    machine.result(ratios, figures)


def measure(server: Any, *, rounds: int, seconds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios of bundles, and the figures behind them, in the database of the bench."""
    cell, bundle, made_ms = _fullest(server)
    path = f"/v1/bundles/cells/{cell}"
    had = ["-H", f'If-None-Match: "{bundle.tag}"']
    kinds = {
        "livez": ("/livez?application", []),
        "had": (path, had),
        "packed": (path, ["-H", "Accept-Encoding: gzip"]),
    }
    found: dict[str, list[float]] = {name: [] for name in kinds}
    with nearby._served(server):
        assert _status(path, bundle.tag) == 304  # each process makes it once, before anything is measured
        for address, headers in kinds.values():
            _rate(address, headers, seconds=2)
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for name, (address, headers) in kinds.items():
                found[name].append(_rate(address, headers, seconds=seconds))
    ratios = {
        f"{name}_over_livez": statistics.median(a / b for a, b in zip(found[name], found["livez"], strict=True))
        for name in ("had", "packed")
    }
    return ratios, {
        "per_second": {name: round(statistics.median(rates)) for name, rates in found.items()},
        "bytes": {"plain": len(bundle.body), "packed": len(bundle.packed)},
        "made_ms": round(made_ms, 1),
    }


def _fullest(server: Any) -> tuple[str, Bundle, float]:
    """The largest bundle around some of those who walk: its cell, itself, and how long it took to make."""
    factory.create_app(
        Config(
            environment="test", database_url=server.url("app", NAME), owner_database_url=None, secret=nearby.SECRET,
            var=nearby.FOLDER, mail="development", sms="development", public_url="http://localhost",
        )
    )  # fmt: skip
    with nearby._superuser(server, NAME) as connection:
        walkers = connection.execute("SELECT lat, lon FROM walker ORDER BY n LIMIT %s", (TRIED,)).fetchall()
    made: list[tuple[str, Bundle, float]] = []
    for lat, lon in walkers:
        for resolution in range(FINEST, COARSEST - 1, -1):
            cell, started = cell_at(lat, lon, resolution), time.perf_counter()
            try:
                made.append((cell, shelf.cell_bundle(cell), (time.perf_counter() - started) * 1000))
                break
            except (CellTooSparse, CellTooFull):
                continue
    return max(made, key=lambda one: len(one[1].body))


def _status(path: str, tag: str) -> int:
    try:
        asked = urllib.request.Request(URL + path, headers={"If-None-Match": f'"{tag}"'})
        return int(urllib.request.urlopen(asked, timeout=60).status)
    except HTTPError as error:
        return error.code


def _rate(path: str, headers: list[str], *, seconds: int) -> float:
    """Answers per second."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", *headers, URL + path]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    return float(RATE.findall(told)[0])


if __name__ == "__main__":
    main()
