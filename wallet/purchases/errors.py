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


GTIN_WRONG = declare_complaint(
    "gtin_wrong",
    Text(fr="{number} n'est pas un code article (GTIN) possible.", en="{number} cannot be an article number (GTIN)."),
)
