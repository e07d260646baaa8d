"""`make bench-passes`: passes signed, told of, changed all at once, verified and taken offline, one after the other.

Each part is a module of this package with a database of its own in one cluster, and runs alone as well, by
`python -m bench.passes.NAME`; it says there what it measures. `--only NAME` leaves out the others.
"""

import argparse
import importlib
from typing import Any

from bench import machine
from bench.machine import say

PARTS = ("signing", "web_service", "season", "offline", "batches")
LEAST = {"signing.plain_over_sign": 0.5, "signing.drawn_over_sign": 0.5}
"""The least that is asked for, of what has a least."""
MOST = {"web_service.list_over_livez": 5.0, "web_service.fetch_over_livez": 5.0}
"""The most that is allowed, of what has a most."""


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
            part = importlib.import_module(f"bench.passes.{name}")
            found, figures[name] = part.measure(server, rounds=asked.rounds)
            ratios |= {f"{name}.{ratio}": value for ratio, value in found.items()}
    finally:
        server.destroy()
    machine.result(ratios, figures)
    for name in (LEAST | MOST).keys() & ratios.keys():
        words, bound = ("at least", LEAST[name]) if name in LEAST else ("at most", MOST[name])
        is_met = ratios[name] >= bound if name in LEAST else ratios[name] <= bound
        print(f"{name:36}{ratios[name]:7.2f}  asked: {words} {bound}  {'met' if is_met else 'NOT MET'}")


if __name__ == "__main__":
    main()
