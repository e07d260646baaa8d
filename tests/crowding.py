"""Room for a crowd: races with many threads need more connections than a worker of the server has."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.config import Config
from app.sql import db

CONNECTIONS = 32  # several workers share the 100 of the tests' server


@contextmanager
def many_connections(settings: Config) -> Iterator[None]:
    """Within this block the process has many connections, and threads wait their turn for one as long as it takes."""
    db.connect(settings.database_url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=100)
    try:
        yield
    finally:
        db.connect(settings.database_url)
