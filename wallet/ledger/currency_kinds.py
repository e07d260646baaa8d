"""What a currency is to those who have some of it, and how so much of it is said. Pure."""

from enum import StrEnum

from app.languages import Money


class CurrencyKind(StrEnum):
    """Points are counted, stamps fill a card, and money is minor units of the brand's own: a cagnotte."""

    POINTS = "points"
    STAMPS = "stamps"
    MONEY = "money"


RULES = {
    "kind": "kind IN ('points', 'stamps', 'money')",
    "worth": "(worth_points > 0 AND worth_minor > 0) OR num_nonnulls(worth_points, worth_minor) = 0",
    "worth_of_money": "kind <> 'money' OR (worth_points IS NOT NULL AND worth_points = 1 AND worth_minor = 1)",
    "worth_of_stamps": "kind <> 'stamps' OR worth_points IS NULL",
    "usable_from": "usable_from IS NULL OR (usable_from > 0 AND kind = 'money')",
}
"""What holds for every currency, by the name of its constraint. Money is worth itself, stamps fill a card and pay
nothing, and only money has an amount below which nothing of it can be spent."""


def money_of(kind: str, brand_currency: str) -> str | None:
    """The ISO 4217 currency that a currency of this kind counts minor units of; null for what is no money."""
    return brand_currency if kind == CurrencyKind.MONEY else None


def said_amount(amount: int, money: str | None) -> Money | int:
    """So much of a currency as a fact of a sentence: money is read as money, all else as a number."""
    return amount if money is None else Money(amount, money)
