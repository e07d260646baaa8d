"""Refusals of deciding; those about permissions are `app.consent.errors`."""

from app.errors import NotFound
from app.languages import Text


class DecisionUnknown(NotFound):
    title = Text(fr="Aucune de vos réponses ne porte ce numéro.", en="None of your answers has this id.")
