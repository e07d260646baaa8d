"""What a request causes to be sent leaves beside it: a channel that takes its time holds up nobody else.

A sign-in code stands in no table, so it waits in this process alone, for as long as it is of use. If the process ends
before, the person asks for another. While a channel is known to be away, whoever asks is told so instead of being sent
to an empty mailbox; that it takes nothing for one person is told to nobody else.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientPutOff, RecipientRefused
from app.logs import log

AT_ONCE = 4
MOST_WAITING = 64
MOST_LATER = 256
"""How many messages wait for another try, beside those that wait for their first."""
AWAY_S = 30
"""How long a channel that failed is taken to be away; then the next message tries it again."""
USEFUL = timedelta(minutes=10)
TRY_AGAIN_S = (60.0, 120.0, 240.0)
"""Between the tries; the last one repeats. Servers that greylist take a message after one to five minutes."""


@dataclass(frozen=True)
class Errand:
    """One message to hand over to one server, and what is to be done about it."""

    server: str
    send: Callable[[], None]
    """Raises `ChannelUnavailable`, `RecipientRefused`, `RecipientPutOff`, `HandOverUnknown`."""
    useful_until_s: float
    """On the clock that only goes forward."""
    refused: Callable[[], None] | None = None
    """Called in a thread of ours once the address turns out to take nothing."""
    topic: Hashable | None = None
    """An errand takes the place of one with the same topic that waits for another try."""
    tries: int = 0


class Outbox:
    """The messages of this process that are on their way out by one channel.

    `ask` finds out whether a channel is there when one message met silence, and raises `ChannelUnavailable`; a channel
    that cannot be asked is away. What is not `repeatable` is never sent again when it may have arrived.
    """

    def __init__(self, name: str, *, ask: Callable[[], None] | None, repeatable: bool) -> None:
        self._messengers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=name)
        self._places = threading.BoundedSemaphore(MOST_WAITING)
        self._failed_at_s: dict[str, float] = {}
        self._later: dict[Hashable, threading.Timer] = {}
        self._lock = threading.Lock()
        self._ask, self._repeatable = ask, repeatable

    def require_there(self, server: str) -> None:
        """Raise `ChannelUnavailable` when this server failed within the last half minute."""
        if time.monotonic() - self._failed_at_s.get(server, -AWAY_S) < AWAY_S:
            raise ChannelUnavailable(retry_after_s=AWAY_S)

    def post(self, errand: Errand) -> None:
        """Send it soon.

        Raises `ChannelUnavailable` when its server failed within the last half minute, or too many messages wait.
        """
        self.require_there(errand.server)
        if not self._take_up(errand):
            raise ChannelUnavailable(retry_after_s=AWAY_S)
        with self._lock:
            overtaken = self._later.pop(errand.topic, None) if errand.topic is not None else None
        if overtaken is not None:
            overtaken.cancel()

    def _take_up(self, errand: Errand) -> bool:
        if not self._places.acquire(blocking=False):
            return False
        self._messengers.submit(self._run, errand)
        return True

    def _run(self, errand: Errand) -> None:
        try:
            self._hand_over(errand)
        except Exception as error:  # nobody waits for this thread to be told
            log.error("message_not_sent", error=type(error).__name__)
        finally:
            self._places.release()

    def _hand_over(self, errand: Errand) -> None:
        try:
            errand.send()
        except ChannelUnavailable:  # logged where it happened; the next who asks is told
            self._failed_at_s[errand.server] = time.monotonic()
            self._put_off(errand)
        except HandOverUnknown:
            self._look_after(errand)
        except RecipientPutOff:
            self._failed_at_s.pop(errand.server, None)
            self._put_off(errand)
        except RecipientRefused:
            self._failed_at_s.pop(errand.server, None)
            if errand.refused is not None:
                errand.refused()
        else:
            self._failed_at_s.pop(errand.server, None)

    def _look_after(self, errand: Errand) -> None:
        """Find out of whom the silence speaks, by asking again without a word of anybody."""
        try:
            if self._ask is None:
                raise ChannelUnavailable
            self._ask()
        except ChannelUnavailable:
            self._failed_at_s[errand.server] = time.monotonic()
        if self._repeatable:
            self._put_off(errand)

    def _put_off(self, errand: Errand) -> None:
        wait_s = TRY_AGAIN_S[min(errand.tries, len(TRY_AGAIN_S) - 1)]
        again = threading.Timer(wait_s, self._try_again, (replace(errand, tries=errand.tries + 1),))
        again.daemon = True
        with self._lock:
            if time.monotonic() + wait_s > errand.useful_until_s or len(self._later) >= MOST_LATER:
                log.warning("message_given_up", tries=errand.tries + 1)
                return
            self._later[errand.topic or again] = again
        again.start()

    def _try_again(self, errand: Errand) -> None:
        key = errand.topic or threading.current_thread()
        with self._lock:
            if self._later.get(key) is not threading.current_thread():
                return  # a newer one has its place
            del self._later[key]
        if not self._take_up(errand):
            self._put_off(errand)
