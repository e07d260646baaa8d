"""What a field of a pass shows, where, and under which label."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.languages import Language, Moment, Text


class FieldPlace(StrEnum):
    """Where a field stands, in the words of Apple's pass styles; Google has one list, in this order."""

    HEADER = "header"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    AUXILIARY = "auxiliary"
    BACK = "back"


class FieldShows(StrEnum):
    """What a field is about."""

    POINTS = "points"
    """The balance of one currency, or of each where none is named."""
    TIER = "tier"
    NAME = "name"
    NEXT_EXPIRY = "next_expiry"
    COUPON_COUNT = "coupon_count"
    COUPON_TITLE = "coupon_title"
    COUPON_TEXT = "coupon_text"
    ENDS = "ends"
    TEXT = "text"
    """What the brand wrote."""


class FieldPlan(NamedTuple):
    """One field of a design. `label` and `change` are those of the house unless the brand wrote its own; `change` says
    on the lock screen what became of the value, which stands in its `%@`."""

    shows: FieldShows
    place: FieldPlace
    label: Text | None = None
    text: Text | None = None
    change: Text | None = None
    currency: str | None = None


LABELS: dict[FieldShows, Text] = {
    FieldShows.POINTS: Text(fr="Solde", en="Balance"),
    FieldShows.TIER: Text(fr="Statut", en="Tier"),
    FieldShows.NAME: Text(fr="Titulaire", en="Member"),
    FieldShows.NEXT_EXPIRY: Text(fr="Prochaine expiration", en="Next expiry"),
    FieldShows.COUPON_COUNT: Text(fr="Bons", en="Coupons"),
    FieldShows.COUPON_TITLE: Text(fr="Votre avantage", en="Your offer"),
    FieldShows.COUPON_TEXT: Text(fr="Conditions", en="Conditions"),
    FieldShows.ENDS: Text(fr="Valable jusqu'au", en="Valid until"),
    FieldShows.TEXT: Text(fr="Information", en="Information"),
}
"""What stands over a field whose brand wrote nothing."""

CHANGES: dict[FieldShows, Text] = {
    FieldShows.TIER: Text(fr="Votre statut : %@", en="Your tier: %@"),
    FieldShows.COUPON_COUNT: Text(fr="Vos bons : %@", en="Your coupons: %@"),
}
"""What the lock screen says of a change, of what a member would want to hear of."""

CHANGING = "%@"
"""Where Apple's wallet puts the new value; without it there is no line on the lock screen."""

OF_A_COUPON = frozenset(
    {FieldShows.COUPON_TITLE, FieldShows.COUPON_TEXT, FieldShows.ENDS, FieldShows.NAME, FieldShows.TEXT}
)
OF_A_CARD = frozenset(FieldShows) - {FieldShows.ENDS, FieldShows.COUPON_TEXT}
"""What each kind of pass can show; a card lists the titles of the coupons that its member holds."""
DAY = Text(fr="{day}", en="{day}")
REMEMBERED = 1_024
"""Days that a process has in words: many passes show the same."""


def in_language(words: Text, language: Language) -> str:
    """What a brand wrote, to the letter: a brace of theirs is no place for a fact."""
    return words.fr if language == "fr" else words.en


APART_BY: dict[Language, str] = {"fr": "\u202f", "en": ","}
"""What stands between thousands."""


def write_number(number: int, language: Language) -> str:
    """With the thousands apart as readers of the language write them: `1 234` with a narrow space, or `1,234`."""
    return f"{number:,}".replace(",", APART_BY[language])


@lru_cache(maxsize=REMEMBERED)
def last_day(ends_local: datetime, language: Language) -> str:
    """The last day of what ends on a wall clock; what ends within a day says the time as well."""
    if ends_local.time() == time.min:
        return DAY.say(language, {"day": (ends_local - timedelta(days=1)).date()})
    return Moment(ends_local.replace(tzinfo=ZoneInfo("UTC")), "UTC", has_year=True).spoken(language)
