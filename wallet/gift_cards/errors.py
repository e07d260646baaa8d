"""Refusals about gift cards."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, NotFound
from app.languages import Text


class GiftCardUnknown(NotFound):
    title = Text(fr="Cette carte cadeau n'existe pas.", en="There is no such gift card.")


class GiftCardShort(Conflict):
    title = Text(
        fr="Il reste {available_minor} sur la carte cadeau …{ending}, et non {required_minor}.",
        en="{available_minor} are left on the gift card …{ending}, not {required_minor}.",
    )
    remedy = Text(fr="Le reste se paie par un autre moyen.", en="The rest is paid by other means.")


class GiftCardOver(Conflict):
    title = Text(
        fr="La carte cadeau …{ending} n'est plus valable depuis le {moment}.",
        en="The gift card …{ending} has not been valid since {moment}.",
    )


class GiftCardBlocked(Conflict):
    title = Text(fr="La carte cadeau …{ending} est bloquée.", en="The gift card …{ending} is blocked.")


class GiftCardCancelled(Conflict):
    title = Text(fr="La carte cadeau …{ending} a été annulée.", en="The gift card …{ending} was cancelled.")


class GiftCardCurrencyForeign(Conflict):
    title = Text(fr="La carte cadeau …{ending} est en {currency}.", en="The gift card …{ending} is in {currency}.")


class GiftCardsNotSold(Conflict):
    title = Text(fr="L'enseigne ne vend pas de cartes cadeaux.", en="The brand sells no gift cards.")
    remedy = Text(
        fr="Un administrateur de l'enseigne dit à partir de quel montant, et pour combien de temps.",
        en="An administrator of the brand says from which amount, and for how long.",
    )


class GiftCardAmountOutside(Conflict):
    title = Text(
        fr="Une carte cadeau vaut de {least_minor} à {most_minor}.",
        en="A gift card is worth from {least_minor} to {most_minor}.",
    )


class GiftCardReferenceReused(Conflict):
    title = Text(
        fr="Cette référence a déjà servi pour une carte cadeau d'un autre montant.",
        en="This reference was used already for a gift card of another amount.",
    )


class GiftCardUsed(Conflict):
    title = Text(
        fr="La carte cadeau …{ending} a déjà servi : elle ne s'annule plus.",
        en="The gift card …{ending} was used already: it cannot be cancelled.",
    )


PAYS_NOT = (GiftCardUnknown, GiftCardShort, GiftCardOver, GiftCardBlocked, GiftCardCancelled, GiftCardCurrencyForeign)
"""Why a card does not pay so much."""

ONLY_OF_GIFT_CARDS = declare_complaint(
    "only_of_gift_cards", Text(fr="Seule une carte cadeau a ce code.", en="Only a gift card has this code.")
)
NOT_ABOVE_MOST = declare_complaint(
    "not_above_most", Text(fr="Le minimum dépasse le maximum.", en="The least is above the most.")
)

CONSTRAINTS["uq_gift_card_brand_id_name"] = GiftCardReferenceReused
