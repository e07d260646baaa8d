"""Noes outside the database: on the disk before they are committed, missed when a database has forgotten them, said
again, and nothing but noes."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app import config
from app.accounts.models import Brand, Member
from app.consent.decision.verdicts import decide_permission
from app.consent.ledger import withdrawal
from app.consent.models import Actor, Objection, PermissionEvent, Reason, State
from app.consent.noes import notes, rest
from app.consent.suppression import objections, restriction
from app.messages.models import MessageStatus
from app.ops import notebook
from app.ops.signs import OK
from app.rights import jobs
from app.sql import db
from tests.consent.factories import CELL, give, ledger, say_no, states
from tests.factories import NOON, make_brand, make_member
from tests.messages.factories import Post, allow, deliver, make_addressee, queue, standing
from tests.racing import at_once

LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def file(app: object, tmp_path: Path) -> Iterator[Path]:
    """A notebook of this test's own."""
    usual = config.current()
    config.use_config(replace(usual, erasure_ledger=tmp_path / "notes.jsonl"))
    yield tmp_path / "notes.jsonl"
    config.use_config(usual)


@pytest.fixture
def allowed(member: Member, brand: Brand) -> Member:
    """A member who said yes to the brand."""
    give(member, brand)
    return member


def forgotten(member: Member, brand: Brand, *, at: Any = LATER, state: State = State.WITHDRAWN) -> PermissionEvent:
    """A no that the notebook knows, and of which the database knows nothing."""
    about = {**CELL, "member_id": member.id, "brand_id": brand.id, "scope_kind": "brand", "scope_id": brand.id}
    event = PermissionEvent(
        **about, id=db.new_id(), recipient="", state=state, actor=Actor.DATA_SUBJECT, recorded_at=at
    )
    notebook.write_lines([notes.line_of_no(event).text])
    return event


def missing() -> list[str]:
    """Whose noes are missing."""
    return [one.subject["member_id"] for one in rest.find_missing(now=LATER + timedelta(hours=1))]


def noted() -> list[notes.NotedNo]:
    return [one for line in notebook.read_lines().lines if (one := notes.read_note(line)) is not None]


def decide(member: Member, brand: Brand) -> Reason:
    with db.system_transaction():
        return decide_permission(member_id=member.id, brand_id=brand.id, now=LATER, **CELL).reason


def replay() -> int:
    return jobs.replay_noes(now=LATER + timedelta(hours=1))


def test_a_no_is_in_the_notebook_once_it_is_said(allowed: Member, brand: Brand) -> None:
    say_no(allowed, brand)
    [one] = noted()
    assert (one.at, notes.subject_of(one)["event_id"]) == (ledger(allowed)[-1].recorded_at, str(ledger(allowed)[-1].id))


def test_a_yes_is_not(allowed: Member) -> None:
    assert noted() == []


def test_a_no_that_was_rolled_back_is_not(allowed: Member, brand: Brand) -> None:
    def change_their_mind() -> None:
        withdrawal.withdraw_permission(member_id=allowed.id, brand_id=brand.id, now=LATER, **CELL)
        raise KeyError

    with pytest.raises(KeyError), db.system_transaction():
        change_their_mind()
    assert noted() == []


