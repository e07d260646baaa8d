"""Text messages that a request causes, beside the request (`outbox` says how)."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from app import config
from app.carriers import channels
from app.carriers.outbox import USEFUL, Errand, Outbox
from app.settings import DEVELOPMENT

OUTBOX = Outbox("sms", ask=None, repeatable=False)


def require_channel() -> None:
    """Raise `ChannelUnavailable` when there is no channel or it is away, before anything depends on it."""
    channels.require_sms()
    OUTBOX.require_there(config.current().sms)


def post_sms(
    *,
    to: str,
    text: str,
    now: datetime,
    sender: str | None = None,
    useful_for: timedelta = USEFUL,
    topic: bytes | None = None,
    refused: Callable[[], None] | None = None,
) -> None:
    """Send one text message, soon, and again while it is useful if the gateway surely did not take it.

    A text takes the place of one with the same `topic` that waits for another try. `refused` is called, later and in
    another thread, when the number takes no texts. Raises `ChannelUnavailable` when there is no channel, when it failed
    within the last half minute, or when too many texts wait.
    """
    channels.require_sms()
    gateway = config.current().sms
    if gateway == DEVELOPMENT:
        channels.send_sms(to=to, text=text, now=now)
        return
    send = partial(channels.send_sms, to=to, text=text, now=now, sender=sender, id=str(uuid.uuid4()))
    OUTBOX.post(Errand(gateway, send, time.monotonic() + useful_for.total_seconds(), refused=refused, topic=topic))
