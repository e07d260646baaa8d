"""The numbers of a rehearsal, each with a sentence, in French and English. Pure.

No number is said that fewer than five members stand behind; members are counted by fives, and uses and money by two
digits: from two offers that differ a little nobody shall learn what one member did or allowed, and more would be said
than is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.languages import Language, Money, Text
from offers.rehearsal.estimates import Range

FEWEST = 5
"""So many members must stand behind a number."""

TOO_FEW = Text(
    fr="{name} : moins de {fewest} {fewest:membre|membres} sont concernés, le nombre n'est pas dit.",
    en="{name}: fewer than {fewest} {fewest:member|members} are behind it, so the number is not said.",
)
AT = Text(fr="{name} : {value}.", en="{name}: {value}.")
BETWEEN = Text(
    fr="{name} : environ {value}, entre {low} et {high} (95 chances sur 100).",
    en="{name}: about {value}, between {low} and {high} (95 times of 100).",
)

NAMES: dict[str, Text] = {
    "visits": Text(
        fr="Passages et achats dans ces magasins, et demandes à proximité",
        en="Visits and purchases in these stores, and questions near them",
    ),
    "members_in_stores": Text(
        fr="Membres venus dans ces magasins, ou qui y cherchaient des offres",
        en="Members who came to these stores, or looked for offers near them",
    ),
    "members_in_time": Text(fr="… pendant que l'offre aurait été en cours", en="… while the offer would have held"),
    "members_permitting": Text(
        fr="… et qui acceptent aujourd'hui que l'enseigne leur montre des offres",
        en="… and who allow the brand today to show them offers",
    ),
    "reach": Text(fr="… et à qui l'offre s'adresse : ils l'auraient vue", en="… and whom it is for: they would see it"),
    "members_able": Text(
        fr="Membres dont un achat aurait profité de l'offre",
        en="Members with a purchase that would have used the offer",
    ),
    "uses": Text(fr="Utilisations attendues", en="Uses to expect"),
    "cost_minor": Text(fr="Coût attendu", en="Cost to expect"),
    "points": Text(fr="Points donnés", en="Points given"),
    "margin_minor": Text(fr="Marge après le coût de l'offre", en="Margin after the cost of the offer"),
    "most_uses": Text(fr="Utilisations si chacun en profitait", en="Uses if everybody used it whenever they could"),
    "most_cost_minor": Text(fr="Coût si chacun en profitait", en="Cost if everybody used it whenever they could"),
    "used_of_shown_bp": Text(
        fr="Part des offres montrées que les membres utilisent", en="Share of the offers shown that members use"
    ),
    "cut_by_law": Text(
        fr="Achats sur lesquels la loi réduirait l'avantage", en="Purchases on which a law would cut the advantage"
    ),
}


@dataclass(frozen=True)
class Figure:
    """One number: what is expected, perhaps with the ends of the range of doubt. `behind` counts the members whom it
    is made of."""

    code: str
    value: int
    behind: int
    low: int | None = None
    high: int | None = None

    @classmethod
    def of_amount(cls, code: str, value: int, *, behind: int) -> "Figure":
        """An amount that is no estimate, by two digits."""
        return cls(code, round_to_two(value), behind)

    @property
    def is_said(self) -> bool:
        """Whether enough members stand behind it."""
        return self.behind >= FEWEST

    def card(self, *, currency: str, language: Language) -> dict[str, Any]:
        """The number as its reader reads it. Shape: `schemas.RehearsedFigureOut`."""
        numbers = {"expected": self.value, "low": self.low, "high": self.high}
        said = {name: value if self.is_said else None for name, value in numbers.items()}
        return {"code": self.code, **said, "text": self._sentence(currency, language)}

    def _sentence(self, currency: str, language: Language) -> str:
        name = NAMES[self.code].say(language)
        if not self.is_said:
            return TOO_FEW.say(language, {"name": name, "fewest": FEWEST})
        facts = {
            "value": _spoken(self.code, self.value, currency, language),
            "low": _spoken(self.code, self.low or 0, currency, language),
            "high": _spoken(self.code, self.high or 0, currency, language),
        }
        return (AT if self.low is None else BETWEEN).say(language, facts | {"name": name})


def count_members(code: str, members: int, *, scale: float) -> Figure:
    """How many members, by fives."""
    return Figure(code, round(members * scale) // FEWEST * FEWEST, members)


def ranged(code: str, found: Range, *, behind: int) -> Figure:
    """What is expected, with its range."""
    return Figure(code, round_to_two(found.expected), behind, round_to_two(found.low), round_to_two(found.high))


def round_to_two(number: int) -> int:
    """The number with as many digits as anybody may rely on: 1,234 is about 1,200."""
    return round(number, 2 - len(str(abs(number)))) if abs(number) >= 100 else number


def _spoken(code: str, number: int, currency: str, language: Language) -> str:
    if code.endswith("_minor"):
        return Money(number, currency).spoken(language)
    if code.endswith("_bp"):
        return PERCENT[language].format(number / 100).replace(".", DECIMAL[language])
    return str(number)


PERCENT: Mapping[Language, str] = {"fr": "{:.1f}\u00a0%", "en": "{:.1f}%"}
DECIMAL: Mapping[Language, str] = {"fr": ",", "en": "."}
