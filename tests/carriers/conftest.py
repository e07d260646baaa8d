"""Settings that a test changes are those of before afterwards."""

from collections.abc import Iterator

import pytest

from app import config
from app.config import Config


@pytest.fixture(autouse=True)
def put_back(settings: Config) -> Iterator[None]:
    yield
    config.use_config(settings)
