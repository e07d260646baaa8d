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
        fr="Votre anniversaire ne sert qu'aux offres d'anniversaire, que vous n'avez permises à aucune enseigne.",
        en="Your birthday serves birthday offers only, which you have permitted to no brand.",
    )
    remedy = Text(fr="Permettez-les d'abord à une enseigne dans vos autorisations.", en="Permit them to a brand first.")


class BirthdayUnsaid(NotFound):
    title = Text(fr="Vous n'avez pas dit votre anniversaire.", en="You have not said your birthday.")
