"""Which sinks do what they must: what waits for their word, what is late, how long they took at worst."""

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app import db
from app.events import queries
from app.events.models import Sink
from app.watching import OK, Sign

RECENT = timedelta(days=30)


class Standing(NamedTuple):
    """A sink and its last 30 days. `slowest_s` is null when it confirmed nothing, `oldest_s` when nothing waits."""

    sink: Sink
    brand: str
    waiting: int = 0
    late: int = 0
    oldest_s: float | None = None
    slowest_s: float | None = None


def standings(*, now: datetime, brand_id: uuid.UUID | None = None) -> list[Standing]:
    """The sinks of a brand, or of all brands."""
    sinks = db.rows(queries.sinks(brand_id))
    counted = {
        sink_id: (waiting, late, _seconds(oldest), _seconds(slowest))
        for sink_id, waiting, late, oldest, slowest in db.rows(
            queries.standing_of_sinks(now=now, since=now - RECENT, sink_ids=[sink.id for sink, _ in sinks])
        )
    }
    return [Standing(sink, brand, *counted.get(sink.id, ())) for sink, brand in sinks]


def watch_sinks(now: datetime) -> Sign:
    """The alarm of late sinks. The gauge counts late notices; for each sink it tells how long the oldest one waits."""
    every = standings(now=now)
    late = {f"{each.brand}/{each.sink.code}": each.late for each in every if each.late}
    return Sign(
        detail="late: " + ", ".join(f"{name} ({count})" for name, count in late.items()) if late else OK,
        value=float(sum(late.values())),
        parts={f"{each.brand}/{each.sink.code}": each.oldest_s or 0.0 for each in every},
    )


def _seconds(measured: Any) -> float | None:
    return None if measured is None else round(float(measured), 3)
