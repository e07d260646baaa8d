"""Refusals about points."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, NotFound
from app.languages import Money, Text


class PointsUnknown(NotFound):
    title = Text(fr="Ces points n'existent pas.", en="There are no such points.")


class NotEnoughPoints(Conflict):
    title = Text(
        fr="Il manque {missing} {missing:point|points} : {required} {required:demandé|demandés}, {available}"
        " {available:disponible|disponibles}.",
        en="{missing} {missing:point is|points are} missing: {required} asked, {available} available.",
    )


class NotEnoughMoney(NotEnoughPoints):
    """Of a currency that is money: amounts are read as money."""

    title = Text(
        fr="La cagnotte est de {available_minor} et il en faut {required_minor} : il manque {missing_minor}.",
        en="The cagnotte holds {available_minor}, and {required_minor} are asked: {missing_minor} are missing.",
    )


class CagnotteBelowUse(NotEnoughPoints):
    title = Text(
        fr="La cagnotte est de {available_minor} : elle sert à partir de {usable_from_minor}.",
        en="The cagnotte holds {available_minor}: it can be used from {usable_from_minor} on.",
    )


TOO_LITTLE = (NotEnoughPoints, NotEnoughMoney, CagnotteBelowUse)
"""Why so much of a currency cannot be spent."""


def too_little(required: int, available: int, *, money: str | None) -> NotEnoughPoints:
    """The refusal of so much where there is less; of `money` (ISO 4217) in its minor units."""
    missing = required - available
    if money is None:
        return NotEnoughPoints(required=required, available=available, missing=missing)
    return NotEnoughMoney(
        required_minor=Money(required, money),
        available_minor=Money(available, money),
        missing_minor=Money(missing, money),
    )


def below_use(available: int, usable_from: int, *, money: str) -> CagnotteBelowUse:
    """The refusal to spend of a balance below the threshold of use, in minor units of `money` (ISO 4217)."""
    return CagnotteBelowUse(available_minor=Money(available, money), usable_from_minor=Money(usable_from, money))


class MovementUnknown(NotFound):
    title = Text(fr="Ce mouvement de points n'existe pas.", en="There is no such movement of points.")


class HoldOver(Conflict):
    title = Text(
        fr="Cette réserve de points est terminée : utilisée, libérée ou échue.",
        en="This hold of points is over: used, released or past its time.",
    )


class MoreThanMoved(Conflict):
    title = Text(
        fr="Il reste {most} {most:point|points} à reprendre de ce mouvement.",
        en="At most {most} {most:point|points} of this movement can still be taken back.",
    )


class PointsNotPending(Conflict):
    title = Text(fr="Ces points ne sont plus en attente.", en="These points are not pending any more.")


class DebtNotAllowed(Conflict):
    title = Text(fr="Ces points ne peuvent pas devenir négatifs.", en="These points may not become negative.")


class SourceReused(Conflict):
    title = Text(
        fr="Cette référence a déjà servi pour un autre nombre de points.",
        en="This reference was used already for another number of points.",
    )


class CurrencyCodeTaken(Conflict):
    title = Text(fr="Ce code désigne déjà une monnaie de points.", en="This code names a points currency already.")


CHANGES_NOTHING = declare_complaint("changes_nothing", Text(fr="Zéro ne change rien.", en="Zero changes nothing."))
POINTS_UNKNOWN = declare_complaint(
    "points_unknown",
    Text(fr="Ce n'est pas une monnaie de points de l'enseigne.", en="This is no points currency of the brand."),
)
NOT_OF_MONEY = declare_complaint(
    "not_of_money",
    Text(fr="Une cagnotte vaut ce qu'elle compte.", en="Money is worth what it counts."),
)
NOT_OF_STAMPS = declare_complaint(
    "not_of_stamps",
    Text(fr="Des tampons remplissent une carte : ils ne paient pas.", en="Stamps fill a card: they do not pay."),
)
ONLY_OF_MONEY = declare_complaint(
    "only_of_money", Text(fr="Seule une cagnotte a ce seuil.", en="Only money has this threshold.")
)

CONSTRAINTS["uq_points_currency_brand_id_code"] = CurrencyCodeTaken
