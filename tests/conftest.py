"""Tests travel the same road as production: a real PostgreSQL with PostGIS, migrated for real, written by the
application's own role, with real commits. Each worker has its own database, copied from one migrated template.

Tests do not clean up: each makes its own brand and members, and row-level security keeps them apart.
"""

import gc
import os
from collections.abc import Iterator

import pytest

from app import factory
from app.accounts.models import Brand, Member
from app.config import Config
from app.consent.noes import rest
from app.settings import DatabaseLimits
from app.sql import db
from tests import sizes, templates
from tests.crowding import dismiss_crowds, many_connections
from tests.factories import make_brand, make_member, member_token
from tests.scheduling import WholeFiles
from tests.speaking import JudgedClient, Speaker

factory.import_models()  # before any test module looks at what tables there are
sizes.register_profiles()
PATIENT = DatabaseLimits(lock_s=60, statement_s=60, answer_s=90, pool_s=60)
"""Limits for a machine that does much else beside the tests."""
SECRET = "a secret for tests only, never for anything else"


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until all is loaded
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        templates.make_template()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in which something takes long come first, so that no worker is left alone with one at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_xdist_make_scheduler(config: pytest.Config) -> WholeFiles:
    """How tests are given to workers."""
    return WholeFiles(config)


def pytest_collection_finish() -> None:
    """What was loaded stays. The collector, which would walk it again and again, took a sixth of every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def settings() -> Iterator[Config]:
    """Settings of this worker's own database."""
    server = templates.shared_cluster()
    name = f"ici_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    server.create_database(name, template=templates.template_name())
    yield Config(
        environment="test",
        database_url=server.url("app", name),
        owner_database_url=server.url("owner", name),
        secret=SECRET,
        var=templates.ROOT / "var" / "test" / "files" / name,
        mail="development",
        sms="development",
        public_url="http://localhost",
        database_limits=PATIENT,
    )
    dismiss_crowds()
    if db._engine is not None:
        db.engine().dispose()
    server.drop_database(name)


@pytest.fixture(scope="session", autouse=True)
def app(settings: Config) -> factory.Ici:
    """The application on this worker's database."""
    made = factory.create_app(settings)
    made.test_client_class = JudgedClient
    rest.LOOK_EVERY_S = float("inf")  # once, and then when a test says so: statements are counted
    rest.rests()
    return made


@pytest.fixture
def anyone(app: factory.Ici) -> Speaker:
    """A caller with no token."""
    return Speaker(app.test_client())


@pytest.fixture
def brand() -> Brand:
    """A brand of this test alone."""
    return make_brand()


@pytest.fixture
def member() -> Member:
    """A member of this test alone."""
    return make_member()


@pytest.fixture
def speaker(anyone: Speaker, member: Member) -> Speaker:
    """The phone of that member."""
    return anyone.with_token(member_token(member))


@pytest.fixture
def crowd(settings: Config) -> Iterator[None]:
    """Connections for races with many threads."""
    with many_connections(settings):
        yield
