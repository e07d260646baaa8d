"""Google's keys for signed messages: from a setting, or fetched and kept until the first of them ends.

They are looked for again at most every minute, so that whoever sends nonsense makes us ask nobody.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx2
import orjson

from app.logs import log
from app.settings import GoogleAccess
from wallet.google import accounts
from wallet.google.callbacks.errors import RootKeysMissing
from wallet.google.callbacks.signatures import RootKey, read_roots
from wallet.google.transport import trusted_authorities

PATH = "/gp/m/issuer/keys"
ANSWER_S = 3.0
KEPT = timedelta(hours=12)
"""How long keys that name no end are kept before they are looked for again."""
AGAIN_S = 60.0


class RootKeys:
    """The keys of one address, as this process knows them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: Sequence[RootKey] = ()
        self._until: datetime | None = None
        self._asked_at_s = -AGAIN_S
        self._lock = threading.Lock()

    def read(self, *, now: datetime) -> Sequence[RootKey]:
        """The keys that are good now. Raises `RootKeysMissing`."""
        with self._lock:
            is_old = self._until is None or self._until <= now
            if is_old and time.monotonic() - self._asked_at_s >= AGAIN_S:
                self._asked_at_s = time.monotonic()
                self._fetch(now)
            good = [key for key in self._keys if key.good_until is None or key.good_until > now]
        if not good:
            raise RootKeysMissing
        return good

    def _fetch(self, now: datetime) -> None:
        try:
            answer = httpx2.get(self._url, timeout=ANSWER_S, verify=trusted_authorities(), trust_env=False)
            answer.raise_for_status()
            keys = read_roots(orjson.loads(answer.content))
        except (httpx2.HTTPError, ValueError) as error:
            log.warning("google_keys_not_fetched", error=type(error).__name__)
            return
        ends = [key.good_until for key in keys if key.good_until is not None]
        self._keys, self._until = keys, min([*ends, now + KEPT])


_fetched: dict[str, RootKeys] = {}


def root_keys(known: GoogleAccess, *, now: datetime) -> Sequence[RootKey]:
    """The keys by which messages to this account are proven. Raises `RootKeysMissing`."""
    if known.root_keys:
        try:
            return read_roots(orjson.loads(known.root_keys))
        except ValueError:
            log.error("google_keys_unreadable")
            raise RootKeysMissing from None
    url = accounts.addresses(known).pay + PATH
    return _fetched.setdefault(url, RootKeys(url)).read(now=now)
