"""Refusals of what was shown at a till. Staff read them; nobody else is told more than that a code is unknown."""

from app.errors import Conflict
from app.languages import Text

SHOW_AGAIN = Text(
    fr="Demandez au client de rouvrir sa carte, puis scannez le code affiché.",
    en="Ask the customer to open the card again, then scan the code that it shows.",
)


class CodeStale(Conflict):
    """Genuine, but made for another minute, or past its end."""

    title = Text(
        fr="Ce code n'est plus valable : il a été affiché trop tôt, ou photographié.",
        en="This code is too old: it was shown too early, or photographed.",
    )
    remedy = SHOW_AGAIN


class CodeUsedBefore(Conflict):
    """This very code was used, at this till or at another."""

    title = Text(fr="Ce code vient déjà d'être utilisé.", en="This code was used already.")
    remedy = SHOW_AGAIN


class CodeFromOldCopy(Conflict):
    """A later copy of the same pass was used already."""

    title = Text(
        fr="Ce code vient d'une ancienne copie de la carte, d'avant son dernier usage.",
        en="This code is of an old copy of the card, from before it was last used.",
    )
    remedy = Text(
        fr="Demandez au client d'actualiser sa carte, puis scannez le code affiché.",
        en="Ask the customer to refresh the card, then scan the code that it shows.",
    )


class CodeForged(Conflict):
    """Whoever made it had not our key."""

    title = Text(fr="Ce code n'a pas été émis par l'enseigne.", en="The brand did not issue this code.")
    remedy = Text(
        fr="N'accordez rien sur ce code. Demandez au client d'ouvrir sa carte dans l'application.",
        en="Give nothing for this code. Ask the customer to open the card in the app.",
    )


class FreshCodeNeeded(Conflict):
    """The code itself was shown, which anybody may have copied, and there is a form of it that changes."""

    title = Text(
        fr="Ce code permet de retrouver la carte, mais pas de dépenser : la carte affiche un code qui change.",
        en="This code finds the card but spends nothing: the card shows a code that changes.",
    )
    remedy = SHOW_AGAIN


NOT_FRESH = (CodeStale, CodeUsedBefore, CodeFromOldCopy, CodeForged, FreshCodeNeeded)
"""What is said of a code that spends nothing, for the doors that spend."""
