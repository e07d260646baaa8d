"""Row-level security of a personal table, written by its migration: the condition is that of `db.policy_expression`."""

from collections.abc import Callable

from app.sql import db
from app.sql.db import Reader

NAME = "readers"
"""What every policy is called."""


def protect_table(execute: Callable[[str], object], table: str, *readers: Reader) -> None:
    """Show rows of this table to these readers and to nobody else, its owner included.

    For migrations: `policies.protect_table(op.execute, "coupon_gift", Reader.MEMBER)`, with the readers that the model
    names; a test compares both.
    """
    rule = db.policy_expression(readers)
    execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    execute(f"CREATE POLICY {NAME} ON {table} USING ({rule}) WITH CHECK ({rule})")
