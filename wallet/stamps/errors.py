"""Refusals about stamp cards."""

from app.errors import Conflict, NotFound
from app.languages import Text


class StampCardUnknown(NotFound):
    title = Text(
        fr="Cette monnaie de l'enseigne n'a pas de carte à tampons.",
        en="This currency of the brand has no stamp card.",
    )


class CurrencyNotStamps(Conflict):
    title = Text(fr="Cette monnaie ne compte pas de tampons.", en="This currency does not count stamps.")
    remedy = Text(fr="Créez une monnaie de type « stamps ».", en='Make a currency of kind "stamps".')


class StampRewardUnfit(Conflict):
    """The reward of a full card is live, costs its size in its stamps, and the same to every tier."""

    title = Text(
        fr="Cette récompense n'est pas celle d'une carte de {size} {size:tampon|tampons}.",
        en="This reward is not that of a card of {size} {size:stamp|stamps}.",
    )
    remedy = Text(
        fr="Publiez une récompense qui coûte {size} {size:tampon|tampons} de cette monnaie, à tous les niveaux.",
        en="Publish a reward that costs {size} {size:stamp|stamps} of this currency, at every tier.",
    )
