"""Mail that a request causes leaves beside it: a mail server that takes its time holds up nobody else.

A sign-in code stands in no table, so it waits in this process alone, for as long as a mail server may take. If the
process ends before, the person asks for another. While the mail server is known to be away, whoever asks is told so
instead of being sent to an empty mailbox.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from app import config
from app.carriers import channels
from app.carriers.errors import ChannelUnavailable
from app.config import DEVELOPMENT
from app.logs import log

AT_ONCE = 4
MOST_WAITING = 64
AWAY_S = 30
"""How long a mail server that failed is taken to be away; then the next mail tries it again."""

_postmen = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="post")
_places = threading.BoundedSemaphore(MOST_WAITING)
_failed_at_s: dict[str, float] = {}


def post_mail(*, to: str, subject: str, text: str, now: datetime) -> None:
    """Send one mail of plain text, soon.

    Raises `ChannelUnavailable` when there is no channel, when it failed within the last half minute, or when too many
    mails wait.
    """
    channels.require_mail()
    server = config.current().mail
    if server == DEVELOPMENT:
        channels.send_mail(to=to, subject=subject, text=text, now=now)
        return
    if time.monotonic() - _failed_at_s.get(server, -AWAY_S) < AWAY_S or not _places.acquire(blocking=False):
        raise ChannelUnavailable(retry_after_s=AWAY_S)
    _postmen.submit(_post, server, to=to, subject=subject, text=text, now=now)


def _post(server: str, *, to: str, subject: str, text: str, now: datetime) -> None:
    try:
        channels.send_mail(to=to, subject=subject, text=text, now=now)
        _failed_at_s.pop(server, None)
    except ChannelUnavailable:  # logged where it happened; the next who asks is told
        _failed_at_s[server] = time.monotonic()
    except Exception as error:  # nobody waits for this thread to be told
        log.error("mail_not_sent", error=type(error).__name__)
    finally:
        _places.release()
