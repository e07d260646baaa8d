"""One part of the bench of here, run alone."""

import argparse
from collections.abc import Callable
from typing import Any

from bench import machine


def run_part(measure: Callable[..., tuple[dict[str, float], dict[str, Any]]], *, about: str | None) -> None:
    """Measure one part in a cluster of its own and print its ratios; `about` is what `--help` says."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keep", action="store_true", help="keep what was built")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        ratios, figures = measure(server, rounds=asked.rounds)
    finally:
        if asked.keep:
            server.stop()
        else:
            server.destroy()
    machine.result(ratios, figures)
