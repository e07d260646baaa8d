"""French and English: the two languages of everything a member or a staff member reads.

Codes never change with the language; texts do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency, get_currency_precision
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; `{name}` places are filled from facts."""

    fr: str
    en: str

    def say(self, language: Language, facts: Mapping[str, Any] | None = None) -> str:
        """The sentence in `language`, with its facts put in for a human reader."""
        sentence = self.fr if language == "fr" else self.en
        return sentence.format_map({k: _spoken(v, language) for k, v in (facts or {}).items()})


@dataclass(frozen=True)
class Moment:
    """An instant that people read on the wall clock of a place (IANA time zone)."""

    at: datetime
    time_zone: str

    def spoken(self, language: Language) -> str:
        """`18 mai à 10:02` or `18 May 10:02`: how staff say it to each other."""
        local = self.at.astimezone(ZoneInfo(self.time_zone))
        pattern = "d MMMM 'à' HH:mm" if language == "fr" else "d MMMM HH:mm"
        return format_datetime(local, pattern, locale=language)


@dataclass(frozen=True)
class Money:
    """An amount in minor units of an ISO 4217 currency."""

    amount_minor: int
    currency: str

    def spoken(self, language: Language) -> str:
        """`12,50 €` or `€12.50`."""
        amount = Decimal(self.amount_minor).scaleb(-get_currency_precision(self.currency))
        return format_currency(amount, self.currency, locale=language)


def _spoken(value: Any, language: Language) -> str:
    return value.spoken(language) if isinstance(value, Moment | Money) else str(value)


@lru_cache(maxsize=512)
def preferred(accept_language: str) -> Language:
    """The language for an `Accept-Language` header (RFC 9110 section 12.5.4); French when it names neither."""
    accepted = parse_accept_header(accept_language, LanguageAccept)
    return accepted.best_match(LANGUAGES, default="fr")  # type: ignore[return-value]
