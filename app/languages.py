"""French and English: the two languages of everything a member or a staff member reads.

Codes never change with the language; texts do.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from string import Formatter
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, get_currency_precision

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
ANY = "*"
RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)((?:[-_][A-Za-z0-9]{1,8})*)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.[0-9]*)?|1(?:\.0*)?)\s*)?"
)
"""One range of an `Accept-Language` header: language, subtags (some systems join them with `_`), quality."""

LONGEST_HEADER = 400
"""How much of the header is read and remembered, in characters; a browser with ten languages sends a hundred."""


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; `{name}` places are filled from facts, and `{name:point|points}` chooses the word
    for as many as the fact counts."""

    fr: str
    en: str

    def say(self, language: Language, facts: Mapping[str, Any] | None = None) -> str:
        """The sentence in `language`, with its facts put in for a human reader."""
        sentence = self.fr if language == "fr" else self.en
        return sentence.format_map({k: _spoken(v, language) for k, v in (facts or {}).items()})

    def outline(self, language: Language) -> str:
        """The sentence in `language` before anything is known: its places stay, and its words are in the plural."""
        sentence = self.fr if language == "fr" else self.en
        parts = Formatter().parse(sentence)
        return "".join([literal + _place(name, words) for literal, name, words, _ in parts])


def _place(name: str | None, words: str | None) -> str:
    if name is None:
        return ""
    return words.partition("|")[2] if words else f"{{{name}}}"


@dataclass(frozen=True)
class Moment:
    """An instant that people read on the wall clock of a place (IANA time zone)."""

    at: datetime
    time_zone: str
    has_year: bool = False
    """Whether the year is said: for what may be more than some months away."""

    def spoken(self, language: Language) -> str:
        """`18 mai à 10:02` or `18 May 10:02`: how staff say it to each other."""
        return _moment(self, language)


@dataclass(frozen=True)
class Money:
    """An amount in minor units of an ISO 4217 currency."""

    amount_minor: int
    currency: str

    def spoken(self, language: Language) -> str:
        """`12,50 €` or `€12.50`."""
        return _amount(self, language)


@dataclass(frozen=True)
class Phrase:
    """A part of a sentence that is chosen with its facts, to be said in the language of the whole."""

    text: Text
    facts: Mapping[str, Any] = field(default_factory=dict)

    def spoken(self, language: Language) -> str:
        """The part in this language."""
        return self.text.say(language, self.facts)


_TIMES: dict[Language, str] = {"fr": "'à' HH:mm", "en": "HH:mm"}


@lru_cache(maxsize=4096)
def _moment(moment: Moment, language: Language) -> str:
    """Few instants are said to many people: when an offer ends, when points are over."""
    local = moment.at.astimezone(ZoneInfo(moment.time_zone))
    day = _day(local, language) + (f" {local.year}" if moment.has_year else "")
    return f"{day} {format_datetime(local, _TIMES[language], locale=language)}"


@lru_cache(maxsize=4096)
def _day(day: date, language: Language) -> str:
    """`18 mai` or `18 May`; the first of a month is an ordinal in French."""
    if language == "fr" and day.day == 1:
        return f"1er {format_date(day, 'MMMM', locale=language)}"
    return format_date(day, "d MMMM", locale=language)


@lru_cache(maxsize=4096)
def _amount(money: Money, language: Language) -> str:
    """Prices and what points are worth: many people read the same few."""
    amount = Decimal(money.amount_minor).scaleb(-get_currency_precision(money.currency))
    return format_currency(amount, money.currency, locale=language)


class SpokenNumber(int):
    """A number that chooses the word that goes with it: in French none and one are singular, in English one only."""

    language: Language

    def __new__(cls, number: int, language: Language) -> Self:
        """The number, for a sentence in this language."""
        counted = super().__new__(cls, number)
        counted.language = language
        return counted

    def __format__(self, words: str) -> str:
        one, _, several = words.partition("|")
        if not several:
            return super().__format__(words)
        return one if Locale(self.language).plural_form(self) == "one" else several


def _spoken(value: Any, language: Language) -> Any:
    if type(value) is str:  # most facts are names
        return value
    match value:
        case Moment() | Money() | Phrase():
            return value.spoken(language)
        case date():
            return f"{_day(value, language)} {value.year}"
        case bool():
            return str(value).lower()
        case int():
            return SpokenNumber(value, language)
        case list() | tuple():
            return ", ".join([str(_spoken(one, language)) for one in value])
    return str(value)


def preferred(accept_language: str, *, own: Language | None = None) -> Language:
    """The language in which to answer an `Accept-Language` header. Where it leaves the choice, that is `own`, the
    language of the reader's wallet, or else French."""
    accepted = accepted_languages(accept_language)
    return own if own in accepted else accepted[0]


def accepted_languages(accept_language: str) -> tuple[Language, ...]:
    """The languages that are equally welcome to an `Accept-Language` header (RFC 9110 section 12.5.4): the one that it
    likes best, or those that it leaves to us, of which French is the first.

    Looked up as RFC 4647 section 3.4 says: ranges in the order of their quality, each made shorter until it names a
    language (`fr-CH` is French). `*` stands for what the header names nowhere, a quality of 0 rules out, and what
    cannot be read is passed over, as is what begins after some hundred characters. Never fails, and never is empty.
    """
    if len(accept_language) > LONGEST_HEADER:
        accept_language = accept_language[:LONGEST_HEADER].rpartition(",")[0]
    return _accepted(accept_language)


@lru_cache(maxsize=512)
def _accepted(accept_language: str) -> tuple[Language, ...]:
    ranges = sorted(_read_ranges(accept_language), key=lambda one: -one[1])
    named = {language for language, _ in ranges}
    ruled_out = {language for language, quality in ranges if not quality}
    unnamed = tuple(language for language in LANGUAGES if language not in named)
    for language, quality in ranges:
        if quality and language == ANY and unnamed:
            return unnamed
        if quality and language in LANGUAGES and language not in ruled_out:
            return (language,)
    return tuple(language for language in LANGUAGES if language not in ruled_out) or LANGUAGES


def _read_ranges(accept_language: str) -> Iterator[tuple[str, float]]:
    """What each range comes to once it is short enough, and its quality. `fr-CH;q=0` says nothing of all French."""
    for one in accept_language.split(","):
        found = RANGE.fullmatch(one)
        if found is None:
            continue
        language, subtags, weight = found.groups()
        quality = 1.0 if weight is None else float(weight)
        if quality or not subtags:
            yield language.lower(), quality
