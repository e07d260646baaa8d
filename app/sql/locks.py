"""Locks by name, in the database's memory, until the end of the transaction.

For what is not one row: a member's claims of one offer, a brand's places. A name becomes a 64-bit key, so rooms need no
common register of numbers; if two names ever meet in one key, the price is a wait.
"""

from sqlalchemy import text

from app.sql import db

HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")


def lock_name(name: str) -> None:
    """Take the lock alone: wait for everybody who holds or shares it."""
    db.execute(HOLD, {"name": name})


def share_name(name: str) -> None:
    """Take the lock together with others who share it: wait for whoever holds it alone."""
    db.execute(SHARE, {"name": name})
