"""Refusals about codes."""

from app.errors import CONSTRAINTS, Conflict, NotFound, Problem
from app.languages import Text


class PassUnknown(NotFound):
    """The one answer for a code that does not exist, was revoked or belongs to another brand."""

    title = Text(fr="Ce code est inconnu ici.", en="This code is not known here.")
    remedy = Text(
        fr="Demandez au client d'ouvrir sa carte dans l'application.",
        en="Ask the customer to open the card in the app.",
    )


class CardLost(Conflict):
    """The code was the member's until they lost the card. Said to staff only: it is they who hold it in their hand."""

    title = Text(
        fr="Cette carte a été déclarée perdue et remplacée le {at}.",
        en="This card was reported lost and replaced on {at}.",
    )
    remedy = Text(
        fr="Elle ne sert plus à personne. Le client trouve sa nouvelle carte dans l'application.",
        en="It is of no use to anybody. The customer finds the new card in the app.",
    )


class CodeMistyped(Problem):
    """Not a code at all: its check symbols say where."""

    status = 422
    title = Text(
        fr="Ce code est mal saisi : vérifiez le groupe {group}.", en="This code is mistyped: check group {group}."
    )


class ArticleScanned(CodeMistyped):
    """The barcode of goods was read instead of a card or a coupon."""

    title = Text(
        fr="Ce n'est ni une carte ni un bon : c'est le code d'un article.",
        en="This is no card and no coupon: it is the number of an article.",
    )
    remedy = Text(fr="Scannez la carte ou le bon du client.", en="Scan the customer's card or coupon.")


class LinkScanned(CodeMistyped):
    """A QR code that leads to a page."""

    title = Text(
        fr="Ce n'est ni une carte ni un bon : c'est l'adresse d'une page.",
        en="This is no card and no coupon: it is the address of a page.",
    )
    remedy = Text(
        fr="Demandez au client d'ouvrir sa carte dans l'application.",
        en="Ask the customer to open the card in the app.",
    )


class PhoneNumberScanned(CodeMistyped):
    """Staff typed what the customer told them."""

    title = Text(
        fr="Ce n'est ni une carte ni un bon : c'est un numéro de téléphone.",
        en="This is no card and no coupon: it is a phone number.",
    )
    remedy = Text(fr="Demandez au client sa carte ou le code de sa carte.", en="Ask for the card, or for its code.")


class CodeCutOff(CodeMistyped):
    """It begins like a code of ours that changes, and is none: a part is missing, or it is of a later version."""

    title = Text(
        fr="Ce code n'a pas été lu en entier, ou cette caisse ne le connaît pas encore.",
        en="This code was not read whole, or this till does not know it yet.",
    )
    remedy = Text(
        fr="Scannez-le à nouveau, ou saisissez le code de la carte.",
        en="Scan it again, or type the code of the card.",
    )


NOT_A_CODE = (CodeMistyped, ArticleScanned, CodeCutOff, LinkScanned, PhoneNumberScanned)
"""What is said of a text that cannot be a code, for the doors that read one."""


class CodeTaken(Conflict):
    """Chance made the same code twice, once in 2^74; the next try makes another."""

    title = Text(fr="Réessayez : ce code est déjà pris.", en="Try again: this code is taken.")


CONSTRAINTS["pk_pass_code"] = CodeTaken
