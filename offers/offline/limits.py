"""What tills may do without a network, as values: what, how much of it, and how fresh a till must be. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

HOUR_S = 3600


class OfflineLimits(NamedTuple):
    """What a till may do without a network. The defaults are the house's, for a brand that says nothing.

    Points are of any currency; `minor` is money in minor units of the brand's currency. A use is one scan or sale.
    """

    may_earn: bool = True
    may_burn: bool = True
    may_redeem: bool = True
    """Coupons: those that are leased to the till, or shown as signed vouchers."""
    points_per_use: int = 500
    points_per_terminal: int = 2_000
    minor_per_use: int = 2_000
    minor_per_terminal: int = 10_000
    coupons_per_terminal: int = 20
    """With those before, of all uses since the till last read a snapshot, but for what is leased. A coupon counts
    besides its money, which nobody knows of an article for free."""
    snapshot_age_s: int = 24 * HOUR_S
    clock_drift_s: int = 300

    @property
    def points_at_risk(self) -> int:
        """How many points one terminal can lose until it is back."""
        return self.points_per_terminal if self.may_burn and self.points_per_use else 0

    @property
    def coupons_at_risk(self) -> int:
        """How many coupons one terminal can take that were used elsewhere, until it is back."""
        return self.coupons_per_terminal if self.may_redeem else 0

    @property
    def minor_at_risk(self) -> int:
        """How much money one terminal can lose until it is back."""
        return self.minor_per_terminal if self.coupons_at_risk and self.minor_per_use else 0


BOUNDS: Mapping[str, tuple[int, int]] = {
    "points_per_use": (0, 1_000_000),
    "points_per_terminal": (0, 100_000_000),
    "minor_per_use": (0, 1_000_000),
    "minor_per_terminal": (0, 100_000_000),
    "coupons_per_terminal": (0, 10_000),
    "snapshot_age_s": (300, 7 * 24 * HOUR_S),
    "clock_drift_s": (5, 6 * HOUR_S),
}
"""The least and the most that can be said."""


def lay_over(limits: OfflineLimits, said: Mapping[str, Any]) -> OfflineLimits:
    """These limits, with what somebody nearer to the till says instead. A release that knows more may have said it."""
    return limits._replace(**{name: value for name, value in said.items() if name in OfflineLimits._fields})