def test_it_is_on_the_disk_before_it_is_committed(
    allowed: Member, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is killed in between leaves a file that knows more; the no is taken all the same."""
    write = notebook.write_lines

    def write_and_die(lines: list[str]) -> None:
        write(lines)
        raise KeyboardInterrupt

    monkeypatch.setattr(notebook, "write_lines", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        say_no(allowed, brand)
    monkeypatch.undo()
    assert (states(allowed), missing()) == (["given"], [str(allowed.id)])
    assert (replay(), states(allowed), missing()) == (1, ["given", "withdrawn"], [])


def test_a_no_that_is_about_to_be_committed_is_not_missing(
    allowed: Member, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, seen = notebook.write_lines, list[Any]()

    def write_and_look(lines: list[str]) -> None:
        write(lines)
        looker = threading.Thread(target=lambda: seen.append(rest.find_missing(now=LATER)))
        looker.start()
        looker.join()

    monkeypatch.setattr(notebook, "write_lines", write_and_look)
    say_no(allowed, brand, now=LATER)
    assert seen == [[]]
    assert missing() == []


def test_nobody_who_withdraws_while_others_look_closes_the_gate(brand: Brand) -> None:
    members = [make_member() for _ in range(8)]
    for member in members:
        give(member, brand)
    seen: list[int] = []

    def act(number: int) -> None:
        if number % 2:
            seen.extend(len(rest.find_missing(now=LATER)) for _ in range(20))
        else:
            say_no(members[number // 2], brand, now=LATER)

    at_once(16, act)
    assert (set(seen), missing()) == ({0}, [])


def test_withdrawing_everything_waits_for_the_disk_once(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    for brand in (make_brand(), make_brand()):
        give(member, brand)
    write, writes = notebook.write_lines, list[int]()
    monkeypatch.setattr(notebook, "write_lines", lambda lines: writes.append(len(lines)) or write(lines))
    with db.system_transaction():
        withdrawal.withdraw_everything(member_id=member.id, now=LATER)
    assert writes == [2]


def test_a_disk_that_takes_nothing_refuses_nobody(
    allowed: Member, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(lines: list[str]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(notebook, "write_lines", full)
    say_no(allowed, brand)
    monkeypatch.undo()
    assert (states(allowed)[-1], noted()) == ("withdrawn", [])
    other = make_member()
    give(other, brand)
    say_no(other, brand)
    assert len(noted()) == 2


def test_a_forgotten_no_makes_every_yes_rest(allowed: Member, brand: Brand) -> None:
    other = make_member()
    give(other, brand)
    forgotten(allowed, brand)
    missing()
    assert (decide(allowed, brand), decide(other, brand)) == (Reason.RESTING, Reason.RESTING)


def test_what_was_refused_is_still_said_to_be_refused(allowed: Member, brand: Brand) -> None:
    say_no(allowed, brand)
    forgotten(make_member(), brand)
    missing()
    assert decide(allowed, brand) is Reason.WITHDRAWN


def test_a_message_waits_until_the_noes_are_said_again(brand: Brand) -> None:
    addressee, post = make_addressee(), Post()
    allow(addressee, brand)
    message = queue(addressee, brand)
    forgotten(make_member(), brand)
    missing()
    deliver(message, post, now=LATER)
    assert (standing(message), post.taken) == ((MessageStatus.HELD, Reason.RESTING), [])
    replay()
    deliver(message, post, now=LATER)
    assert standing(message)[0] == MessageStatus.SENT


def test_the_replay_says_it_under_its_own_number_and_time(allowed: Member, brand: Brand) -> None:
    event = forgotten(allowed, brand, state=State.REFUSED)
    assert replay() == 1
    said = ledger(allowed)[-1]
    assert (said.id, said.state, said.actor, said.claimed_at) == (event.id, "refused", event.actor, LATER)


def test_saying_it_again_twice_is_once(allowed: Member, brand: Brand) -> None:
    forgotten(allowed, brand)
    assert ([replay(), replay()], states(allowed)) == ([1, 0], ["given", "withdrawn"])


def test_two_who_say_it_again_at_once_say_it_once(allowed: Member, brand: Brand) -> None:
    forgotten(allowed, brand)
    at_once(4, lambda _: replay())
    assert states(allowed) == ["given", "withdrawn"]


def test_a_yes_of_after_the_no_stands(allowed: Member, brand: Brand) -> None:
    """A request died before its commit, and the member said yes anew."""
    forgotten(allowed, brand, at=NOON - timedelta(hours=1))
    assert (missing(), decide(allowed, brand)) == ([], Reason.ALLOWED)


def test_a_no_of_somebody_who_is_not_here_is_no_obstacle(brand: Brand) -> None:
    forgotten(Member(id=db.new_id(), language="fr", created_at=NOON), brand)
    assert missing() == []


def test_a_forgotten_objection_is_made_again(allowed: Member, brand: Brand) -> None:
    objection = Objection(id=db.new_id(), member_id=allowed.id, brand_id=None, objected_at=LATER)
    notebook.write_lines([notes.line_of_objection(objection, at=LATER).text])
    assert (missing(), replay(), missing()) == ([str(allowed.id)], 1, [])
    assert decide(allowed, brand) is Reason.WITHDRAWN


def test_one_that_was_lifted_is_not_missed(allowed: Member) -> None:
    with db.system_transaction():
        objections.object_to_marketing(member_id=allowed.id, now=LATER)
    assert missing() == []
    with db.system_transaction():
        objections.lift_objection(member_id=allowed.id, now=LATER)
    assert missing() == []


def test_a_forgotten_restriction_is_made_again_and_a_lifted_one_is_not(allowed: Member, brand: Brand) -> None:
    notebook.write_lines([notes.line_of_restriction(allowed.id, at=LATER, stands=True).text])
    assert (missing(), replay(), decide(allowed, brand)) == ([str(allowed.id)], 1, Reason.RESTRICTED)
    with db.system_transaction():
        restriction.lift_restriction(member_id=allowed.id, now=LATER)
    assert (missing(), decide(allowed, brand)) == ([], Reason.ALLOWED)


def test_a_database_that_loses_what_it_had_confirmed_is_found_out(allowed: Member, brand: Brand) -> None:
    """As after a restore under a process that runs: the file has not changed."""
    say_no(allowed, brand, now=LATER)
    assert missing() == []
    lose(allowed)
    assert missing() == [str(allowed.id)]


LOST = "SELECT id FROM permission_event WHERE member_id = :m AND state = 'withdrawn'"
FORGOTTEN = (
    f"DELETE FROM leaf_salt WHERE member_id = :m AND event_id IN ({LOST})",
    f"DELETE FROM receipt WHERE member_id = :m AND event_id IN ({LOST})",
    "DELETE FROM permission_event WHERE member_id = :m AND state = 'withdrawn'",
)


def lose(member: Member) -> None:
    """Take the member's last event out of the database, as only its owner can."""
    from sqlalchemy import create_engine

    url = config.current().owner_database_url
    assert url is not None
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('ici.system', 'on', true)"))
        connection.execute(
            text("UPDATE permission_state SET state = 'given', changed_at = :at WHERE member_id = :m"),
            {"at": NOON, "m": member.id},
        )
        for statement in FORGOTTEN:
            connection.execute(text(statement), {"m": member.id})
    owner.dispose()


def test_a_lost_file_is_written_again_from_the_database(allowed: Member, brand: Brand, file: Path) -> None:
    say_no(allowed, brand, now=LATER)
    file.unlink()
    with db.system_transaction():
        jobs.mend_noes(now=LATER)
        assert jobs.mend_noes(now=LATER) == 0
    assert str(allowed.id) in {notes.subject_of(one)["member_id"] for one in noted()}


def test_noes_that_no_backup_can_forget_any_more_are_dropped(allowed: Member, brand: Brand) -> None:
    say_no(allowed, brand, now=LATER)
    with db.system_transaction():
        jobs.trim_notes(now=LATER + notes.KEPT + timedelta(days=1))
    assert noted() == []


def test_a_line_that_is_not_ours_closes_the_gate(allowed: Member, brand: Brand, file: Path) -> None:
    say_no(allowed, brand, now=LATER)
    file.write_text(file.read_text().replace('"stands": true', '"stands": false'))
    assert "cannot be verified" in rest.gate(LATER).detail


def test_a_torn_line_does_not(allowed: Member, brand: Brand, file: Path) -> None:
    with file.open("a") as opened:
        opened.write('\n{"kind": "no", "about": "2f')
    say_no(allowed, brand, now=LATER)
    assert rest.gate(LATER).detail == OK


def test_a_file_that_cannot_be_read_makes_every_yes_rest(allowed: Member, brand: Brand, file: Path) -> None:
    file.mkdir()
    assert "cannot be read" in rest.gate(LATER).detail
    assert decide(allowed, brand) is Reason.RESTING
