"""What must be in a database before it can be migrated: extensions, a role that serves, a schema to write in.

Only a superuser can lay it; whoever migrates is told the statements that are missing, and by whom to have them run.
"""

from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import create_engine, text

from app.ops.database.cluster import EXTENSIONS

LAID = """
SELECT current_user AS owner, current_database() AS database,
 has_schema_privilege('public', 'USAGE') AND has_schema_privilege('public', 'CREATE') AS may_create,
 (SELECT array_agg(extname) FROM pg_extension) AS extensions,
 (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role) AS passes_policies,
 EXISTS (SELECT FROM pg_roles WHERE rolname = :role AND has_schema_privilege(oid, 'public', 'USAGE')
  AND has_database_privilege(oid, current_database(), 'CONNECT')) AS may_look
"""


class DatabaseUnprepared(RuntimeError):
    """The database lacks what only a superuser can give it; the message says the statements."""


@dataclass(frozen=True)
class Laid:
    """What a database has, as its owner sees it. `passes_policies` is None when there is no such role."""

    owner: str
    database: str
    may_create: bool
    extensions: list[str]
    passes_policies: bool | None
    may_look: bool


def require_foundations(owner_url: str, *, app_role: str) -> None:
    """Raise `DatabaseUnprepared`, with every statement that is missing at once. Raises `OperationalError`, too."""
    engine = create_engine(owner_url)
    try:
        with engine.connect() as connection:
            found = Laid(**connection.execute(text(LAID), {"role": app_role}).mappings().one())
    finally:
        engine.dispose()
    refuse_role(found, app_role=app_role)
    if missing := missing_statements(found, app_role=app_role):
        lines = "\n".join(f"  {statement};" for statement in missing)
        raise DatabaseUnprepared(f"The database {found.database} is not prepared. Let a superuser run in it:\n{lines}")


def refuse_role(found: Laid, *, app_role: str) -> None:
    """Raise `DatabaseUnprepared` for a role that members' walls would not hold: the owner, or one above policies."""
    if app_role == found.owner:
        raise DatabaseUnprepared(
            f"ICI_DATABASE_URL and ICI_OWNER_DATABASE_URL are both of the role {app_role}: the role that serves must "
            "own nothing. Make another one for ICI_DATABASE_URL, or name it in ICI_APP_ROLE."
        )
    if found.passes_policies:
        raise DatabaseUnprepared(
            f"The role {app_role} is a superuser or has BYPASSRLS: row-level security would not hold for it. "
            f"Let a superuser run: ALTER ROLE {_quoted(app_role)} NOSUPERUSER NOBYPASSRLS;"
        )


def missing_statements(found: Laid, *, app_role: str) -> list[str]:
    """The statements that a superuser must still run in this database."""
    role, owner, database = map(_quoted, (app_role, found.owner, found.database))
    statements = [f"CREATE EXTENSION {name}" for name in EXTENSIONS if name not in found.extensions]
    if found.passes_policies is None:
        statements.append(f"CREATE ROLE {role} LOGIN PASSWORD '…'")
    if not found.may_look:
        statements += [f"GRANT CONNECT ON DATABASE {database} TO {role}", f"GRANT USAGE ON SCHEMA public TO {role}"]
    if not found.may_create:
        statements.append(f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}")
    return statements


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
