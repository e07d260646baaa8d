"""Refusals of deciding; those about permissions are `app.consent.errors`."""

from app.errors import NotFound, Problem
from app.languages import Text


class DecisionUnknown(NotFound):
    title = Text(fr="Aucune de vos réponses ne porte ce numéro.", en="None of your answers has this id.")


class FixTooCoarse(Problem):
    """The phone only guesses where it is: offers of a whole region would not be near."""

    status = 422
    title = Text(
        fr="Votre téléphone ne sait pas assez bien où il est : à plus de {most_m} mètres près.",
        en="Your phone does not know well enough where it is: it may be more than {most_m} metres off.",
    )
    remedy = Text(
        fr="Activez la position précise pour cette application, ou réessayez à l'extérieur.",
        en="Turn on precise location for this app, or try again outdoors.",
    )
