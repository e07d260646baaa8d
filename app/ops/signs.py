"""What an operator must know besides "it answers": gates keep traffic away, alarms only say that something is late.

A room watches by `WATCHES` in its `jobs.py`: names and functions that take `now` and return a `Sign`. `app.factory`
finds them there at the start; `/readyz` looks at all of them and `/metrics` keeps what was seen last.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

OK = "ok"


class Sign(NamedTuple):
    """What was seen. `value` is for the gauge (a count or a delay in seconds; 0 when all is well)."""

    detail: str = OK
    """`ok`, or what is wrong, without personal data."""
    value: float = 0.0
    gate: bool = False
    """Whether traffic must stay away as long as the detail is not `ok`."""
    parts: Mapping[str, float] = {}
    """What the gauge tells of each part by its name, when there is more than one thing behind this sign."""


Watch = Callable[[datetime], Sign]

WATCHES: dict[str, Watch] = {}


def read_signs(*, now: datetime) -> Mapping[str, Sign]:
    """Look at everything that is watched. The caller acts as the system; no watch writes."""
    return {name: watch(now) for name, watch in WATCHES.items()}
