"""Refusals of the door of OwnTracks."""

from app.errors import NotFound, Unauthenticated
from app.languages import Text


class OwntracksNotAccepted(Unauthenticated):
    """A user and a password that are none of ours, or not any more."""

    challenge = 'Basic realm="Ici", charset="UTF-8"'
    title = Text(
        fr="Ce téléphone OwnTracks n'est pas, ou plus, relié à un portefeuille.",
        en="This OwnTracks phone is not, or no longer, connected to a wallet.",
    )
    remedy = Text(
        fr="Reliez-le de nouveau depuis votre portefeuille.",
        en="Connect it again from your wallet.",
    )


class OwntracksAccessUnknown(NotFound):
    title = Text(fr="Ce téléphone n'est pas relié par OwnTracks.", en="This phone is not connected by OwnTracks.")
