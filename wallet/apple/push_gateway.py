"""Apple's push service as it is spoken to: HTTP/2, our certificate of the pass type as that of the client, and `{}`.

A push says nothing: the phone then asks the web service what changed. Many are under way at once over one connection;
once several in a row were met with silence, the rest of the batch is left for another time.
"""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import httpx2
import orjson

from app import config
from app.logs import log
from wallet.apple.certificates import CERTIFICATE, KEY, PassIdentity

ANSWER_S = 8.0
AT_ONCE = 100
"""Pushes under way over one connection; Apple's service lets a client have a thousand."""
STANDSTILLS = 20
"""After so many pushes in a row without an answer, or refused for our sake, the rest of a batch is not tried."""
DEAD_TOKENS = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered", "ExpiredToken"})
"""Reasons by which a push token will never work again (Apple: Handling notification responses from APNs)."""
OURS = frozenset({"BadTopic", "MissingTopic", "TopicDisallowed"})
"""Reasons in a 400 that speak of our certificate, as any 403 does."""


class PushOutcome(StrEnum):
    """What became of a push."""

    TAKEN = "taken"
    GONE = "gone"
    """No such phone any more."""
    BARRED = "barred"
    """We may not push so: somebody must look at the certificate."""
    LATER = "later"
    """Too many, or a fault there."""
    SILENT = "silent"
    """No answer."""


class PushAnswer(NamedTuple):
    """What became of a push, Apple's word for why, and since when a phone that is gone is."""

    outcome: PushOutcome
    reason: str = ""
    since: datetime | None = None


class PushLine:
    """A connection to the push service in the name of one certificate, used from one thread."""

    def __init__(self, identity: PassIdentity, runner: asyncio.Runner, client: httpx2.AsyncClient) -> None:
        self._identity, self._runner, self._client = identity, runner, client
        self._standstills = 0

    def push_all(self, tokens: Sequence[str]) -> list[PushAnswer]:
        """Wake the phones behind these tokens; what became of each. Raises nothing for whatever the service does."""
        return self._runner.run(self._push_all(tokens))

    async def _push_all(self, tokens: Sequence[str]) -> list[PushAnswer]:
        self._standstills = 0
        room = asyncio.Semaphore(AT_ONCE)
        return await asyncio.gather(*(self._push(token, room) for token in tokens))

    async def _push(self, token: str, room: asyncio.Semaphore) -> PushAnswer:
        async with room:
            if self._standstills >= STANDSTILLS:
                return PushAnswer(PushOutcome.SILENT, "not tried")
            try:
                answer = await self._client.post(
                    f"/3/device/{token}", content=b"{}", headers={"apns-topic": self._identity.pass_type}
                )
            except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
                self._standstills += 1
                return PushAnswer(PushOutcome.SILENT, type(error).__name__)
            found = read_answer(answer.status_code, answer.content)
            self._standstills = self._standstills + 1 if found.outcome is PushOutcome.BARRED else 0
            return found


@contextmanager
def open_line(identity: PassIdentity) -> Iterator[PushLine]:
    """A connection for as long as the block lasts; it is made with the first push."""
    settings = config.current()
    trusted = ssl.create_default_context(cafile=settings.apple_push_root)
    trusted.load_cert_chain(
        identity.folder / CERTIFICATE, identity.folder / KEY, password=settings.apple_key_password or ""
    )
    with asyncio.Runner() as runner:
        client = httpx2.AsyncClient(
            http1=False,
            http2=True,
            verify=trusted,
            base_url=settings.apple_push_url,
            timeout=ANSWER_S,
            limits=httpx2.Limits(max_connections=1),
            trust_env=False,
        )
        try:
            yield PushLine(identity, runner, client)
        finally:
            runner.run(client.aclose())


def read_answer(status: int, body: bytes) -> PushAnswer:
    """What an answer of the push service means."""
    reason, since = _read_body(body)
    if status == 200:
        return PushAnswer(PushOutcome.TAKEN)
    if status == 410 or (status == 400 and reason in DEAD_TOKENS):
        return PushAnswer(PushOutcome.GONE, reason, since)
    if status == 403 or (status == 400 and reason in OURS):
        return PushAnswer(PushOutcome.BARRED, reason or "Forbidden")
    if status != 429 and status < 500:
        log.error("apple_push_not_understood", status=status, reason=reason)
    return PushAnswer(PushOutcome.LATER, reason)


def _read_body(body: bytes) -> tuple[str, datetime | None]:
    """The reason, and the instant of a 410, in milliseconds since 1970."""
    try:
        said = orjson.loads(body) if body else {}
        reason, at = (said.get("reason"), said.get("timestamp")) if isinstance(said, dict) else (None, None)
        since = datetime.fromtimestamp(at / 1000, UTC) if isinstance(at, int) else None
    except (ValueError, OverflowError, OSError):
        return "", None
    return (reason if isinstance(reason, str) and reason.isalnum() else "")[:64], since
