"""Refusals about audiences."""

from app.errors import Forbidden, Malformed, NotFound
from app.languages import Text


class AudienceUnknown(Malformed):
    """`errors` point at each tier, segment or store that the brand does not have."""

    title = Text(
        fr="L'offre s'adresse à un niveau, à un segment ou à un magasin que l'enseigne n'a pas.",
        en="The offer is for a tier, a segment or a store that the brand does not have.",
    )


class BirthdayNotAsked(Forbidden):
    """No birthday is kept for anything else."""

    title = Text(
        fr="Votre anniversaire ne sert qu'à une attention que vous n'avez permise à aucune enseigne.",
        en="Your birthday serves a treat only, and you have permitted that to no brand.",
    )
    remedy = Text(
        fr="Dites d'abord oui à une enseigne (birthday_treat).", en="Say yes to a brand first (birthday_treat)."
    )


class BirthdayUnsaid(NotFound):
    title = Text(fr="Vous n'avez pas dit votre anniversaire.", en="You have not said your birthday.")
