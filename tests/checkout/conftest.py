"""What the tests of checkout share."""

from collections.abc import Iterator

import pytest

from app.config import Config
from tests.crowding import many_connections


@pytest.fixture
def crowd(settings: Config) -> Iterator[None]:
    """Connections for races with many threads."""
    with many_connections(settings):
        yield
