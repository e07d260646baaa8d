"""In whose name something is sent: a brand's, or the wallet's own."""

import uuid
from typing import NamedTuple


class Sender(NamedTuple):
    """What recipients see of whoever writes to them."""

    name: str
    brand_id: uuid.UUID | None = None
    address: str | None = None
    """What mail says it is from; the address of the installation unless a brand has its own."""
    reply_to: str | None = None
    legal_name: str | None = None
    postal_address: str | None = None
    colour: str | None = None
    """`#rrggbb`, of its name and buttons."""
    sms_sender: str | None = None
    """Who its text messages come from: 11 letters and digits at most, or a number."""
    web_domain: str | None = None
    """The site that a code in a text message is for; phones fill it in there and nowhere else."""


WALLET = Sender(name="Ici")
"""Whoever writes when it is about the whole wallet, or no brand was named."""
