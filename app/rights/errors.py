"""Refusals about rights."""

from app.errors import CONSTRAINTS, Conflict, NotFound, Problem
from app.languages import Text


class RightsRequestUnknown(NotFound):
    title = Text(fr="Cette demande n'existe pas.", en="There is no such request.")


class StatementMissing(Problem):
    """A request that a person must read says nothing to read."""

    status = 422
    title = Text(fr="Dites ce que vous demandez.", en="Say what you ask for.")
    remedy = Text(fr="Envoyez `statement` en quelques phrases.", en="Send `statement` in a few sentences.")


class RightsRequestClosed(Conflict):
    title = Text(fr="Cette demande est close ; elle ne change plus.", en="This request is closed; it changes no more.")


class ExtensionTooLate(Conflict):
    """GDPR article 12(3): the notice of an extension is given within the first month, and once."""

    title = Text(
        fr="Le délai ne peut être prolongé qu'une fois, avant sa fin.",
        en="The time can be extended once only, and before it ends.",
    )


class AddressTaken(Conflict):
    """Whoever asks has just proved that the address is theirs, so this tells them nothing about anybody else."""

    title = Text(fr="Cette adresse ouvre un autre portefeuille.", en="This address opens another wallet.")
    remedy = Text(
        fr="Connectez-vous avec cette adresse pour l'y retrouver.", en="Sign in with this address to find that wallet."
    )


class AddressUnknown(NotFound):
    title = Text(fr="Cette adresse n'ouvre pas ce portefeuille.", en="This address does not open this wallet.")


class LastAddressKept(Conflict):
    title = Text(
        fr="La dernière adresse ouvre votre portefeuille : elle ne peut être retirée.",
        en="The last address opens your wallet: it cannot be removed.",
    )
    remedy = Text(fr="Ajoutez d'abord une autre adresse.", en="Add another address first.")


class PortabilityUnreadable(Problem):
    status = 422
    title = Text(fr="Ce fichier n'est pas un export de portabilité.", en="This file is no portability export.")


class PortabilityEmpty(Problem):
    """An export of portability from which nothing could come back."""

    status = 422
    title = Text(fr="Cet export ne contient rien à rendre.", en="There is nothing in this export to give back.")


CONSTRAINTS["pk_member_identifier"] = AddressTaken
