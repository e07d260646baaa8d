"""Refusals about where staff plan."""

from app.errors import Malformed
from app.languages import Text


class PlacesForeign(Malformed):
    """`errors` point at each area or store that the brand does not have."""

    title = Text(
        fr="L'enseigne n'a pas une de ces zones ou un de ces magasins.",
        en="The brand does not have one of these areas or stores.",
    )
