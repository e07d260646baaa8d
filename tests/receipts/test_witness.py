"""The last checkpoint outside the database: a log that lost what was signed for goes on under a new name."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app import config
from app.accounts.models import Brand
from app.ops import notebook
from app.receipts import audit, presentation, queries, seals, witness
from app.receipts.models import LogCheckpoint
from app.sql import db
from tests.consent.factories import give
from tests.factories import NOON, make_member
from tests.receipts.factories import seal_all, seal_now, settle


@pytest.fixture(autouse=True)
def file(app: object, tmp_path: Path) -> Iterator[Path]:
    """A notebook of this test's own."""
    usual = config.current()
    config.use_config(replace(usual, erasure_ledger=tmp_path / "notes.jsonl"))
    yield tmp_path / "notes.jsonl"
    config.use_config(usual)


@pytest.fixture
def signed(brand: Brand) -> LogCheckpoint:
    """What was signed last; nothing waits."""
    give(make_member(), brand)
    seal_all()
    return newest()


def newest() -> LogCheckpoint:
    with db.system_transaction():
        return presentation.newest_checkpoint()


def note(like: LogCheckpoint, *, size: int = 0, root: bytes | None = None, log_id: object = None) -> None:
    """Note a checkpoint that this database never signed."""
    other = LogCheckpoint(
        log_id=log_id or like.log_id, size=like.size + size, root=root or like.root, signed_at=NOON, kid=like.kid
    )
    witness.note_checkpoints([other])


def test_what_is_signed_is_noted(signed: LogCheckpoint) -> None:
    assert witness.noted_checkpoint() == (signed.log_id, signed.size, signed.root)


def test_a_log_that_only_grew_keeps_its_name(signed: LogCheckpoint, brand: Brand) -> None:
    give(make_member(), brand)
    seal_all()
    assert (newest().log_id, newest().size) == (signed.log_id, signed.size + 1)


def test_a_shorter_log_goes_on_under_a_new_name(signed: LogCheckpoint) -> None:
    note(signed, size=3, root=bytes(32))
    seal_now()
    assert (newest().log_id != signed.log_id, newest().size, newest().root) == (True, signed.size, signed.root)


def test_so_does_one_with_another_root(signed: LogCheckpoint) -> None:
    note(signed, root=bytes(32))
    seal_now()
    assert newest().log_id != signed.log_id


def test_so_does_one_of_which_a_later_one_was_signed(signed: LogCheckpoint) -> None:
    """Restored twice from one backup: the name that the log had in between is not known here."""
    note(signed, log_id=db.new_id())
    seal_now()
    assert newest().log_id != signed.log_id


def test_a_name_is_new_once(signed: LogCheckpoint) -> None:
    note(signed, size=3, root=bytes(32))
    seal_now()
    begun = newest().log_id
    seal_now()
    assert newest().log_id == begun


def test_a_sealer_that_died_before_its_commit_is_no_restore(
    signed: LogCheckpoint, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = notebook.write_lines

    def write_and_die(lines: list[str]) -> None:
        write(lines)
        raise KeyboardInterrupt

    give(make_member(), brand)
    settle()
    monkeypatch.setattr(notebook, "write_lines", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        seal_now()
    monkeypatch.undo()
    give(make_member(), brand)
    seal_all()
    assert (newest().log_id, newest().size) == (signed.log_id, signed.size + 2)


def test_what_is_not_noted_is_not_signed(signed: LogCheckpoint, brand: Brand, file: Path) -> None:
    give(make_member(), brand)
    settle()
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    with pytest.raises(OSError, match="directory"):
        seal_now()
    assert newest().size == signed.size


def test_a_lost_file_is_written_again_without_a_new_name(signed: LogCheckpoint, file: Path) -> None:
    file.unlink()
    seal_now()
    assert (witness.noted_checkpoint(), newest().log_id) == (
        (signed.log_id, signed.size, signed.root),
        signed.log_id,
    )


def test_the_old_checkpoint_is_still_published(signed: LogCheckpoint) -> None:
    note(signed, size=3, root=bytes(32))
    seal_now()
    with db.system_transaction():
        both = [one.log_id for one in db.all_of(queries.checkpoints_at(signed.size))]
    assert both == [newest().log_id, signed.log_id]


def found_by_audit() -> list[str]:
    """What the audit finds in this database, but for events that other tests wrote into it without a receipt."""
    with db.system_transaction():
        return [one.what for one in audit.audit_ledger() if one.what != "events without a receipt"]


def test_the_audit_knows_each_log_by_its_name(signed: LogCheckpoint) -> None:
    note(signed, size=3, root=bytes(32))
    seal_now()
    assert found_by_audit() == []


def test_the_audit_says_that_entries_were_lost(signed: LogCheckpoint) -> None:
    note(signed, size=3, root=bytes(32))
    assert found_by_audit() == ["checkpoints noted outside that are not of the log"]


def test_a_checkpoint_says_of_which_log_it_is(signed: LogCheckpoint) -> None:
    note(signed, size=3, root=bytes(32))
    seal_now()
    assert presentation.published(signed)["log_id"] == f"urn:uuid:{signed.log_id}" != seals_name()


def seals_name() -> str:
    with db.system_transaction():
        return seals.log_id()
