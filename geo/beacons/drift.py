"""What the clock of a beacon shows when ours shows an instant, and what one heard id teaches about it. Pure.

A beacon's clock drifts by up to 150 ppm (Eddystone-EID), 13 seconds a day; it keeps its reading once a day, so after a
change of battery it may be a day behind.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

WORST_PPM = 150
MOST_SLACK_S = 3_600.0
"""Never more than an hour is forgiven: the wide search finds a clock that is further off."""
PERIODS_EITHER_WAY = 2
NOISE_S = 5.0
"""Clocks of phones differ from ours by seconds: less than this teaches nothing."""
STEADY = timedelta(hours=12)
"""Before, an error is too small beside the noise to say how fast a clock is; then half of it is believed."""
RENEWED = timedelta(days=7)
"""How long a clock that was never found wrong keeps its age: an error must grow to be seen."""


class Ticking(NamedTuple):
    """A clock that showed `clock_s` at `set_at` and runs faster than ours by `drift_ppm`; ids change each
    2^`exponent` seconds of it."""

    exponent: int
    clock_s: float
    set_at: datetime
    drift_ppm: float = 0.0

    @property
    def period_s(self) -> int:
        """How long an id lasts, by the beacon's clock."""
        return 1 << self.exponent

    def reading(self, at: datetime) -> float:
        """What it shows at this instant of ours."""
        return self.clock_s + (at - self.set_at).total_seconds() * self._pace

    def instant(self, clock_s: float) -> datetime:
        """When it shows this."""
        return self.set_at + timedelta(seconds=(clock_s - self.clock_s) / self._pace)

    def slack_s(self, at: datetime) -> float:
        """How far off it may be: two periods, or what the worst drift comes to since it was set."""
        drifted = abs((at - self.set_at).total_seconds()) * WORST_PPM / 1e6
        return max(PERIODS_EITHER_WAY * self.period_s, min(drifted, MOST_SLACK_S))

    def periods(self, first: datetime, last: datetime) -> range:
        """The periods of which an id may be heard from `first` to `last`; none from before the clock began."""
        slack_s = timedelta(seconds=self.slack_s(last))
        return range(
            max(0, int(self.reading(first - slack_s) // self.period_s)),
            max(0, int(self.reading(last + slack_s) // self.period_s)) + 1,
        )

    def set_by(self, *, starts_at: datetime, ends_at: datetime, first: datetime, last: datetime) -> "Ticking":
        """This clock once an id, which it expects from `starts_at` to `ends_at`, was heard between `first` and `last`.

        Within what it expects, it is right. Beyond, it is moved by the least that explains what was heard, but never by
        more than such a clock can have drifted since it was set: whoever sends an old id again moves it no further
        than it may go by itself.
        """
        early, late = (starts_at - last).total_seconds(), (first - ends_at).total_seconds()
        error_s = early if early > NOISE_S else -late if late > NOISE_S else 0.0
        elapsed = last - self.set_at
        if not error_s and elapsed < RENEWED:
            return self
        elapsed_s = max(0.0, elapsed.total_seconds())
        most_s = elapsed_s * WORST_PPM / 1e6 + NOISE_S
        error_s = max(-most_s, min(most_s, error_s))
        drift_ppm = self.drift_ppm
        if elapsed >= STEADY:
            drift_ppm = max(-WORST_PPM, min(WORST_PPM, drift_ppm + error_s / elapsed_s * 1e6 / 2))
        return Ticking(self.exponent, self.reading(last) + error_s, last, drift_ppm)

    @property
    def _pace(self) -> float:
        return 1 + self.drift_ppm / 1e6


def agreed_offset(offsets: Iterable[tuple[int, float]], *, period_s: int) -> float | None:
    """By how many seconds a clock is off, as ids of at least two of its periods agree; None if no two do.

    `offsets` are (period, seconds off). One id alone may be an old one that somebody recorded and sends again; as it
    stays the same while time goes on, it agrees with no other.
    """
    known = sorted(offsets, key=lambda one: one[1])
    return next((two[1] for one, two in pairwise(known) if one[0] != two[0] and two[1] - one[1] <= period_s), None)
