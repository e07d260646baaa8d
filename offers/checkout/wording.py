"""Why a sale moved points, and why an incentive was left out, in words."""

from app.languages import Text
from wallet.points.wording import REASONS

KEPT, PAID, GIVEN, CAME_BACK = "sale_kept", "sale_paid", "sale_bonus", "sale_returned"
LET_GO = "sale_let_go"

REASONS |= {
    KEPT: Text(fr="Une vente en cours au magasin {store}.", en="A sale in progress at {store}."),
    PAID: Text(fr="Achat au magasin {store}.", en="Purchase at {store}."),
    GIVEN: Text(fr="Offre : {fr}", en="Offer: {en}"),
    CAME_BACK: Text(fr="Des articles ont été rendus.", en="Articles came back."),
    LET_GO: Text(fr="La vente a changé, ou n'a pas eu lieu.", en="The sale changed, or did not take place."),
}

CAGNOTTE = Text(
    fr="{name} : {available_minor}, dont {usable_minor} peuvent payer ce ticket.",
    en="{name}: {available_minor}, of which {usable_minor} can pay this receipt.",
)
CAGNOTTE_BELOW_USE = Text(
    fr="{name} : {available_minor} ; elle sert à partir de {usable_from_minor}.",
    en="{name}: {available_minor}; it can be used from {usable_from_minor} on.",
)
GIFT_CARD = Text(fr="Carte cadeau …{ending} : {available_minor}.", en="Gift card …{ending}: {available_minor}.")

GIFT_CARD_GIVEN = Text(
    fr="Une carte cadeau de {amount_minor} est remise à l'encaissement.",
    en="A gift card of {amount_minor} is given when the sale is closed.",
)

LEFT_OUT: dict[str, Text] = {
    "no_articles": Text(
        fr="Aucun article de cette offre dans le panier.", en="No article of this offer in the basket."
    ),
    "minimum_not_reached": Text(
        fr="Le minimum n'est pas atteint : {reached_minor} sur {minimum_minor}.",
        en="The minimum is not reached: {reached_minor} of {minimum_minor}.",
    ),
    "maximum_exceeded": Text(
        fr="Le maximum est dépassé : {reached_minor} pour {maximum_minor} au plus.",
        en="The maximum is exceeded: {reached_minor}, of {maximum_minor} at most.",
    ),
    "exclusive_conflict": Text(
        fr="Une offre exclusive s'applique à sa place.", en="An exclusive offer is applied in its place."
    ),
    "promotion_cap": Text(
        fr="La loi plafonne les avantages sur ces produits.", en="The law caps advantages on these articles."
    ),
    "no_effect": Text(fr="Il ne reste rien à réduire.", en="There is nothing left to take off."),
    "used_up": Text(
        fr="Cette offre est épuisée, ou ce client s'en est servi autant que permis.",
        en="This offer is used up, or this member has used it as often as they may.",
    ),
}
"""By the code of the reason; a refusal says it by itself."""

COUNTED_TAX: dict[str, Text] = {
    "included": Text(fr="Les taxes sont comprises dans ces montants.", en="These amounts contain the taxes."),
    "excluded": Text(fr="Ces montants sont hors taxes.", en="These amounts are before taxes."),
}
"""What staff read after a bound that counts taxes otherwise than the prices of the basket do."""

BY_ITSELF: dict[str, Text] = {
    "for_everybody": Text(
        fr="S'applique d'elle-même, pour tous les porteurs de la carte.",
        en="Applies by itself, for everybody who has the card.",
    ),
    "for_some": Text(
        fr="S'applique d'elle-même : ce client est de ceux à qui elle s'adresse.",
        en="Applies by itself: this member is one of those whom it is for.",
    ),
}
"""Why an offer applies that nobody claimed. Which of its conditions a member fulfils is not for staff to know."""

NOT_UNDONE: dict[str, Text] = {
    "points_earned_spent": Text(
        fr="{points} {points:point gagné n'était|points gagnés n'étaient} plus là :"
        " {points:s'il est dépensé, il sera repris quand il reviendra|ceux qui sont dépensés seront repris s'ils"
        " reviennent}.",
        en="{points} {points:point earned was|points earned were} there no more: {points:if it is spent, it is taken"
        " back when it returns|those that are spent are taken back if they return}.",
    ),
    "points_over": Text(
        fr="{points} {points:point rendu avait dépassé sa durée et a expiré, ou a réglé|points rendus avaient dépassé"
        " leur durée et ont expiré, ou ont réglé} une dette.",
        en="{points} {points:point given back was past its|points given back were past their} time and expired, or"
        " settled a debt.",
    ),
    "points_asked_back": Text(
        fr="{points} {points:point rendu venait d'un achat déjà rendu et a été repris|points rendus venaient d'un achat"
        " déjà rendu et ont été repris}.",
        en="{points} {points:point given back came from a purchase that was returned already, and was|points given back"
        " came from a purchase that was returned already, and were} taken back.",
    ),
    "money_earned_spent": Text(
        fr="Gagné, mais plus dans la cagnotte : {money_minor}. Ce qui a été dépensé est repris s'il revient.",
        en="Earned, but in the cagnotte no more: {money_minor}. What was spent is taken back if it returns.",
    ),
    "money_over": Text(
        fr="Rendu à la cagnotte, mais expiré, ou compté sur une dette : {money_minor}.",
        en="Given back to the cagnotte, but past its time, or settled against a debt: {money_minor}.",
    ),
    "money_asked_back": Text(
        fr="Rendu à la cagnotte, puis repris, car l'achat qui l'avait donné est déjà revenu : {money_minor}.",
        en="Given back to the cagnotte, then taken back, as the purchase that gave it was returned: {money_minor}.",
    ),
    "gift_card_spent": Text(
        fr="La carte cadeau …{ending}, remise avec cette vente, a déjà payé {money_minor}, qui ne sont pas repris.",
        en="The gift card …{ending}, given with this sale, had paid {money_minor} already, which are not taken back.",
    ),
    "gift_card_asked_back": Text(
        fr="Rendu à la carte cadeau …{ending}, puis repris, car la vente qui l'avait donnée est revenue :"
        " {money_minor}.",
        en="Given back to the gift card …{ending}, then taken back, as the sale that gave it was returned:"
        " {money_minor}.",
    ),
    "coupon_over": Text(fr="Le bon {code} a expiré entre-temps.", en="The coupon {code} has expired meanwhile."),
    "item_handed_over": Text(fr="Un article offert a été remis : {fr}.", en="A free item was handed over: {en}."),
    "receipt_stays": Text(
        fr="L'achat et son retour restent écrits ; la vente rouverte sera un nouvel achat.",
        en="The purchase and its return stay written; the reopened sale will be a new purchase.",
    ),
}
"""What taking a sale back does not undo, by its code."""
