"""Refusals of the channels."""

from app.errors import Problem
from app.languages import Text


class ChannelUnavailable(Problem):
    """The channel is not set up, or its gateway does not take messages now. The same for every address."""

    status = 503
    title = Text(
        fr="Ce canal ne peut pas envoyer de message pour l'instant.", en="This channel cannot send messages at present."
    )
    remedy = Text(fr="Réessayez plus tard, ou choisissez un autre canal.", en="Try later, or choose another channel.")
