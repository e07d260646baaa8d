"""What the budgets in force let a sale cost, and whether that is enough. Pure."""

import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.languages import Moment
from offers.planning.spending.errors import BudgetSpent
from offers.planning.spending.periods import BudgetPeriod, end_of_period
from offers.planning.spending.slots import Charge, GroupKey


class Allotment(NamedTuple):
    """A budget at the store and in the period of a sale, with what it has left for it; of one offer, or of all."""

    key: GroupKey
    offer_id: uuid.UUID | None
    period: BudgetPeriod
    currency: str
    left_minor: int

    def bears(self, cost: "Cost") -> bool:
        """Whether it pays for this."""
        return self.offer_id is None or self.offer_id == cost.offer_id

    def refusal(self, time_zone: str) -> BudgetSpent:
        """That it has too little left, and when it is whole again."""
        again_at = end_of_period(self.period, self.key.since, time_zone=time_zone)
        return BudgetSpent(again_at=Moment(again_at, time_zone) if again_at else None)


class Cost(NamedTuple):
    """What the use of a coupon costs the brand: what is off each line, by its position, and what the points that it
    gives are worth."""

    offer_id: uuid.UUID
    lines: Mapping[int, int]
    points_minor: int

    @property
    def amount_minor(self) -> int:
        return sum(self.lines.values()) + self.points_minor


def charges_of(costs: Mapping[str, Cost], allotments: Sequence[Allotment]) -> list[Charge]:
    """What each of the budgets has to bear of these costs; those that bear nothing are left out."""
    sums = {one.key: sum(cost.amount_minor for cost in costs.values() if one.bears(cost)) for one in allotments}
    return [Charge(key, amount) for key, amount in sums.items() if amount]


def find_short(costs: Mapping[str, Cost], allotments: Sequence[Allotment]) -> tuple[str, Allotment] | None:
    """The first of these costs (in their order) for which a budget has too little left beside those before it."""
    left = {one.key: one.left_minor for one in allotments}
    for key, cost in costs.items():
        for one in allotments:
            if cost.amount_minor and one.bears(cost):
                left[one.key] -= cost.amount_minor
                if left[one.key] < 0:
                    return key, one
    return None
