"""The values that a benefit is made of, as its class declares them: what they may be, how they are kept and told."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.languages import Language, Text


class WireField(ABC):
    """One value of a benefit."""

    @abstractmethod
    def read(self, kept: Any) -> Any:
        """The value, from what is kept of it."""

    @abstractmethod
    def tell(self, value: Any, language: Language) -> Any:
        """The value as a person of this language reads it."""


class Threshold(NamedTuple):
    """From so many on, so much."""

    at_least: int
    gives: int


@dataclass(frozen=True)
class WholeField(WireField):
    """A whole number from `least` to `most`, both included."""

    least: int
    most: int

    def read(self, kept: Any) -> Any:
        """The number itself."""
        return kept

    def tell(self, value: Any, language: Language) -> Any:
        """The number itself, in every language."""
        return value


@dataclass(frozen=True)
class CurrencyField(WireField):
    """A currency of ISO 4217."""

    def read(self, kept: Any) -> Any:
        """The code itself."""
        return kept

    def tell(self, value: Any, language: Language) -> Any:
        """The code itself, in every language."""
        return value


@dataclass(frozen=True)
class BilingualField(WireField):
    """One line of text in French and in English, of at most `longest` characters each."""

    longest: int

    def read(self, kept: Any) -> Any:
        """The two texts, from `{"fr": …, "en": …}`."""
        return Text(fr=kept["fr"], en=kept["en"])

    def tell(self, value: Any, language: Language) -> Any:
        """The text in one language."""
        return value.fr if language == "fr" else value.en


@dataclass(frozen=True)
class ChoiceField(WireField):
    """One of some words."""

    words: tuple[str, ...]

    def read(self, kept: Any) -> Any:
        """The word itself."""
        return kept

    def tell(self, value: Any, language: Language) -> Any:
        """The word itself, in every language."""
        return value


@dataclass(frozen=True)
class ProductListField(WireField):
    """The code of one of the brand's product lists."""

    def read(self, kept: Any) -> Any:
        """The code itself."""
        return kept

    def tell(self, value: Any, language: Language) -> Any:
        """The code itself, in every language."""
        return value


@dataclass(frozen=True)
class StepsField(WireField):
    """Thresholds, the lowest first: from so many on, a number from 1 to `most`, which is called `gives` on the wire."""

    gives: str
    most: int

    def read(self, kept: Any) -> Any:
        """The steps, from `[{"at_least": …, "<gives>": …}, …]`."""
        return tuple(Threshold(one["at_least"], one[self.gives]) for one in kept)

    def tell(self, value: Any, language: Language) -> Any:
        """The steps as they are kept, in every language."""
        return [{"at_least": step.at_least, self.gives: step.gives} for step in value]


def declare_field(declared: WireField) -> Mapping[str, WireField]:
    """The metadata of a dataclass field that stands on the wire."""
    return {"wire": declared}
