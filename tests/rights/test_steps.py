"""Erasure: written down first, done in steps that may be interrupted anywhere, complete only when nothing is left."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from app.accounts.addresses import email_address
from app.accounts.models import Member, MemberIdentifier, OneTimeCode, QuotaUse
from app.config import Config
from app.consent.models import PermissionState
from app.factory import Ici
from app.http.idempotency import IdempotencyKey
from app.ops import notebook
from app.rights import jobs, personal_tables
from app.rights.erasure import outside_ledger, tables
from app.rights.erasure import steps as erasure_steps
from app.rights.models import Erasure
from app.sql import db
from tests.accounts.factories import ask_code, new_email
from tests.factories import make_member, save
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from tests.world import Side, make_side
from wallet.cards.models import Card

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=11)

KEPT = {"permission_event", "rights_request", "receipt", "leaf_salt", "sink_notice", "erasure", "erasure_step"}
"""The listed residues (docs/decisions/0014)."""


@pytest.fixture
def side(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


@dataclass(frozen=True)
class Asked:
    """What was seen of a member who asked: their rows before, after, and after the first step; the statuses of their
    reads before and after; the states of their permissions afterwards."""

    member: Member
    before: dict[str, int]
    after: dict[str, int]
    noted: dict[str, int]
    answered: list[int]
    states: set[str]
    request: Erasure
    first_step: str | None


@pytest.fixture(scope="module")
def asked(app: Ici) -> Asked:
    side = make_side(Speaker(app.test_client()))
    member, answered = side.member, [side.phone.get("/v1/me").status_code]
    before, request, after = left(member), ask(member, now=datetime.now(UTC)), left(member)
    answered.append(side.phone.get("/v1/me").status_code)
    with db.system_transaction():
        states = set(db.all_of(select(PermissionState.state).where(PermissionState.member_id == member.id)))
    step = do_next(member)
    return Asked(member, before, after, left(member), answered, states, request, step)


@dataclass(frozen=True)
class Erased:
    """A member of whom all steps are done, for tests that only look, beside somebody of whom nothing was asked. A till
    had been answered about their card, and about another one."""

    side: Side
    other: Card
    bystander: Side
    kept: dict[str, int]
    steps: list[str]

    def answers(self, code: str) -> list[bytes]:
        """What the till was answered, as far as it is kept, with this code in it."""
        with db.system_transaction():
            bodies = db.all_of(select(IdempotencyKey.body).where(IdempotencyKey.principal_id == self.side.terminal.id))
        return [body for body in bodies if body and code.encode() in body]


@pytest.fixture(scope="module")
def erased(app: Ici) -> Erased:
    side = make_side(Speaker(app.test_client()))
    bystander, other = make_side(Speaker(app.test_client())), make_card(make_member(), side.brand)
    kept = left(bystander.member)
    for code in (side.card.code, other.code):
        assert side.till.post("/v1/scans", {"code": code}).status_code == 201
    ask(side.member)
    return Erased(side, other, bystander, kept, finish(side.member))


@dataclass(frozen=True)
class LookedAgain:
    """A member of whom a late request left something, and how many things the second look at all took."""

    member: Member
    taken: int


@pytest.fixture(scope="module")
def looked_again(app: Ici) -> LookedAgain:
    member = make_side(Speaker(app.test_client())).member
    ask(member)
    finish(member)
    save(Member(id=member.id, language="fr", created_at=NOW))
    return LookedAgain(member, jobs.look_again(now=SOON))


def ask(member: Member, *, now: datetime = NOW) -> Erasure:
    with db.system_transaction():
        return erasure_steps.request_erasure(member_id=member.id, now=now)


def do_next(member: Member) -> str | None:
    with db.system_transaction():
        return erasure_steps.do_next_step(member_id=member.id, now=NOW)


def finish(member: Member) -> list[str]:
    """Every step; their names."""
    done = []
    while (step := do_next(member)) is not None:
        done.append(step)
    return done


def erasure_of(member: Member) -> Erasure:
    with db.system_transaction():
        found = db.get(Erasure, member.id)
    assert found is not None
    return found


def left(member: Member) -> dict[str, int]:
    with db.system_transaction():
        return dict(erasure_steps.residues(member.id))


def rows_everywhere(needle: str) -> set[str]:
    """The tables, of any kind, with a row in which this text occurs."""
    found = set()
    with db.system_transaction():
        for table in db.Base.metadata.sorted_tables:
            said = text(f"SELECT count(*) FROM {table.name} AS t WHERE position(:needle in to_jsonb(t)::text) > 0")
            if db.execute(said, {"needle": needle}).scalar_one():
                found.add(table.name)
    return found


def test_the_request_deletes_nothing(asked: Asked) -> None:
    assert {name: rows for name, rows in asked.after.items() if rows < asked.before.get(name, 0)} == {}


def test_the_request_ends_every_sign_in_at_once(asked: Asked) -> None:
    assert asked.answered == [200, 401]


def test_the_request_withdraws_every_permission(asked: Asked) -> None:
    assert asked.states <= {"withdrawn", "refused"}


def test_asking_twice_is_one_request(asked: Asked) -> None:
    assert ask(asked.member, now=SOON).requested_at == asked.request.requested_at


def test_the_request_holds_no_address_and_no_name(anyone: Speaker) -> None:
    email = new_email()
    member = make_member()
    save(MemberIdentifier(kind="email", value=email, member_id=member.id, verified_at=NOW))
    assert email not in json.dumps(ask(member).handles)


def test_after_all_steps_only_what_the_map_keeps_is_left(erased: Erased) -> None:
    assert set(left(erased.side.member)) <= KEPT


def test_what_is_left_is_listed_in_the_erasure(erased: Erased) -> None:
    assert erasure_of(erased.side.member).residues == left(erased.side.member)


def test_every_table_that_keeps_rows_is_a_listed_residue() -> None:
    assert {table.name for table in personal_tables.tables_of_members() if tables.keeps_rows(table)} <= KEPT


def test_no_other_table_of_any_kind_knows_the_member(erased: Erased) -> None:
    assert rows_everywhere(str(erased.side.member.id)) <= KEPT


def test_the_ledger_of_permissions_stays_with_what_proves_and_no_more(erased: Erased) -> None:
    with db.system_transaction():
        kept = db.execute(
            text("SELECT evidence FROM permission_event WHERE member_id = :m"), {"m": erased.side.member.id}
        ).scalars()
        names = {name for evidence in kept for name in evidence}
    assert "text_sha256" in names
    assert names <= {"text_sha256", "version", "locale", "channel", "screen_id", "app_version", "method", "recipient"}


def test_nobody_reduces_the_evidence_of_a_member_who_is_not_erased(erased: Erased) -> None:
    member = erased.bystander.member
    with db.system_transaction():
        touched = db.execute(text("SELECT ici_reduce_evidence_of_erased(:m)"), {"m": member.id}).scalar_one()
    assert touched == 0


def test_what_tills_were_answered_about_the_member_goes(erased: Erased) -> None:
    assert erased.answers(erased.side.card.code) == []


def test_what_tills_were_answered_about_others_stays(erased: Erased) -> None:
    assert erased.answers(erased.other.code) != []


@pytest.mark.parametrize("traces", [OneTimeCode, QuotaUse])
def test_traces_of_sign_in_go_with_the_address(anyone: Speaker, traces: type[OneTimeCode | QuotaUse]) -> None:
    email, member = new_email(), make_member()
    save(MemberIdentifier(kind="email", value=email, member_id=member.id, verified_at=NOW))
    ask_code(anyone, email)
    ask(member)
    finish(member)
    with db.system_transaction():
        mine = select(func.count()).where(traces.address_hash == email_address(email).hashed())
        assert db.execute(mine).scalar_one() == 0


def test_somebody_else_keeps_everything(erased: Erased) -> None:
    assert left(erased.bystander.member) == erased.kept


def test_the_same_address_opens_a_new_wallet_afterwards(anyone: Speaker) -> None:
    from tests.accounts.factories import sign_in

    email = new_email()
    old = sign_in(anyone, email)
    with db.system_transaction():
        erasure_steps.request_erasure(member_id=uuid.UUID(old["member_id"]), now=NOW)
    member = Member(id=uuid.UUID(old["member_id"]))
    finish(member)
    assert sign_in(anyone, email)["member_id"] != old["member_id"]


def test_each_step_may_be_the_last_before_the_end(erased: Erased) -> None:
    """After every single step the process may die: the next one goes on, to the same end."""
    assert erased.steps == [step.name for step in erasure_steps.plan_steps()]


def test_a_step_that_is_undone_by_a_death_in_the_middle_is_done_again(side: Side) -> None:
    """The work of a step and its note are one transaction: who dies in between has done neither."""
    ask(side.member)
    for step in erasure_steps.plan_steps():
        with pytest.raises(KeyboardInterrupt):
            die_after_the_work(side.member)
        assert do_next(side.member) == step.name
    assert do_next(side.member) is None
    assert set(left(side.member)) <= KEPT


def die_after_the_work(member: Member) -> None:
    with db.system_transaction():
        erasure_steps.do_next_step(member_id=member.id, now=NOW)
        raise KeyboardInterrupt


def test_each_step_does_nothing_the_second_time(erased: Erased) -> None:
    with db.system_transaction():
        erasure = db.get(Erasure, erased.side.member.id)
        again = {
            step.name: step.act(erasure, NOW) for step in erasure_steps.plan_steps() if step is not erasure_steps.NOTED
        }
    assert {name: touched for name, touched in again.items() if touched} == {}


def test_it_is_not_complete_while_something_is_left(side: Side) -> None:
    ask(side.member)
    steps = [step.name for step in erasure_steps.plan_steps()]
    for _ in steps:
        do_next(side.member)
    save(Member(id=side.member.id, language="fr", created_at=NOW))
    assert do_next(side.member) == erasure_steps.AGAIN
    assert finish(side.member) == ["table:member"]
    assert erasure_of(side.member).completed_at == NOW


def test_the_second_look_takes_what_a_late_request_left(looked_again: LookedAgain) -> None:
    assert looked_again.taken >= 1
    assert set(left(looked_again.member)) <= KEPT


def test_after_the_second_look_nothing_serves_to_find_them(looked_again: LookedAgain) -> None:
    assert erasure_of(looked_again.member).handles is None


def test_the_job_finishes_what_was_asked(side: Side) -> None:
    ask(side.member)
    jobs.finish_erasures(now=NOW, most=10_000)
    assert erasure_of(side.member).completed_at is not None


def test_the_request_is_noted_outside_before_the_first_delete(asked: Asked) -> None:
    assert asked.first_step == "noted_outside"
    assert asked.member.id in {one.member_id for one in outside_ledger.read_notes().known}
    assert asked.noted.get("member") == 1


def test_the_note_outside_holds_a_number_a_date_and_a_proof(asked: Asked) -> None:
    line = next(line for line in notebook.file().read_text().splitlines() if str(asked.member.id) in line)
    assert set(json.loads(line)) == {"member_id", "requested_at", "proof"}


def test_tables_go_before_those_they_refer_to() -> None:
    names: Sequence[str] = [table.name for table in tables.order(first=erasure_steps.DOORS)]
    places = {name: place for place, name in enumerate(names)}
    wrong = [
        (table.name, key.column.table.name)
        for table in personal_tables.tables_of_members()
        for key in table.foreign_keys
        if key.column.table.name in places
        and key.column.table is not table
        and places[table.name] > places[key.column.table.name]
    ]
    assert wrong == []


def test_every_personal_table_is_swept() -> None:
    personal = {table.name for table in db.Base.metadata.sorted_tables if "readers" in table.info}
    swept = {table.name for table in personal_tables.tables_of_members()}
    assert personal - swept == set()


def test_settings_can_put_the_notes_elsewhere() -> None:
    asked = {
        "ICI_ENV": "production",
        "ICI_DATABASE_URL": "postgresql://x",
        "ICI_SECRET": "x" * 32,
        "ICI_MAIL": "",
        "ICI_PUBLIC_URL": "https://ici.example",
        "ICI_ERASURE_LEDGER": "/mnt/notes/erasures.jsonl",
    }
    asked["ICI_MAIL"] = "smtp://mail.example?from=ici@example.org"
    assert str(Config.load(asked).erasure_ledger) == "/mnt/notes/erasures.jsonl"
