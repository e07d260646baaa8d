"""Mail that a request causes, beside the request (`outbox` says how)."""

import time
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from functools import partial

from app import config
from app.carriers import channels
from app.carriers.channels import Mail
from app.carriers.letters.composition import Letter
from app.carriers.outbox import USEFUL, Errand, Outbox
from app.settings import DEVELOPMENT

# Asked through the module: tests let their own mail server answer.
OUTBOX = Outbox("mail", ask=lambda: channels.require_answer(), repeatable=True)


def require_channel() -> None:
    """Raise `ChannelUnavailable` when there is no channel or it is away, before anything depends on it."""
    channels.require_mail()
    OUTBOX.require_there(config.current().mail)


def post_letter(
    letter: Letter,
    *,
    to: str,
    now: datetime,
    useful_for: timedelta = USEFUL,
    topic: Hashable | None = None,
    refused: Callable[[], None] | None = None,
) -> None:
    """Send a letter by mail, soon, and again while it is useful if the server does not take it now.

    A mail takes the place of one with the same `topic` that waits for another try. `refused` is called, later and in
    another thread, when the address takes no mail. Raises `ChannelUnavailable` when there is no channel, when it failed
    within the last half minute, or when too many mails wait.
    """
    channels.require_mail()
    server = config.current().mail
    mail = Mail(to, letter.subject, letter.text, now, html=letter.html, sender=letter.sender)
    if server == DEVELOPMENT:
        channels.send_mail(mail)
        return
    mail = mail._replace(headers={"Message-ID": channels.new_message_id()})
    until_s = time.monotonic() + useful_for.total_seconds()
    OUTBOX.post(Errand(server, partial(channels.send_mail, mail), until_s, refused=refused, topic=topic))
