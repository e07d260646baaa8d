"""What one request of each kind says to the database: statements, and trips, which are how often it waits.

Counted on the wire between a server of one process and one thread and PostgreSQL, one request at a time.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bench.clients import Ask, Told, ask_once, drive_clients
from bench.machine import say
from bench.wire import Heard, Wire

WARM, COUNTED = 8, 9
"""So many requests before it counts (a driver prepares what it has sent five times), and so many that count."""
SETTLED_S = 0.02

Kind = Callable[[], Iterator[Ask]]


class Ear:
    """A wire to the database that a server is started with, and what it hears of each kind of request."""

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        self._folder = tempfile.TemporaryDirectory(prefix="ici-wire-")
        to = Path(str(parts.query["host"])) / f".s.PGSQL.{parts.query.get('port', '5432')}"
        self._wire = Wire(Path(self._folder.name), to=to)
        self.url = parts.update_query_dict({"host": self._folder.name}).render_as_string(hide_password=False)

    def close(self) -> None:
        """Take no more connections."""
        self._wire.close()
        self._folder.cleanup()

    def count_each(self, port: int, kinds: Mapping[str, Kind], kept: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Statements, trips and the statements themselves of each kind, by its name; `kept` gets the answers."""
        return {name: self._count(port, name, kind, kept.get(name)) for name, kind in kinds.items()}

    def _count(self, port: int, name: str, kind: Kind, kept: Any) -> dict[str, Any]:
        asks = kind()
        first = [_take(asks, name) for _ in range(WARM)]
        answered = drive_clients(port, iter(first), clients=1, seconds=60, keep=True).told
        heard: list[Heard] = []
        for _ in range(COUNTED):
            ask = _take(asks, name)
            self._wire.take_heard()
            answered.append(Told(ask.about, ask_once(port, ask)))
            time.sleep(SETTLED_S)
            heard.append(self._wire.take_heard())
        if kept is not None:
            kept.extend(answered)
        usual = int(statistics.median(len(one.statements) for one in heard))
        counts = sorted({len(one.statements) for one in heard})
        say(f"  {name}: {usual} statements" + (f" (of {counts})" if len(counts) > 1 else ""))
        return {
            "statements": usual,
            "trips": int(statistics.median(one.trips for one in heard)),
            "pings": int(statistics.median(one.pings for one in heard)),
            "texts": next(one.statements for one in heard if len(one.statements) == usual),
        }


def _take(asks: Iterator[Ask], name: str) -> Ask:
    """The next request. Raises `RuntimeError` when a chain that was kept has none left of this kind."""
    ask = next(asks, None)
    if ask is None:
        raise RuntimeError(f"this chain has nothing left to ask of the kind {name}: build it anew, without --keep")
    return ask
