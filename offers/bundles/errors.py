"""Refusals of bundles; those about cells are `geo.private.errors`."""

from app.errors import Conflict
from app.languages import Text


class CatalogueTooLarge(Conflict):
    """A brand with more stores, or more said of them, than a phone should fetch at once."""

    title = Text(
        fr="Le catalogue de cette enseigne est trop grand pour un seul paquet.",
        en="This brand's catalogue is too large for one bundle.",
    )
    remedy = Text(fr="Demandez-le cellule par cellule.", en="Ask for it cell by cell.")
