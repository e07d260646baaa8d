"""What a currency is to those who have some of it. Pure."""

from enum import StrEnum


class CurrencyKind(StrEnum):
    """Points are counted, stamps fill a card, and money is minor units of the brand's own: a cagnotte."""

    POINTS = "points"
    STAMPS = "stamps"
    MONEY = "money"


RULES = {
    "kind": "kind IN ('points', 'stamps', 'money')",
    "worth": "(worth_points > 0 AND worth_minor > 0) OR num_nonnulls(worth_points, worth_minor) = 0",
    "worth_of_money": "kind <> 'money' OR (worth_points IS NOT NULL AND worth_points = 1 AND worth_minor = 1)",
    "usable_from": "usable_from IS NULL OR (usable_from > 0 AND kind = 'money')",
}
"""What holds for every currency, by the name of its constraint. Money is worth itself, and only money has an amount
below which nothing of it can be spent."""
