"""Refusals of leaflets; those about permissions are `app.consent.errors`."""

from app.errors import Conflict, NotFound
from app.languages import Text


class LeafletStoreUnknown(NotFound):
    title = Text(fr="Ce magasin n'est pas ouvert, ou pas de cette enseigne.", en="No open store of the brand is this.")


class LeafletWithoutStore(Conflict):
    """Nothing is known yet of where the member buys."""

    title = Text(fr="Nous ne savons pas encore quel est votre magasin.", en="We do not know yet which store is yours.")
    remedy = Text(fr="Choisissez un magasin (store).", en="Choose a store (store).")
