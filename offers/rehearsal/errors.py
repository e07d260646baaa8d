"""Refusals of rehearsals and explanations."""

from app.errors import Conflict
from app.languages import Text


class OfferOnlyGiven(Conflict):
    """Nobody is shown it, so there is nobody to play it against."""

    title = Text(
        fr="Cette offre n'est montrée à personne : l'enseigne la donne elle-même.",
        en="This offer is shown to nobody: the brand gives it itself.",
    )
