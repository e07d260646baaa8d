"""Certificates of a trial, by which this room's tests sign; made once for each worker."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import config
from app.config import Config
from app.factory import Ici
from tests.apple.apns import StandIn, standing_in
from tests.apple.factories import Phone
from wallet.apple.trial_pki import ROOT, make_test_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("apple") / "certificates"
    make_test_pki(folder, now=datetime.now(UTC))
    return folder


@pytest.fixture
def signing(settings: Config, app: Ici, pki: Path) -> Iterator[Config]:
    """The installation signs passes."""
    before = config.current()
    signing = replace(settings, apple_certificates=pki, public_url="https://ici.example", apple_push_root=pki / ROOT)
    config.use_config(signing)
    yield signing
    config.use_config(before)


@pytest.fixture
def apns(signing: Config, pki: Path) -> Iterator[StandIn]:
    """The push service, as a stand-in."""
    with standing_in(pki) as server:
        config.use_config(replace(signing, apple_push_url=server.url))
        yield server


@pytest.fixture
def phone(signing: Config, app: Ici) -> Phone:
    return Phone(app.test_client())
