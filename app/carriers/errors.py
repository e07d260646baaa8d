"""What can go wrong on the way out: of the channel, which is told to whoever asks, or of one person's address."""

from app.errors import Problem
from app.languages import Text


class ChannelUnavailable(Problem):
    """The channel is not set up, or its gateway does not take messages now. The same for every address."""

    status = 503
    title = Text(
        fr="Ce canal ne peut pas envoyer de message pour l'instant.", en="This channel cannot send messages at present."
    )
    remedy = Text(fr="Réessayez plus tard, ou choisissez un autre canal.", en="Try later, or choose another channel.")


class LetterWordsWrong(ValueError):
    """A brand's own words cannot be sent; the message says why, to whoever publishes them."""


class RecipientRefused(Exception):
    """The channel is well, and takes no message for this address, today or tomorrow (RFC 5321 section 4.2.1: 5yz)."""


class RecipientPutOff(Exception):
    """The channel is well, and does not take this message now (4yz): greylisting, a full mailbox, a crowd."""


class HandOverUnknown(Exception):
    """Silence in the middle of a hand-over: neither whether the channel has the message nor whether it is well."""
