"""Locks in the database's memory have one file, and one page that says their order."""

import re
import threading
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text

from app.factory import Ici
from app.sql import db, locks

ROOT = Path(__file__).parent.parent
SOURCES = [file for room in ("app", "geo", "offers", "wallet") for file in (ROOT / room).rglob("*.py")]
NAMED = re.compile(r'(?:locks\.lock_name|locks\.share_name|shared=|held=)\(?f?"([a-z._]+)')
KEPT = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"


def test_no_other_file_has_a_statement_of_such_a_lock() -> None:
    spoken = [file for file in SOURCES if re.search("pg_(try_)?advisory", file.read_text())]
    assert [str(file.relative_to(ROOT)) for file in spoken] == ["app/sql/locks.py"]


def test_every_name_stands_in_the_table_and_on_the_page() -> None:
    names = {name for file in SOURCES for name in NAMED.findall(file.read_text())} | {"places", "purpose_text"}
    assert len(names) > 12
    for told in (str(locks.__doc__), (ROOT / "docs" / "locks.md").read_text()):
        assert {name for name in names if f"`{name}" not in told} == set()


@pytest.mark.parametrize(
    ("take", "kept"),
    [
        (lambda: locks.lock_name("a"), 1),
        (lambda: locks.share_name("a"), 1),
        (lambda: locks.share_and_lock(shared="a", held="b"), 2),
        (lambda: locks.lock_address(bytes(32)), 1),
        (lambda: locks.lock_permissions(uuid.uuid4()), 1),
        (lambda: locks.share_permissions(uuid.uuid4()), 1),
        (lambda: locks.try_job("a.job"), 1),
    ],
)
def test_a_lock_ends_with_its_transaction(app: Ici, take, kept) -> None:
    with db.transaction():
        take()
        assert db.execute(text(KEPT)).scalar() == kept
    with db.transaction():
        assert db.execute(text(KEPT)).scalar() == 0


def test_who_sends_keeps_both_locks_over_transactions(app: Ici) -> None:
    with locks.between_hand_overs(uuid.uuid4()):
        for _ in range(2):
            with db.transaction():
                assert db.execute(text(KEPT)).scalar() == 2
    with db.transaction():
        assert db.execute(text(KEPT)).scalar() == 0


def test_a_job_that_somebody_is_at_is_not_waited_for(app: Ici) -> None:
    answers: list[bool] = []

    def other() -> None:
        with db.transaction():
            answers.append(locks.try_job("a.job"))

    with db.transaction():
        assert locks.try_job("a.job")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert answers == [False]
