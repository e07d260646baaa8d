"""Refusals about purchases."""

from app.complaints import declare_complaint
from app.errors import Conflict, NotFound, Problem
from app.languages import Text


class PurchaseUnknown(NotFound):
    title = Text(fr="Cet achat n'existe pas.", en="There is no such purchase.")


class PurchasePlaceUnknown(NotFound):
    title = Text(
        fr="Ce magasin n'est pas celui de cette caisse, ou pas de l'enseigne.",
        en="This store is not the till's own, or none of the brand's.",
    )
    remedy = Text(
        fr="Un achat par le canal « store » a un magasin ; à distance, il n'en a pas.",
        en='A purchase on the channel "store" has a store; at a distance it has none.',
    )


class PurchaseLineUnknown(NotFound):
    title = Text(fr="Cet achat n'a pas de ligne {position}.", en="This purchase has no line {position}.")


class ReceiptReused(Conflict):
    title = Text(
        fr="Ce numéro de ticket désigne déjà un autre achat.", en="This receipt number names another purchase already."
    )
    remedy = Text(
        fr="Un ticket ne change plus : enregistrez un retour, ou envoyez l'achat sous un autre numéro.",
        en="A receipt does not change: record a return, or send the purchase under another number.",
    )


class ReturnReused(Conflict):
    title = Text(
        fr="Cette référence désigne déjà un autre retour de cet achat.",
        en="This reference names another return of this purchase already.",
    )


class MoreThanBought(Conflict):
    title = Text(
        fr="Il reste {left} {left:article|articles} à reprendre sur la ligne {position}, pas {wanted}.",
        en="{left} {left:item|items} of line {position} can still come back, not {wanted}.",
    )


class MoreThanMeasured(Conflict):
    title = Text(
        fr="Il reste {left} {unit} à reprendre sur la ligne {position}, pas {wanted} {unit}.",
        en="{left} {unit} of line {position} can still come back, not {wanted} {unit}.",
    )


class LineNotMeasured(Conflict):
    title = Text(
        fr="La ligne {position} n'a pas été pesée : elle revient par articles.",
        en="Line {position} was not weighed: it comes back by units.",
    )


class PurchaseUnsound(Problem):
    """The purchase cannot have been so."""

    status = 422
    title = Text(fr="Cet achat n'est pas possible.", en="This purchase is not possible.")


class PurchaseInFuture(PurchaseUnsound):
    title = Text(fr="La date de cet achat est dans le futur.", en="This purchase is dated in the future.")
    remedy = Text(fr="Vérifiez l'heure de la caisse.", en="Check the clock of the till.")


class PurchaseTooOld(PurchaseUnsound):
    title = Text(
        fr="Cet achat date de plus de {days} jours : il ne serait plus gardé.",
        en="This purchase is more than {days} days old: it would not be kept any more.",
    )


class GtinWrong(PurchaseUnsound):
    title = Text(
        fr="Ligne {position} : ce code article (GTIN) n'est pas possible, un chiffre est faux ou manque.",
        en="Line {position}: this article number (GTIN) is not possible, a digit is wrong or missing.",
    )


class LineUnsound(PurchaseUnsound):
    title = Text(
        fr="Ligne {position} : une quantité est au moins 1, une promotion est entre zéro et le prix.",
        en="Line {position}: a quantity is 1 or more, a promotion is between zero and the price.",
    )


class LineBelowZero(PurchaseUnsound):
    title = Text(
        fr="Ligne {position} : seule une consigne peut être négative.",
        en="Line {position}: only a deposit may be below zero.",
    )
    remedy = Text(
        fr="Un article rendu est un retour de la vente où il a été acheté ; il peut ensuite payer comme avoir.",
        en="An article that comes back is a return of the sale that sold it; it can then pay as a credit note.",
    )


class DepositUnsound(PurchaseUnsound):
    title = Text(
        fr="Ligne {position} : une consigne n'a ni promotion ni poids.",
        en="Line {position}: a deposit has neither promotion nor weight.",
    )


class BasketWithoutArticles(PurchaseUnsound):
    title = Text(
        fr="Ce ticket n'a que des consignes : il n'y a rien à compter pour la fidélité.",
        en="This receipt has deposits only: there is nothing to count for a programme.",
    )


class UnitWithoutPrice(PurchaseUnsound):
    title = Text(
        fr="Ligne {position} : il manque le prix par unité de ce qui est pesé ou mesuré.",
        en="Line {position}: what is weighed or measured lacks its price per unit.",
    )


class MeasureUnsound(PurchaseUnsound):
    title = Text(
        fr="Ligne {position} : ce qui est pesé a un poids, une unité et un prix par unité, et compte pour un article.",
        en="Line {position}: what is weighed has a weight, a unit and a price per unit, and counts as one article.",
    )


class MeasuredPriceDiffers(PurchaseUnsound):
    title = Text(
        fr="Ligne {position} : ce poids à ce prix fait {expected_minor}, et non {gross_minor}.",
        en="Line {position}: this weight at this price is {expected_minor}, not {gross_minor}.",
    )


GTIN_WRONG = declare_complaint(
    "gtin_wrong",
    Text(fr="{number} n'est pas un code article (GTIN) possible.", en="{number} cannot be an article number (GTIN)."),
)
