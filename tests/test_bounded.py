"""What strangers send makes nothing grow: no metric, no cache, no register of this process."""

import functools
import gc
import sys
from collections import OrderedDict, deque
from collections.abc import Iterator, Sized
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from flask.testing import FlaskClient
from prometheus_client import generate_latest

from app.codes import article_numbers
from app.factory import Ici
from app.languages import LONGEST_HEADER, accepted_languages
from app.ops import health
from tests.factories import make_member, member_token

OURS = ("app", "geo", "wallet", "offers")
REQUESTS = 5_000
WARMING = 1_000
"""Requests after which a bounded cache of few hundred places is full, and every route and answer was met."""

ROUTES = ("/v1/me", "/v1/cards", "/v1/nearby-offers", "/v1/scans", "/nowhere", "/livez", "/docs/start.js")
KINDS = (dict, set, list, deque, OrderedDict, WeakKeyDictionary)


@pytest.fixture
def stranger(app: Ici) -> FlaskClient:
    """A client that sends whatever it is told, past the one that judges answers."""
    return FlaskClient(app, app.response_class)


def odd_requests(stranger: FlaskClient, token: str, numbers: range) -> None:
    """Each with a method, an address and headers of its own."""
    for number in numbers:
        headers = {
            "Authorization": f"Bearer {token if number % 2 else f'ici_t_{number}'}",
            "Accept-Language": f"x{number % 10_000:05d},fr;q=0.{number % 10}",
            "Idempotency-Key": f"key-{number}",
            "Content-Type": f"application/x-{number}",
            "Host": f"host-{number}.example",
            "User-Agent": f"agent-{number}",
            "X-Request-Id": f"id-{number}",
            "X-Forwarded-For": f"10.0.{number % 250}.{number // 250}",
        }
        method = f"M{number}" if number % 3 else ("GET", "POST", "PUT")[number % 9 // 3]
        stranger.open(f"{ROUTES[number % len(ROUTES)]}?q{number}={number}", method=method, headers=headers)


def every_object() -> list[Any]:
    """All that the collector knows, with what was loaded, which lies aside (tests/conftest.py)."""
    gc.unfreeze()
    found = gc.get_objects()
    gc.freeze()
    return found


def caches() -> Iterator[tuple[str, int]]:
    """Every cache of a function of ours, and how much it holds."""
    for found in every_object():
        if isinstance(found, functools._lru_cache_wrapper) and found.__module__.split(".")[0] in OURS:
            yield f"{found.__module__}.{found.__qualname__}", found.cache_info().currsize


def registers() -> Iterator[tuple[str, int]]:
    """Everything that a module of ours holds by a name and that can grow, and how much it holds."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in OURS:
            for called, held in list(vars(module).items()):
                if isinstance(held, KINDS) and isinstance(held, Sized) and not called.startswith("__"):
                    yield f"{name}.{called}", len(held)


def families() -> list[bytes]:
    """The names and labels of what is counted, without the numbers."""
    return sorted(line.rsplit(b" ", 1)[0] for line in generate_latest(health._registry()).splitlines())


@pytest.mark.slow
def test_five_thousand_odd_requests_leave_metrics_and_caches_as_they_were(stranger: FlaskClient) -> None:
    token = member_token(make_member())
    odd_requests(stranger, token, range(WARMING))
    before = (families(), dict(caches()), dict(registers()))
    odd_requests(stranger, token, range(WARMING, WARMING + REQUESTS))
    assert (families(), dict(caches()), dict(registers())) == before


def test_a_made_up_method_is_counted_as_other(stranger: FlaskClient) -> None:
    stranger.open("/v1/me", method="BREW")
    assert not any(b"BREW" in line for line in families())
    assert any(b'method="other"' in line for line in families())


def test_every_cache_of_ours_has_a_bound_or_is_filled_by_the_code_alone(app: Ici) -> None:
    unbounded = {
        f"{found.__module__}.{found.__qualname__}"
        for found in every_object()
        if isinstance(found, functools._lru_cache_wrapper)
        and found.__module__.split(".")[0] in OURS
        and found.cache_info().maxsize is None
        and found.__wrapped__.__code__.co_argcount + found.__wrapped__.__code__.co_kwonlyargcount
    }
    assert unbounded == BY_THE_CODE


BY_THE_CODE = {
    "app.config._derived",
    "app.http.access.door_of",
    "app.http.serialization.mirror_shape",
    "app.identity.moves._children_of",
    "app.ops.database.migrations_head.is_newer",
    "app.ops.health._meter",
    "app.receipts.signatures._key",
    "offers.benefits.kinds.fields_of",
    "offers.benefits.schemas._lines_in",
    "offers.benefits.schemas._step_in",
    "offers.benefits.schemas._step_out",
    "wallet.authenticity.voucher_keys._private_key",
    "wallet.authenticity.voucher_keys._published",
    "wallet.ledger.book_rows._statement",
}
"""Caches without a bound whose keys no request chooses: secrets, labels, shapes, tables, routes, shelves, quarters."""


def test_what_is_no_number_of_an_article_is_not_remembered() -> None:
    before = dict(caches())
    assert not article_numbers.is_gtin("9" * 100_000)
    assert dict(caches()) == before


def test_of_a_long_header_the_first_ranges_are_read() -> None:
    header = "en-GB," + ",".join(f"x{number}" for number in range(LONGEST_HEADER))
    assert accepted_languages(header) == ("en",)


def test_a_range_that_is_cut_off_says_nothing() -> None:
    header = "en;q=0.5," + " " * (LONGEST_HEADER - 14) + "fr;q=0.9"
    assert accepted_languages(header) == ("en",)
