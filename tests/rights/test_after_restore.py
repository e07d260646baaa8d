"""The notes outside the database, and the gate that they close: a restored backup must forget whom it brought back."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app import config
from app.accounts.models import Member
from app.rights import jobs
from app.rights.erasure import after_restore, outside_ledger
from app.rights.models import Cause, Erasure
from app.sql import db
from tests.factories import make_member
from tests.speaking import Speaker

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def file(tmp_path: Path) -> Iterator[Path]:
    """Notes of this test's own, so that none of others' close the gate."""
    usual = config.current()
    config.use_config(replace(usual, erasure_ledger=tmp_path / "notes" / "erasures.jsonl"))
    yield tmp_path / "notes" / "erasures.jsonl"
    config.use_config(usual)


def back_from_a_backup() -> Member:
    """A member who is in the notes, and of whose erasure the database knows nothing."""
    member = make_member()
    outside_ledger.note_erasure(member.id, requested_at=NOW)
    return member


def replay() -> None:
    with db.system_transaction():
        after_restore.adopt_erasures(now=NOW)
    jobs.finish_erasures(now=NOW, most=100_000)


def gate(anyone: Speaker) -> str:
    return anyone.get("/readyz").get_json()["details"]["erasures"]


def test_without_notes_the_gate_is_open(anyone: Speaker) -> None:
    assert gate(anyone) == "ok"


def test_somebody_who_is_back_closes_the_gate(anyone: Speaker) -> None:
    back_from_a_backup()
    assert anyone.get("/readyz").status_code == 503


def test_the_gate_stays_closed_until_the_last_step(anyone: Speaker) -> None:
    back_from_a_backup()
    with db.system_transaction():
        after_restore.adopt_erasures(now=NOW)
    assert "1 erasures to repeat" in gate(anyone)


def test_the_replay_opens_it(anyone: Speaker) -> None:
    back_from_a_backup()
    replay()
    assert gate(anyone) == "ok"


def test_the_replay_erases_again() -> None:
    member = back_from_a_backup()
    replay()
    with db.system_transaction():
        assert db.get(Member, member.id) is None
        found = db.get(Erasure, member.id)
    assert found is not None
    assert (found.cause, found.requested_at) == (Cause.RESTORED, NOW)


def test_somebody_whom_the_backup_does_not_know_is_no_obstacle(anyone: Speaker) -> None:
    """The backup is from before they joined."""
    outside_ledger.note_erasure(uuid.uuid4(), requested_at=NOW)
    replay()
    assert gate(anyone) == "ok"


def test_the_job_replays_by_itself(anyone: Speaker) -> None:
    back_from_a_backup()
    jobs.erase_members(now=NOW)
    assert gate(anyone) == "ok"


def test_a_line_that_is_not_ours_closes_the_gate(anyone: Speaker, file: Path) -> None:
    member = back_from_a_backup()
    file.write_text(file.read_text().replace(str(member.id), str(make_member().id)))
    assert "cannot be verified" in gate(anyone)


def test_a_line_that_is_not_ours_erases_nobody(file: Path) -> None:
    member, victim = back_from_a_backup(), make_member()
    file.write_text(file.read_text().replace(str(member.id), str(victim.id)))
    replay()
    with db.system_transaction():
        assert db.get(Member, victim.id) is not None


def test_a_line_that_was_torn_and_written_again_is_whole(file: Path) -> None:
    member = uuid.uuid4()
    outside_ledger.note_erasure(member, requested_at=NOW)
    file.write_text(file.read_text()[:60])
    outside_ledger.note_erasure(member, requested_at=NOW)
    known, damaged = outside_ledger.read_notes()
    assert ([one.member_id for one in known], damaged) == ([member], 0)


def test_noting_twice_is_once() -> None:
    member = uuid.uuid4()
    outside_ledger.note_erasure(member, requested_at=NOW)
    outside_ledger.note_erasure(member, requested_at=NOW)
    assert len(outside_ledger.read_notes().known) == 1


def test_forgetting_leaves_the_others() -> None:
    gone, kept = uuid.uuid4(), uuid.uuid4()
    for member in (gone, kept):
        outside_ledger.note_erasure(member, requested_at=NOW)
    outside_ledger.forget_notes({gone})
    assert [one.member_id for one in outside_ledger.read_notes().known] == [kept]


def test_nothing_is_taken_out_of_a_damaged_file(file: Path) -> None:
    member = uuid.uuid4()
    outside_ledger.note_erasure(member, requested_at=NOW)
    with file.open("a") as opened:
        opened.write("not a note\n")
    assert outside_ledger.forget_notes({member}) is None
    assert outside_ledger.read_notes().damaged == 1


def test_a_file_that_was_lost_is_written_again_from_the_database() -> None:
    with db.system_transaction():
        after_restore.mend_notes()
        known = set(db.all_of(select(Erasure.member_id)))
    assert known <= {one.member_id for one in outside_ledger.read_notes().known}


def test_the_file_is_for_its_owner_only(file: Path) -> None:
    outside_ledger.note_erasure(uuid.uuid4(), requested_at=NOW)
    assert file.stat().st_mode & 0o077 == 0
