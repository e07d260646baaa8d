"""Refusals about offers."""

from app.complaints import declare_complaint
from app.errors import Conflict, Forbidden, Malformed, NotFound
from app.languages import Text


class OfferUnknown(NotFound):
    title = Text(fr="Offre introuvable.", en="No such offer.")


class TargetUnknown(Malformed):
    """`errors` point at each store or area that the brand does not have."""

    title = Text(
        fr="L'offre vise un magasin ou une zone que l'enseigne n'a pas.",
        en="The offer names a store or an area that the brand does not have.",
    )


class CurrencyForeign(Malformed):
    """Amounts are never converted silently."""

    title = Text(
        fr="L'enseigne compte en {currency} ; donnez la remise dans cette monnaie.",
        en="The brand counts in {currency}; give the amount in that currency.",
    )


class ArticleNumberWrong(Malformed):
    """`errors` name each number that no article can have: the offer would never take effect on it."""

    title = Text(
        fr="Un code article (GTIN) de cette offre n'est pas possible, un chiffre est faux ou manque.",
        en="An article number (GTIN) of this offer is not possible, a digit is wrong or missing.",
    )


class OfferListUnknown(Malformed):
    """`errors` name each product list that the brand does not have."""

    title = Text(
        fr="L'offre nomme une liste d'articles que l'enseigne n'a pas.",
        en="The offer names a product list that the brand does not have.",
    )


class OfferEnded(Conflict):
    title = Text(fr="Cette offre est terminée.", en="This offer has ended.")
    remedy = Text(fr="Préparez une nouvelle offre.", en="Draft a new offer.")


class OfferNotLive(Conflict):
    title = Text(fr="Cette offre n'est pas en cours.", en="This offer is not live.")


class OfferNotPaused(Conflict):
    title = Text(fr="Cette offre n'est pas en pause.", en="This offer is not paused.")


class NothingToApprove(Conflict):
    title = Text(fr="Rien n'attend d'approbation sur cette offre.", en="Nothing of this offer waits for approval.")


class DraftMissing(Conflict):
    title = Text(fr="Cette offre n'a pas de brouillon à supprimer.", en="This offer has no draft to delete.")
    remedy = Text(fr="Mettez-la en pause, ou mettez-y fin.", en="Pause it, or end it.")


class OfferWindowOver(Conflict):
    title = Text(fr="La période de cette offre est déjà passée.", en="The window of this offer is already over.")
    remedy = Text(fr="Changez les dates, puis faites approuver.", en="Change the dates, then have it approved.")


class SelfApproval(Forbidden):
    """Separation of duties: whoever wrote the draft cannot make it live."""

    title = Text(
        fr="Vous avez rédigé cette offre ; une autre personne doit l'approuver.",
        en="You wrote this offer; somebody else must approve it.",
    )


class OutsideYourPlaces(Forbidden):
    """A console user to whom some areas and stores are assigned, and an offer that holds elsewhere too."""

    title = Text(
        fr="Cette offre vaut aussi en dehors des zones et des magasins qui vous sont confiés.",
        en="This offer also holds outside the areas and stores that are assigned to you.",
    )
    remedy = Text(
        fr="Limitez-la à vos zones et à vos magasins, ou demandez à un administrateur.",
        en="Keep it to your areas and stores, or ask an administrator.",
    )


class PriorPriceMissing(Malformed):
    """Code de la consommation, L112-1-1: a reduction for everybody names the lowest price of the thirty days before."""

    title = Text(
        fr="Une réduction annoncée à tous indique le prix le plus bas des 30 jours précédents.",
        en="A reduction announced to everybody states the lowest price of the 30 days before.",
    )


class CapBroken(Conflict):
    title = Text(
        fr="La loi ({law}) plafonne les avantages sur ces produits à {percent} % jusqu'au {until}.",
        en="The law ({law}) caps advantages on these articles at {percent} % until {until}.",
    )
    remedy = Text(
        fr="Réduisez l'avantage, excluez ces catégories, ou laissez la caisse le plafonner (capped_at_till).",
        en="Make it smaller, leave these categories out, or let the till cap it (capped_at_till).",
    )


BRAND_OR_PLACES = declare_complaint(
    "brand_or_places",
    Text(fr="Nommez toute l'enseigne, ou des zones et des magasins.", en="Name the whole brand, or areas and stores."),
)
NOT_BY_ITSELF = declare_complaint(
    "not_by_itself",
    Text(fr="Pas pour une offre qui s'applique d'elle-même.", en="Not for an offer that applies by itself."),
)
MAXIMUM_BELOW_MINIMUM = declare_complaint(
    "maximum_below_minimum",
    Text(fr="Le maximum est inférieur au minimum.", en="The maximum is below the minimum."),
)
PRICE_BEFORE_MISSING = declare_complaint(
    "prior_price_missing",
    Text(fr="Le prix d'avant est nécessaire ici.", en="The price before is needed here."),
)
