"""The two ways of a hot request: through its lane, and through Flask alone, as if no lane were there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.factory import Ici

WAYS = ("lane", "route")


@contextmanager
def by_way(app: Ici, way: str) -> Iterator[None]:
    """Requests within this block go this way."""
    with pytest.MonkeyPatch.context() as patch:
        if way == "route":
            patch.setattr(app, "wsgi_app", app.wsgi_app.flask)  # type: ignore[attr-defined]
        yield


@contextmanager
def without_flask(app: Ici) -> Iterator[None]:
    """Requests within this block are answered by their lane, or fail."""

    def never(*_: Any) -> Any:
        raise AssertionError("Flask was asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.wsgi_app, "flask", never)
        yield


def by_both_ways(app: Ici, ask: Callable[[], TestResponse]) -> tuple[TestResponse, TestResponse]:
    """The answers to the same call through the lane, and with the lane taken away."""
    through = ask()
    with by_way(app, "route"):
        return through, ask()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, app: Ici) -> Iterator[str]:
    """Each test that uses this runs on both ways."""
    with by_way(app, request.param):
        yield request.param


def told(answer: TestResponse) -> Any:
    """What an answer says, without what is new each time."""
    body = answer.get_json()
    for name in ("decision_id", "decided_at", "instance"):
        body.pop(name, None)
    return answer.status_code, body
