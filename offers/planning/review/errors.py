"""Refusals about the versions of an offer."""

from app.errors import NotFound
from app.languages import Text


class OfferVersionUnknown(NotFound):
    title = Text(fr="Cette offre n'a pas de version {version}.", en="This offer has no version {version}.")
