"""Tests travel the same road as production: a real PostgreSQL with PostGIS, migrated for real, written by the
application's own role, with real commits. Each worker has its own database, copied from one migrated template.

Tests do not clean up: each makes its own brand and members, and row-level security keeps them apart.
"""

import fcntl
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from app import factory
from app.commands.migrations import upgrade
from app.config import Config
from app.ops.cluster import Cluster
from app.sql import db
from tests.speaking import JudgedClient, Speaker

ROOT = Path(__file__).parent.parent
factory.import_models()  # before any test module looks at what tables there are
SECRET = "a secret for tests only, never for anything else"


def cluster() -> Cluster:
    """The cluster of the tests: in `var/`, without the guarantees against power cuts that cost time."""
    return Cluster(ROOT / "var" / "test", durable=False)


def template() -> str:
    """The migrated database that workers copy; a change of any migration makes another one."""
    migrations = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    return f"ici_template_{sha256(b''.join(file.read_bytes() for file in migrations)).hexdigest()[:12]}"


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    server = cluster()
    server.start()
    with (ROOT / "var" / "test.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once must not both make it
        if not server.database_exists(template()):
            half_made = f"{template()}_new"  # an interrupted run must not leave half a template behind
            server.drop_database(half_made)
            server.create_database(half_made)
            upgrade(server.url("owner", half_made))
            server.create_database(template(), template=half_made)
            server.drop_database(half_made)


@pytest.fixture(scope="session")
def settings() -> Iterator[Config]:
    """Settings of this worker's own database."""
    server = cluster()
    name = f"ici_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    server.create_database(name, template=template())
    yield Config(
        environment="test",
        database_url=server.url("app", name),
        owner_database_url=server.url("owner", name),
        secret=SECRET,
        var=ROOT / "var" / "test" / "files" / name,
        mail="development",
        sms="development",
        public_url="http://localhost",
    )
    if db._engine is not None:
        db.engine().dispose()
    server.drop_database(name)


@pytest.fixture(scope="session", autouse=True)
def app(settings: Config) -> factory.Ici:
    """The application on this worker's database."""
    made = factory.create_app(settings)
    made.test_client_class = JudgedClient
    return made


@pytest.fixture
def anyone(app: factory.Ici) -> Speaker:
    """A caller with no token."""
    return Speaker(app.test_client())
