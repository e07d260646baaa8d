"""A percentage that grows by thresholds: ten percent from three units on, twenty from six on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.percentages.percent_off import PercentOff
from offers.benefits.steps import COUNTED, are_rising, reached_step
from offers.benefits.wire import ChoiceField, StepsField, Threshold, declare_field


@dataclass(frozen=True)
class SteppedPercent(Benefit):
    """The percentage of the highest step that the articles reach. Amounts that count are in the brand's currency.

    No reduction of a price that states the one before: what one gets for buying more is none (guidance 2021/C 526/02
    on article 6a of directive 98/6/EC, tied offers).
    """

    code = "stepped_percent"
    reduces = False
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None

    counted: str = field(metadata=declare_field(ChoiceField(COUNTED)))
    percent_steps: Sequence[Threshold] = field(metadata=declare_field(StepsField("percent", 100)))

    @property
    def fault(self) -> str | None:
        """The value that does not go with the others: steps rise."""
        return None if are_rising(self.percent_steps) else "percent_steps"

    def price_part(self, part: BasketPart) -> TakenOff:
        """The percentage of the step, as one without steps."""
        reached = reached_step(self.percent_steps, part, counted=self.counted)
        return TakenOff(0, {}) if reached is None else PercentOff(reached).price_part(part)

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether the highest percentage is above the share that may be off."""
        return max(step.gives for step in self.percent_steps) * 100 > rule.share_bp
