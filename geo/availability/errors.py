"""Refusals about what stores have and what happens in them."""

from app.complaints import declare_complaint
from app.errors import Forbidden, Malformed, NotFound, Problem
from app.languages import Text


class AvailabilityInFuture(Problem):
    """What is dated ahead would hide everything that is said until then."""

    status = 422
    title = Text(fr="Cet instant est dans le futur.", en="This instant is in the future.")
    remedy = Text(fr="Vérifiez l'horloge de l'appareil.", en="Check the clock of the device.")


class AvailabilityTooOld(Problem):
    status = 422
    title = Text(
        fr="Cet état date de plus de {days} jours : il n'est plus utile.",
        en="This is more than {days} days old: it is of no use any more.",
    )


class StoresOutsideYours(Forbidden):
    """A console user to whom some areas and stores are assigned, and a store elsewhere."""

    title = Text(
        fr="Un de ces magasins n'est pas parmi ceux qui vous sont confiés.",
        en="One of these stores is not among those that are assigned to you.",
    )
    remedy = Text(
        fr="Limitez-vous à vos magasins, ou demandez à un administrateur.",
        en="Keep to your stores, or ask an administrator.",
    )


class StoreEventUnknown(NotFound):
    title = Text(fr="Événement introuvable.", en="No such event.")


class EventStoresForeign(Malformed):
    """`errors` point at each store that the brand does not have."""

    title = Text(
        fr="L'enseigne n'a pas un de ces magasins.",
        en="The brand does not have one of these stores.",
    )


class CategoryTooWide(Problem):
    """Looking through all of a wide category at each store would be slow, and its cheapest article tells nothing."""

    status = 422
    title = Text(
        fr="Cette catégorie compte plus de {most} articles.", en="This category holds more than {most} articles."
    )
    remedy = Text(fr="Choisissez une catégorie plus précise.", en="Choose a narrower category.")


ONE_ARTICLE = declare_complaint(
    "one_article",
    Text(
        fr="Donnez un seul de ces champs : gtin, sku ou category.",
        en="Give only one of these fields: gtin, sku or category.",
    ),
)
ARTICLE_UNNAMED = declare_complaint(
    "article_unnamed",
    Text(fr="Nommez l'article par son GTIN ou son SKU.", en="Name the article by its GTIN or its SKU."),
)
NOTHING_TOLD = declare_complaint(
    "nothing_told",
    Text(fr="Donnez un prix, un stock, ou les deux.", en="Give a price, a stock, or both."),
)
STOCK_CONTRADICTED = declare_complaint(
    "stock_contradicted",
    Text(fr="Le stock et in_stock se contredisent.", en="The stock and in_stock contradict each other."),
)
