"""Refusals of the channels, of messages and of sinks."""

from app.errors import CONSTRAINTS, Conflict, NotFound, Problem
from app.languages import Text


class ChannelUnavailable(Problem):
    """The channel is not set up, or its gateway does not take messages now. The same for every address."""

    status = 503
    title = Text(
        fr="Ce canal ne peut pas envoyer de message pour l'instant.", en="This channel cannot send messages at present."
    )
    remedy = Text(fr="Réessayez plus tard, ou choisissez un autre canal.", en="Try later, or choose another channel.")


class StopLinkMissing(Problem):
    status = 422
    title = Text(
        fr="Le texte doit dire, dans chaque langue, comment ne plus recevoir ces messages : {{stop}}.",
        en="The text must say, in each language, how to stop these messages: {{stop}}.",
    )


class SinkUnknown(NotFound):
    title = Text(fr="Ce destinataire n'existe pas.", en="There is no such sink.")


class SinkExists(Conflict):
    title = Text(
        fr="Un destinataire de l'enseigne porte déjà ce code.", en="A sink of the brand has this code already."
    )


class SinkWithoutContract(Conflict):
    title = Text(
        fr="Sans contrat de sous-traitance, ce destinataire ne peut rien recevoir.",
        en="Without a processing contract this sink may receive nothing.",
    )
    remedy = Text(fr="Indiquez d'abord le contrat.", en="Name the contract first.")


class SinkAddressUnsafe(Problem):
    status = 422
    title = Text(
        fr="L'adresse d'un destinataire commence par https:// et ne contient pas de mot de passe.",
        en="The address of a sink starts with https:// and holds no password.",
    )


CONSTRAINTS["uq_sink_brand_id"] = SinkExists
