"""A fresh database and an application on it, for whoever tries cases without pytest."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app import factory
from app.config import Config
from app.sql import db
from tests import templates
from tests.speaking import Speaker


@contextmanager
def opened_stage() -> Iterator[Speaker]:
    """A caller of an application with nothing in it; the database is dropped afterwards."""
    factory.import_models()
    templates.make_template()
    server, name = templates.shared_cluster(), f"ici_cases_{os.getpid()}"
    server.create_database(name, template=templates.template_name())
    try:
        settings = Config(
            environment="test",
            database_url=server.url("app", name),
            owner_database_url=server.url("owner", name),
            secret="a secret for cases only, never for anything else",
            var=templates.ROOT / "var" / "test" / "files" / name,
            mail="development",
            sms="development",
            public_url="http://localhost",
        )
        yield Speaker(factory.create_app(settings).test_client())
        db.engine().dispose()
    finally:
        server.drop_database(name)
