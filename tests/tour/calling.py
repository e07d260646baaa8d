"""A small HTTP client, as an app would have one: a token, a language, an Idempotency-Key per write."""

import base64
import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any

TIMEOUT_S = 30


class NothingAnswers(Exception):
    """No server at this address."""


@dataclass(frozen=True)
class Answer:
    """What came back, refusals included."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Caller:
    """Somebody who speaks to the API at `url`."""

    url: str
    name: str
    token: str | None = None
    language: str = "en"
    scheme: str = "Bearer"

    def with_token(self, token: str) -> "Caller":
        return replace(self, token=token)

    def with_password(self, user: str, password: str) -> "Caller":
        return replace(self, token=base64.b64encode(f"{user}:{password}".encode()).decode(), scheme="Basic")

    def speaking(self, language: str) -> "Caller":
        return replace(self, language=language)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, **options: str) -> Answer:
        return self.send("POST", path, body, **options)

    def upload(self, path: str, file: bytes) -> Answer:
        """Send a file as it is."""
        return self.send("POST", path, file)

    def put(self, path: str, body: Any = None, **options: str) -> Answer:
        return self.send("PUT", path, body, **options)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def send(self, method: str, path: str, body: Any = None, *, key: str = "", match: str = "") -> Answer:
        """`key` is the Idempotency-Key (a fresh one if none is given), `match` the If-Match."""
        headers = {"Accept-Language": self.language, "Idempotency-Key": key or str(uuid.uuid4())}
        if self.token:
            headers["Authorization"] = f"{self.scheme} {self.token}"
        if match:
            headers["If-Match"] = match
        data = None
        if isinstance(body, bytes):
            data, headers["Content-Type"] = body, "application/octet-stream"
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.headers, refusal.read())
        except (urllib.error.URLError, OSError) as error:
            raise NothingAnswers(str(getattr(error, "reason", error))) from None
