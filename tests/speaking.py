"""Speak to the API as somebody: a test client that carries a token and makes idempotency keys."""

import uuid
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Speaker:
    """A caller. Writes get a fresh `Idempotency-Key` unless the test gives one."""

    def __init__(self, client: FlaskClient, token: str | None = None, language: str = "en") -> None:
        self.client, self.token, self.language = client, token, language

    def with_token(self, token: str) -> "Speaker":
        return Speaker(self.client, token, self.language)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.send("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.send("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.send("DELETE", path, **options)

    def send(
        self, method: str, path: str, *, key: str | None = None, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        sent = {"Accept-Language": self.language, "Idempotency-Key": key or str(uuid.uuid4())}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return self.client.open(path, method=method, headers=sent | (headers or {}), **options)
