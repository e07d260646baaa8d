"""A Google of this test, and a service account that speaks to it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import text

from app import config
from app.settings import GoogleAccess
from app.sql import db
from tests.factories import made
from tests.google.factories import ISSUER, Sayings
from tests.google.wallet_api import StandIn, standing_in
from tests.issued.factories import issue
from tests.wallet.factories import make_card
from wallet.issued import sources

TABLES = ("google_copy", "google_farewell", "google_class", "google_standing", "google_issuer")


@cache
def service_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def account_at(url: str) -> GoogleAccess:
    return GoogleAccess(ISSUER, "ici@project.example", "k1", service_key(), f"{url}/token", url=url)


@pytest.fixture
def google() -> Iterator[StandIn]:
    """Google, of which this installation has an account; nothing waits for it yet."""
    before, known = config.current(), StandIn()
    with made():
        for table in TABLES:
            db.execute(text(f"DELETE FROM {table}"))
    with standing_in(known) as url:
        config.use_config(replace(before, google=account_at(url)))
        yield known
    config.use_config(before)


@pytest.fixture
def sayings() -> Iterator[Sayings]:
    known, before = Sayings(), list(sources.SOURCES)
    sources.SOURCES[:] = [known.source]
    yield known
    sources.SOURCES[:] = before


@pytest.fixture
def card(member, brand):
    return make_card(member, brand)


@pytest.fixture
def held(card):
    """The pass of that card."""
    return issue(card)
