"""An amount off that grows by thresholds: five euros from thirty on, twelve from sixty on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, take_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.steps import COUNTED, UNITS, are_rising, reached_step
from offers.benefits.wire import ChoiceField, CurrencyField, StepsField, Threshold, declare_field


@dataclass(frozen=True)
class SteppedAmount(Benefit):
    """The amount of the highest step that the articles reach, as far as they cost so much.

    No reduction of a price that states the one before: what one gets for buying more is none (guidance 2021/C 526/02
    on article 6a of directive 98/6/EC, tied offers).
    """

    code = "stepped_amount"
    reduces = False
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None

    counted: str = field(metadata=declare_field(ChoiceField(COUNTED)))
    amount_steps: Sequence[Threshold] = field(metadata=declare_field(StepsField("amount_minor", 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    @property
    def fault(self) -> str | None:
        """The value that does not go with the others: steps rise."""
        return None if are_rising(self.amount_steps) else "amount_steps"

    def price_part(self, part: BasketPart) -> TakenOff:
        """The amount of the step."""
        wanted = reached_step(self.amount_steps, part, counted=self.counted) or 0
        return TakenOff(wanted, take_amount(wanted, part))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether some step is more than may be off what it takes to reach it; counted in units, of the price before,
        and where that is not known, the till finds out."""
        for step in self.amount_steps:
            reached = step.at_least if self.counted != UNITS else step.at_least * (prior_price_minor or 0)
            if reached and step.gives > rule.most_off(reached):
                return True
        return False
