"""How a server is, and how an attack on it went: what must hold during it, and what must be again after it."""

from dataclasses import dataclass, field
from typing import Any

from tests.siege.probes import LIVE_S, READ_S, Probes


@dataclass(frozen=True)
class State:
    """What must be the same before an attack and after it."""

    workers: list[int]
    memory_mb: float
    metrics_bytes: int
    metrics_readable: bool
    idle_in_transaction: int
    ready: bool


@dataclass
class Account:
    """How one attack went: what was answered before and during it, what it saw itself, and what it left behind."""

    before: State
    calm: Probes
    during: Probes = field(default_factory=Probes)
    idle_during: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    peak_mb: float = 0.0
    after: State | None = None

    def require_alive(self) -> None:
        """`/livez` answered as soon as is promised."""
        assert self.during.statuses("live") == {200}, self.during.counts("live")
        self.during.require("live", LIVE_S, calm=self.calm)

    def require_served(self) -> None:
        """Members were answered as soon as is promised."""
        assert self.during.statuses("read") == {200}, self.during.counts("read")
        self.during.require("read", READ_S, calm=self.calm)

    def require_as_before(self, *, workers: bool = True) -> None:
        """Ready, nothing idle in a transaction, no more memory, metrics as small, the processes of before."""
        before, after = self.before, self.after
        assert after is not None
        assert after.ready, "not ready"
        assert after.metrics_readable, "the metrics cannot be read"
        assert after.idle_in_transaction == 0, after.idle_in_transaction
        assert after.memory_mb <= 1.5 * before.memory_mb + 64, (before.memory_mb, after.memory_mb)
        assert after.metrics_bytes <= 2 * before.metrics_bytes + 200_000, (before.metrics_bytes, after.metrics_bytes)
        assert after.workers == before.workers or not workers, (before.workers, after.workers)
