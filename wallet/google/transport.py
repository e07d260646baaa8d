"""Plain REST to Google Wallet: who we are said by a token, and every answer made one of few kinds.

| Google answers | means |
|---|---|
| 2xx | done |
| 404, 409 | `None` of `read`, or told by the status: the caller knows what to do |
| 400, 412 and other 4xx | this thing is not taken: `GoogleRefuses` |
| 401, 403; a token that is refused | we are not taken: `GoogleForbids` |
| 403 for a quota, 429; no connection | not now, and nothing was done: `GoogleAway` |
| 5xx; nothing within ten seconds | not now, and nobody knows: `GoogleAway(sent=True)` |
"""

import ssl
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import httpx2
import orjson
from google.auth.exceptions import RefreshError, TransportError
from google.oauth2.service_account import Credentials

from app.logs import log
from app.settings import GoogleAccess
from wallet.google import accounts
from wallet.google.errors import GoogleAway, GoogleForbids, GoogleRefuses

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
ANSWER_S = 10.0
CONNECT_S = 3.0
AT_ONCE = 4
"""Requests under way from one process: Google takes about twenty a second from one issuer."""
LARGEST_BYTES = 1_000_000
QUOTA = frozenset({"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"})
NOT_NOW = frozenset({429, 500, 502, 503, 504})
EXPECTED = frozenset({404, 409})


class GoogleAnswer(NamedTuple):
    """What Google said: below 300 it is done, else 404 (no such thing) or 409 (there is one already)."""

    status: int
    body: Any

    @property
    def is_done(self) -> bool:
        return self.status < 300


class GoogleWallet:
    """Google Wallet, spoken to in the name of one service account. Several threads may use it at once."""

    def __init__(self, known: GoogleAccess) -> None:
        self._url = accounts.addresses(known).api
        self._client = httpx2.Client(
            verify=trusted_authorities(),
            timeout=httpx2.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
            follow_redirects=False,
            trust_env=False,
        )
        self._sign_in = _sign_in_of(known)

    def __enter__(self) -> "GoogleWallet":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> GoogleAnswer:
        """Ask for one thing. Raises `GoogleAway`, `GoogleForbids`, `GoogleRefuses`."""
        answer = self._send_once(method, path, body)
        if answer.status_code == 401:  # the token was taken back, or a clock is wrong: once more with a new one
            self._sign_in.credentials.token = None
            answer = self._send_once(method, path, body)
        return _judge(answer)

    def _send_once(self, method: str, path: str, body: Mapping[str, Any] | None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self._token()}"}
        content = None
        if body is not None:
            content, headers["Content-Type"] = orjson.dumps(body), "application/json"
        try:
            return self._client.request(method, f"{self._url}/{path}", content=content, headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise GoogleAway(type(error).__name__, sent=False) from None
        except httpx2.HTTPError as error:
            raise GoogleAway(type(error).__name__, sent=method != "GET") from None

    def _token(self) -> str:
        credentials = self._sign_in.credentials
        with self._sign_in.lock:
            if not credentials.valid:
                try:
                    credentials.refresh(self._ask_for_token)
                except TransportError:
                    raise GoogleAway("token", sent=False) from None
                except RefreshError as error:
                    if error.retryable:
                        raise GoogleAway("token", sent=False) from None
                    log.error("google_token_refused")
                    raise GoogleForbids("token") from None
            return str(credentials.token)

    def _ask_for_token(
        self, url: str, method: str = "GET", body: bytes | None = None, headers: Any = None, **_: Any
    ) -> "_TokenAnswer":
        """One request, as google-auth wants its transport to be."""
        try:
            answer = self._client.request(method, url, content=body, headers=headers)
        except httpx2.HTTPError as error:
            raise TransportError(type(error).__name__) from None  # type: ignore[no-untyped-call]
        return _TokenAnswer(answer.status_code, dict(answer.headers), answer.content)


class _SignIn(NamedTuple):
    """A token that is good for an hour, whoever of this process uses it, and the turn to ask for the next."""

    credentials: Any
    lock: threading.Lock


@lru_cache(maxsize=4)
def _sign_in_of(known: GoogleAccess) -> _SignIn:
    signer = accounts.signer_of(known)
    made = Credentials(signer, known.email, known.token_url, scopes=[SCOPE])  # type: ignore[no-untyped-call]
    return _SignIn(made, threading.Lock())


@lru_cache(maxsize=1)
def trusted_authorities() -> ssl.SSLContext:
    """The authorities that this machine trusts; reading them takes longer than a request."""
    return ssl.create_default_context()


class _TokenAnswer(NamedTuple):
    """An answer, as google-auth reads it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def _judge(answer: httpx2.Response) -> GoogleAnswer:
    status, reason = answer.status_code, _reason(answer)
    if status < 300 or status in EXPECTED:
        return GoogleAnswer(status, _json(answer))
    if status in NOT_NOW or (status == 403 and reason in QUOTA):
        raise GoogleAway(reason, sent=status >= 500, retry_after_s=_retry_after_s(answer))
    if status in (401, 403):
        raise GoogleForbids(reason)
    raise GoogleRefuses(status, reason)


def _json(answer: httpx2.Response) -> Any:
    try:
        return orjson.loads(answer.content[:LARGEST_BYTES]) if answer.content else None
    except ValueError:
        return None


def _reason(answer: httpx2.Response) -> str:
    """Why, in one word of Google's; its sentences may hold what we sent, so they go nowhere."""
    body = _json(answer)
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        details = error.get("errors")
        first = details[0] if isinstance(details, list) and details else {}
        word = first.get("reason") if isinstance(first, dict) else None
        word = word or error.get("status")
        if isinstance(word, str) and word.isascii() and word.replace("_", "").isalnum():
            return word[:60]
    return str(answer.status_code)


def _retry_after_s(answer: httpx2.Response) -> int | None:
    said = answer.headers.get("Retry-After", "")
    return min(int(said), 3600) if said.isdecimal() else None
