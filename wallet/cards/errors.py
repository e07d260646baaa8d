"""Refusals about cards."""

from app.errors import Conflict, NotFound, Problem
from app.languages import Text


class CardUnknown(NotFound):
    title = Text(fr="Cette carte n'existe pas.", en="There is no such card.")


class CardBlocked(Conflict):
    title = Text(fr="Cette carte est bloquée.", en="This card is blocked.")
    remedy = Text(
        fr="Adressez le client au service client de l'enseigne.",
        en="Send the customer to the brand's customer service.",
    )


class NumberUnusable(Problem):
    status = 422
    title = Text(
        fr="Ce numéro ne peut pas désigner une carte : des lettres et des chiffres, {longest} au plus.",
        en="This number cannot stand for a card: letters and digits, {longest} at most.",
    )


class NumberUnknown(NotFound):
    title = Text(fr="Ce numéro n'est lié à aucune carte.", en="This number is linked to no card.")


class NumberTaken(Conflict):
    """Not said whose it is."""

    title = Text(fr="Ce numéro désigne déjà une autre carte.", en="This number stands for another card already.")
    remedy = Text(
        fr="Le titulaire de l'autre carte peut l'en détacher dans l'application.",
        en="The holder of the other card can unlink it in the app.",
    )


class TooManyNumbers(Conflict):
    title = Text(fr="Cette carte a déjà {most} numéros.", en="This card has {most} numbers already.")
    remedy = Text(fr="Détachez-en un.", en="Unlink one of them.")


class PrintedCardRefused(Problem):
    """The one answer whatever is wrong: no such card, another check, somebody else's already."""

    status = 422
    keeps_effects = True
    title = Text(
        fr="Cette carte ne peut pas être enregistrée : le code ou la clé ne convient pas.",
        en="This card cannot be registered: the code or the check does not fit.",
    )
    remedy = Text(fr="Vérifiez les deux sur la carte.", en="Compare both with the card.")
