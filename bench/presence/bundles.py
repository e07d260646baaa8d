"""`python -m bench.presence.bundles`: bundles beside a request that does nothing.

In one run, taking turns, over HTTP with kept connections:
  livez     a request of the application that does nothing
  had       a bundle for who has it already (304)
  packed    the same bundle whole, as it lies compressed in memory
  made      how long it takes to make one, by the statement and by its writing, in this process

`had_over_livez` is how many answers of 304 are given for one of `livez`, by the processor time of the server, since a
machine that is shared changes its pace. Works on the database that
`make bench-nearby ARGS=--keep` left, or builds a small one.
"""

import argparse
import re
import statistics
import subprocess
import time
import urllib.request
from typing import Any, NamedTuple
from urllib.error import HTTPError

from app import factory
from app.config import Config
from bench import machine, nearby, processor, world
from bench.deciding import NAME, SMALL
from bench.machine import say
from geo.private.cells import COARSEST, FINEST, cell_at
from geo.private.errors import CellTooFull, CellTooSparse
from offers.bundles import shelf
from offers.bundles.shelf import Bundle

CONNECTIONS = 8
TRIED = 40
URL = f"http://127.0.0.1:{nearby.OURS}"
COUNT, RATE = re.compile(r"(\d+) requests in"), re.compile(r"Requests/sec:\s+([\d.]+)")


class _Paced(NamedTuple):
    processor_ms: float
    rate: float


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
    found: dict[str, list[_Paced]] = {name: [] for name in kinds}
    with nearby._served(server) as pid:
        assert _status(path, bundle.tag) == 304
        for address, headers in kinds.values():  # each process makes it once, before anything is measured
            _pace(pid, address, headers, seconds=2)
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for name, (address, headers) in kinds.items():
                found[name].append(_pace(pid, address, headers, seconds=seconds))
    costs = {name: [one.processor_ms for one in paces] for name, paces in found.items()}
    ratios = {
        f"{name}_over_livez": statistics.median(b / a for a, b in zip(costs[name], costs["livez"], strict=True))
        for name in ("had", "packed")
    }
    return ratios, {
        "processor_ms": {name: round(statistics.median(each), 3) for name, each in costs.items()},
        "per_second": {name: round(statistics.median(one.rate for one in paces)) for name, paces in found.items()},
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


def _pace(pid: int, path: str, headers: list[str], *, seconds: int) -> _Paced:
    """What answers cost the processes of a server, and how many came per second."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", *headers, URL + path]
    before = processor.seconds_of(pid)
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = processor.seconds_of(pid) - before
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    return _Paced(spent / int(COUNT.findall(told)[0]) * 1000, float(RATE.findall(told)[0]))


if __name__ == "__main__":
    main()
