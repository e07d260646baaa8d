"""Passwords are hashed with the least that argon2 allows here: counting failures is the fact, not hashing them. Nothing
is used up when a test begins."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete

from app.accounts import passwords
from app.accounts.models import QuotaUse
from app.factory import Ici
from app.sql import db


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()


@pytest.fixture(autouse=True)
def whole_quotas(app: Ici) -> None:
    """Nothing is used up by tests of other instants."""
    with db.system_transaction():
        db.execute(delete(QuotaUse))
