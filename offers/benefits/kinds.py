"""What every kind of benefit must say of itself. Nothing here has a default: a class that leaves a fact out cannot be
made, so no kind is forgotten by the law, the till or the reader."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar, Protocol, Self

from app.languages import Language, Money, Text
from offers.benefits.basket_part import BasketPart, TakenOff
from offers.benefits.wire import CurrencyField, ProductListField, WireField
from wallet.purchases.basket import Products


class CapRule(Protocol):
    """A rule of law on how much may be off an article, all advantages together."""

    @property
    def share_bp(self) -> int:
        """Hundredths of a percent of the price."""

    def most_off(self, price_minor: int) -> int:
        """What may be off a price."""


class PriceEffect(ABC):
    """What something does to a basket: a benefit, or points that pay."""

    code: ClassVar[str]
    """Its name on the wire and in what is kept."""

    @property
    @abstractmethod
    def fixed_amount(self) -> Money | None:
        """The amount that it promises, whatever is bought."""

    @property
    @abstractmethod
    def money(self) -> str | None:
        """The currency of the amounts that it speaks of, which are never converted; None where it speaks of none."""

    @property
    @abstractmethod
    def gives_points(self) -> bool:
        """Whether what it gives comes later, in points, so that nothing is off now."""

    @property
    @abstractmethod
    def counts_basket(self) -> bool:
        """Whether its minimum counts the whole purchase, and not only the articles that it is about."""

    @property
    @abstractmethod
    def gives_from(self) -> Products | None:
        """The articles of which it gives some, where these are not those that it is about."""

    @property
    @abstractmethod
    def handed_over(self) -> Text | None:
        """What staff hand over."""

    @abstractmethod
    def price_part(self, part: BasketPart) -> TakenOff:
        """What it takes from the lines: of none more than its limit; of points that are given, no more than its cap."""


class Benefit(PriceEffect):
    """What an offer gives: a frozen dataclass, each field of which is declared with `wire.declare_field`."""

    @property
    def money(self) -> str | None:
        """The currency that it declares."""
        declared = fields_of(type(self)).items()
        return next((str(getattr(self, name)) for name, one in declared if isinstance(one, CurrencyField)), None)

    @property
    def named_lists(self) -> frozenset[str]:
        """The product lists that it declares."""
        declared = fields_of(type(self)).items()
        return frozenset(str(getattr(self, name)) for name, one in declared if isinstance(one, ProductListField))

    @property
    def gives_from(self) -> Products | None:
        """The articles on the lists that it declares."""
        return Products(lists=self.named_lists) if self.named_lists else None

    @property
    @abstractmethod
    def reduces(self) -> bool:
        """Whether it announces a lower price, so that a reduction for everybody must state the one before it."""

    @property
    @abstractmethod
    def fault(self) -> str | None:
        """The value that does not go with the others, by its name on the wire; None where all do."""

    @abstractmethod
    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether by itself, before any basket is known, it gives more than a rule of law allows."""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """The benefit, from what a version keeps of it. Raises `KeyError` for a value that is missing."""
        return cls(**{name: declared.read(kept[name]) for name, declared in fields_of(cls).items()})

    def told(self, language: Language) -> dict[str, Any]:
        """What a person of this language reads of it, by the names of the wire."""
        values = {name: one.tell(getattr(self, name), language) for name, one in fields_of(type(self)).items()}
        return {"kind": self.code, **values}


@cache
def fields_of(kind: type[Benefit]) -> Mapping[str, WireField]:
    """The values that a kind of benefit is made of, by their names on the wire; each of them is required."""
    return {one.name: one.metadata["wire"] for one in fields(kind)}  # type: ignore[arg-type]
