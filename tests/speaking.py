"""Speak to the API as somebody: a test client that carries a token and makes idempotency keys.

Every answer to every test is compared with the OpenAPI document, so that the document stays true.
"""

import random
import uuid
from ipaddress import IPv4Address
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.documented import Judge

_judges: dict[Flask, Judge] = {}


def judge_of(app: Flask) -> Judge:
    """The judge that knows the document of this application."""
    if app not in _judges:
        document = FlaskClient(app, app.response_class).get("/openapi.json").get_json()
        _judges[app] = Judge(document, app.url_map.bind("localhost"))
    return _judges[app]


class JudgedClient(FlaskClient):
    """A test client that fails a test whose answer is not as documented. Each has a network of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["REMOTE_ADDR"] = str(IPv4Address(0x0A000000 + random.randrange(2**24)))

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        judge_of(self.application).check(response.request.method, response.request.path, response)
        return response


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
