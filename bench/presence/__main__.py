"""`make bench-presence`: fences, nearest places, beacons, sightings, their answers and bundles, one after the other.

Each part is a module of this package with databases of its own in one cluster, and runs alone as well, by
`python -m bench.presence.NAME`; it says there what it measures. `--only NAME` leaves out the others.
"""

import argparse
import importlib
from typing import Any

from bench import machine, nearby, world
from bench.deciding import NAME, SMALL
from bench.machine import say

PARTS = ("fences", "nearest", "resolution", "sightings", "answers", "bundles")
ASKED = {
    "sightings.served_over_sql_50": 0.35,
    "answers.sighting_over_nearby": 0.5,
    "bundles.had_over_livez": 0.7,
}
"""The least that is asked for, of what has a least."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds of each part; medians are reported")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; may be said again")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    ratios: dict[str, float] = {}
    figures: dict[str, Any] = {}
    try:
        for name in asked.only or PARTS:
            say(f"part {name}")
            found, said = _measure(server, name, rounds=asked.rounds)
            ratios |= {f"{name}.{ratio}": value for ratio, value in found.items()}
            figures[name] = said
    finally:
        server.destroy()
    machine.result(ratios, figures)
    for ratio, least in ASKED.items():
        if ratio in ratios:
            met = "met" if ratios[ratio] >= least else "NOT MET"
            print(f"{ratio:32}{ratios[ratio]:7.2f}  asked: at least {least}  {met}")


def _measure(server: Any, name: str, *, rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios and figures of one part."""
    part = importlib.import_module(f"bench.presence.{name}")
    if name != "bundles":
        return part.measure(server, rounds=rounds)  # type: ignore[no-any-return]
    if not server.database_exists(NAME):
        nearby.database(server, NAME, world.Size(SMALL.stores, SMALL.offers, SMALL.members), SMALL)  # type: ignore[arg-type]
    return part.measure(server, rounds=rounds, seconds=3)  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
