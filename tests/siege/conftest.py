"""One server under siege for all attacks of this folder, and one attack at a time on this machine."""

import fcntl
from collections.abc import Iterator

import pytest

from app.config import Config
from tests import templates
from tests.siege.stronghold import Stronghold, besieged


@pytest.fixture(scope="package")
def stronghold(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Stronghold]:
    with besieged(tmp_path_factory.mktemp("siege"), settings) as stronghold:
        yield stronghold


@pytest.fixture(scope="module")
def alone() -> Iterator[None]:
    """Two workers of pytest do not besiege at once: each would measure the attack of the other."""
    with (templates.ROOT / "var" / "siege.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
