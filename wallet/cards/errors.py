"""Refusals about cards."""

from app.errors import Conflict, NotFound
from app.languages import Text


class CardUnknown(NotFound):
    title = Text(fr="Cette carte n'existe pas.", en="There is no such card.")


class CardBlocked(Conflict):
    title = Text(fr="Cette carte est bloquée.", en="This card is blocked.")
    remedy = Text(
        fr="Adressez le client au service client de l'enseigne.",
        en="Send the customer to the brand's customer service.",
    )
