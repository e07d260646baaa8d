"""A kind of benefit that the house does not have: the articles for a fixed price."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.languages import Text
from offers.benefits.basket_part import BasketPart, TakenOff, take_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.registry import KINDS
from offers.benefits.wire import BilingualField, WholeField, declare_field

MENU: dict[str, Any] = {"kind": "lunch_price", "price_minor": 600, "menu": {"fr": "Le midi", "en": "Lunch"}}


@dataclass(frozen=True)
class LunchPrice(Benefit):
    """The articles for so much, whatever they cost."""

    code = "lunch_price"
    reduces = True
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    price_minor: int = field(metadata=declare_field(WholeField(1, 1_000)))
    menu: Text = field(metadata=declare_field(BilingualField(20)))

    def price_part(self, part: BasketPart) -> TakenOff:
        """What is above the price."""
        wanted = max(sum(part.base.values()) - self.price_minor, 0)
        return TakenOff(wanted, take_amount(wanted, part))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether the price is too far below the one before it, which must be known."""
        return prior_price_minor is None or prior_price_minor - self.price_minor > rule.most_off(prior_price_minor)


class Greedy(LunchPrice):
    """A fixed price that does not ask what may be off."""

    def price_part(self, part: BasketPart) -> TakenOff:
        """Everything that the articles cost."""
        return TakenOff(sum(part.base.values()), part.base)


@contextmanager
def registered(kind: type[Benefit]) -> Iterator[None]:
    """A house that has this kind too, for a while."""
    assert kind.code not in KINDS
    KINDS[kind.code] = kind
    try:
        yield
    finally:
        del KINDS[kind.code]
