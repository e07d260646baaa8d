"""How Alembic meets the database: as its owner, knowing every table, and never waiting long for a lock.

A migration that waits behind a long transaction makes everybody else wait behind it; it is better that it fails
after five seconds and is tried again.
"""

import re
from typing import Any, Literal

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.schema import SchemaItem

from app import factory
from app.config import Config
from app.settings import ConfigIncomplete
from app.sql import db

LOCK_TIMEOUT = "5s"
CONNECT_S = 10
SERVING_ROLE = re.compile(r"\bici_app\b")
"""What migrations call the role that serves, whatever its name is in this installation."""

Kind = Literal["schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint"]


def owner_url() -> str:
    """The database to migrate: the one the caller names, else the one of the settings."""
    named: str | None = context.config.attributes.get("url")
    url = named or Config.load().owner_database_url
    if url is None:
        raise ConfigIncomplete("ICI_OWNER_DATABASE_URL is missing: migrations run as the owner of the tables.")
    return url


def app_role() -> str:
    """The role that is granted what serving needs: the one the caller names, else the one of the settings."""
    named: str | None = context.config.attributes.get("app_role")
    return named or Config.load().app_role


def name_role(engine: Engine, role: str) -> None:
    """Write this role wherever a migration says `ici_app`."""
    quoted = engine.dialect.identifier_preparer.quote(role)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def rewrite(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: bool) -> tuple[str, Any]:
        return SERVING_ROLE.sub(lambda _: quoted, statement), parameters


def foreign_tables(connection: Connection) -> set[str]:
    """Tables that are nobody's model: those of extensions, and partitions, which their parents stand for."""
    found = connection.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relispartition UNION ALL"
            " SELECT relname FROM pg_class JOIN pg_depend ON objid = pg_class.oid"
            " WHERE classid = 'pg_class'::regclass AND deptype = 'e'"
        )
    )
    return set(found)


def migrate(connection: Connection) -> None:
    """Run what Alembic was asked for on this connection."""
    foreign = foreign_tables(connection)
    connection.rollback()  # so that Alembic opens the transaction itself

    def ours(item: SchemaItem, name: str | None, kind: Kind, reflected: bool, compared: SchemaItem | None) -> bool:
        if kind == "table" and reflected and name in foreign:
            return False
        spatial: Any = alembic_helpers.include_object
        return bool(spatial(item, name, kind, reflected, compared))

    context.configure(
        connection=connection,
        target_metadata=db.Base.metadata,
        include_object=ours,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


factory.import_models()
# As the system: row-level security holds for the owner too, and would silently hide the rows that a migration changes.
OPTIONS = f"-c lock_timeout={LOCK_TIMEOUT} -c ici.system=on"
engine = create_engine(owner_url(), connect_args={"options": OPTIONS, "connect_timeout": CONNECT_S})
name_role(engine, app_role())
with engine.connect() as opened:
    migrate(opened)
engine.dispose()
